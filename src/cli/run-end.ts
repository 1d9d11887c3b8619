import { durationText } from '../api/duration.ts';
import type { TrainingStatus } from '../api/status.ts';
import { killedExit } from '../local/local-cluster.ts';
import type { StepRow } from '../local/step-rows.ts';
import { stepsOf } from '../local/step-rows.ts';
import type { Layout } from '../plan/layout.ts';
import { exitCodes, finalExitCodes } from '../plan/exit-error.ts';
import { filePath } from '../storage/uri.ts';
import type { Trained } from './train-here.ts';

export interface RunEnd extends Trained {
  readonly paths: Layout;
  readonly print: (line: string) => void;
}

/** Says how a run ended and, in the last line, what to do next or where the report is; gives its exit code. */
export function endOf(end: RunEnd): number {
  const { status, paths, print } = end;
  if (isTrue(status, 'Succeeded')) {
    tellFailures(end);
    print(timeText(status));
    if (status.cost?.spent !== undefined) print(`Cost: ${status.cost.text}, by the prices of ${status.cost.priceSource}`);
    print(`The report: ${readable(paths.report.html)}`);
    return exitCodes.done;
  }
  if (isTrue(status, 'Failed')) return failedEnd(end);
  if (end.hasLostWork) {
    print('Interrupted before all was saved: work since the last checkpoints is lost. The same command goes on from them.');
    return killedExit;
  }
  const money = status.conditions.find(({ type, status: holds, reason }) => type === 'Suspended' && holds === 'True' && (reason === 'BudgetExceeded' || reason === 'CurrencyDiffers'));
  if (money === undefined) print('Interrupted: what was done is saved. The same command goes on from there.');
  else {
    print(`Stopped: ${money.message}`);
    print('Next: change that, then run the same command again: it goes on from what was saved.');
  }
  return exitCodes.interrupted;
}

/** `Time: catalog 1 s (0 %), preprocess 8 s (3 %), …`: each stage's seconds, and its share of all. */
function timeText(status: TrainingStatus): string {
  const { stages } = status;
  if (stepsOf(status).every(({ record }) => record.found || record.state === 'skipped')) return 'Everything was finished before; nothing was done again.';
  const all = stages.reduce((sum, { seconds }) => sum + seconds, 0);
  const share = (seconds: number) => (all === 0 ? 0 : Math.round((100 * seconds) / all));
  return `Time: ${stages.map(({ stage, seconds }) => `${stage} ${durationText(seconds)} (${share(seconds)} %)`).join(', ')}`;
}

function failedEnd(end: RunEnd): number {
  const { status, print } = end;
  const failed = failedSteps(status);
  // Without a failed step too few can succeed: all others are skipped.
  if (failed.length === 0) print(`Failed: ${status.message}`);
  tellFailures(end);
  const code = failed.find(({ record }) => record.exitCode !== undefined)?.record.exitCode ?? 1;
  print(nextStep(code));
  return finalExitCodes.includes(code) ? code : 1;
}

const shownLines = 8;

/** Each failed step with its whole cause, once; what the log says besides only where the cause is not a sentence meant for people. */
function tellFailures({ status, failures, paths, print }: RunEnd): void {
  for (const { title, record } of failedSteps(status)) {
    const failure = failures.find((one) => one.title === title);
    const cause = failure?.message || (record.message ?? 'the cause is unknown');
    print(`${title} failed: ${cause}`);
    if (failure === undefined || failure.log === '') continue;
    const uri = readable(paths.workerLog(failure.pod));
    const lines = finalExitCodes.includes(record.exitCode ?? 1) ? [] : linesOf(failure.log).filter((line) => line !== cause).slice(-shownLines);
    print(lines.length === 0 ? `  Its log: ${uri}` : `  The end of its log, ${uri}:`);
    for (const line of lines) print(`    ${line}`);
  }
}

function failedSteps(status: TrainingStatus): StepRow[] {
  return stepsOf(status).filter(({ record }) => record.state === 'failed');
}

/** The sentence of each line that a worker logged; any other line as it is. */
function linesOf(log: string): string[] {
  return log.trimEnd().split('\n').map((line) => {
    try {
      const { message } = JSON.parse(line) as { message?: unknown };
      return typeof message === 'string' ? message : line;
    } catch {
      return line;
    }
  });
}

function nextStep(code: number): string {
  const again = 'then run the same command again: what is finished is not done twice.';
  switch (code) {
    case exitCodes.data:
      return `Next: correct the data, ${again}`;
    case exitCodes.missingInput:
      return `Next: put what is missing in place, ${again}`;
    case exitCodes.configuration:
    case exitCodes.usage:
      return `Next: correct the training or this machine, ${again}`;
    default:
      return `Next: remove the cause, ${again} Interrupted work goes on from its last checkpoint.`;
  }
}

function isTrue(status: TrainingStatus, type: string): boolean {
  return status.conditions.some((condition) => condition.type === type && condition.status === 'True');
}

/** A path where it is one of this machine. */
function readable(uri: string): string {
  return uri.startsWith('file://') ? filePath(uri) : uri;
}
