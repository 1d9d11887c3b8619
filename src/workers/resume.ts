/** What a step finds in its folder when it starts, and what follows from it (runs.md, section 1). */
import { layout, stepFolder } from '../plan/layout.ts';
import { afterChange, differingFields, doneSchema, isDoneOf } from '../plan/result.ts';
import type { Done, StepResult } from '../plan/result.ts';
import type { Step } from '../plan/step.ts';
import { exitCodes, ExitError } from '../plan/exit-error.ts';
import { readJson } from '../storage/read-json.ts';
import type { Storage } from '../storage/storage.ts';
import { readDone } from './read-done.ts';

type Settings = Done['settings'];
type Json = Settings[string];

/**
 * The result if this very step is finished; else null, with the folder ready: left as it is when it holds an
 * unfinished run of this step, emptied when it holds another's. Throws 78 when it holds finished work made with other
 * settings, naming the fields, unless they may be replaced. `found` are facts that only reading can tell (dataDigest,
 * backboneDigest).
 */
export async function findFinished(step: Step, storage: Storage, found: Readonly<Record<string, Json>> = {}): Promise<StepResult | null> {
  const { folder, done: doneUri } = stepFolder(step.root, step);
  const settings = { ...step.settings, ...found };
  const finished = await readDone(storage, doneUri);
  if (finished !== null) {
    const fields = differingFields(finished.settings, settings);
    if (fields.length > 0 && step.existing === 'Keep') throw new ExitError(exitCodes.configuration, refusal(folder, fields));
    if (fields.length === 0 && isDoneOf(finished, step) && (await hasReport(step, storage))) return finished.result;
    await storage.remove(doneUri);
  }
  // Shards are made side by side: each looks at its own commit marker, and the last one clears what others left.
  if (step.stage !== 'preprocess') await claim(step, storage, settings);
  return null;
}

/** The report lies in a folder of its own, where people may have removed it. */
async function hasReport(step: Step, storage: Storage): Promise<boolean> {
  return step.stage !== 'combined' || (await storage.head(layout(step.root).report.json)) !== null;
}

/** Marks the folder as this step's; what another, unfinished step left there, and its report, is removed first. */
async function claim(step: Step, storage: Storage, settings: Settings): Promise<void> {
  const { folder } = stepFolder(step.root, step);
  const uri = `${folder}/step.json`;
  const begun = begunSchema.safeParse(await readJson(storage, uri));
  if (begun.success && begun.data.digest === step.digest && differingFields(begun.data.settings, settings).length === 0) return;
  await empty(storage, folder);
  if (step.stage === 'combined') await empty(storage, layout(step.root).report.folder);
  await storage.write(uri, new TextEncoder().encode(`${JSON.stringify({ digest: step.digest, settings })}\n`));
}

/** step.json: what an unfinished step is. */
const begunSchema = doneSchema.pick({ digest: true, settings: true });

/** Writes done.json, last of all: from now on the step is finished. */
export async function finish(step: Step, storage: Storage, end: { result: StepResult; found: Readonly<Record<string, Json>> }): Promise<void> {
  const done: Done = { digest: step.digest, run: step.run, rerun: step.rerun, settings: { ...step.settings, ...end.found }, result: end.result };
  await storage.write(stepFolder(step.root, step).done, new TextEncoder().encode(`${JSON.stringify(done, null, 2)}\n`), { contentType: 'application/json' });
}

function refusal(folder: string, fields: readonly string[]): string {
  return `Cannot reuse ${folder}: it holds finished work made with other settings: ${fields.join('; ')}. ${afterChange}`;
}

async function empty(storage: Storage, folder: string): Promise<void> {
  for await (const entry of storage.list(folder)) await storage.remove(entry.uri);
}
