import type { TrainingStatus } from '../api/status.ts';
import { durationText } from '../local/duration.ts';
import { killedExit } from '../local/local-cluster.ts';
import type { Layout } from '../plan/layout.ts';
import { exitCodes, finalExitCodes } from '../plan/step.ts';
import type { Storage } from '../storage/storage.ts';
import { filePath } from '../storage/uri.ts';

export interface WorkerLog {
  /** Of its Pod. */
  readonly name: string;
  /** The end of it. */
  readonly text: string;
}

export interface RunEnd {
  readonly status: TrainingStatus;
  /** Logs of workers that failed. */
  readonly logs: readonly WorkerLog[];
  /** Whether a worker was killed before it had saved. */
  readonly hasLostWork: boolean;
  readonly paths: Layout;
  readonly storage: Storage;
  readonly print: (line: string) => void;
}

const shownLines = 8;

/** Says how a run ended and what to do next, and gives its exit code. */
export async function endOf(end: RunEnd): Promise<number> {
  const { status, paths, print } = end;
  if (isTrue(status, 'Succeeded')) {
    const degraded = status.conditions.find(({ type, status: truth }) => type === 'Degraded' && truth === 'True');
    if (degraded) print(degraded.message);
    print(timeText(status));
    print(`The report: ${readable(paths.report.html)}`);
    return exitCodes.done;
  }
  if (!isTrue(status, 'Failed')) {
    if (end.hasLostWork) {
      print('Interrupted before all was saved: work since the last checkpoints is lost. The same command goes on from them.');
      return killedExit;
    }
    print('Interrupted: checkpoints are saved. The same command goes on from there.');
    return exitCodes.interrupted;
  }
  return failedEnd(end);
}

/** `Time of the workers: catalog 1 s (0 %), preprocess 8 s (3 %), …`: each stage's seconds, and its share of all. */
function timeText({ stages }: TrainingStatus): string {
  const all = stages.reduce((sum, { seconds }) => sum + seconds, 0);
  const share = (seconds: number) => (all === 0 ? 0 : Math.round((100 * seconds) / all));
  return `Time of the workers: ${stages.map(({ stage, seconds }) => `${stage} ${durationText(seconds)} (${share(seconds)} %)`).join(', ')}`;
}

async function failedEnd({ status, logs, paths, storage, print }: RunEnd): Promise<number> {
  print(`Failed: ${status.message}`);
  for (const { name, text } of logs.filter((log) => log.text !== '')) {
    const uri = paths.workerLog(name);
    await storage.write(uri, new TextEncoder().encode(text));
    print(`The end of the log of ${name} (all of it in ${readable(uri)}):`);
    for (const line of text.trimEnd().split('\n').slice(-shownLines)) print(`  ${wordsOf(line)}`);
  }
  const failed = [...status.stages, ...status.observations].find(({ exitCode }) => exitCode !== undefined);
  const code = failed?.exitCode ?? 1;
  print(nextStep(code));
  return finalExitCodes.includes(code) ? code : 1;
}

/** The sentence of a line that a worker logged, whole; any other line as it is. */
function wordsOf(line: string): string {
  try {
    const { message } = JSON.parse(line) as { message?: unknown };
    return typeof message === 'string' ? message : line;
  } catch {
    return line;
  }
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
