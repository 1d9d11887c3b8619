import { layout, stepFolder } from '../../src/plan/layout.ts';
import type { Outcome, StepKey } from '../../src/plan/plan.ts';
import { planTraining } from '../../src/plan/plan.ts';
import type { Done, StepResult } from '../../src/plan/result.ts';
import { fileStorage } from '../../src/storage/file.ts';
import { countFilms } from '../../src/cli/count-films.ts';
import { readEarlierSteps } from '../../src/cli/earlier-steps.ts';
import { readTraining } from '../../src/cli/training-file.ts';
import { someSettings } from '../builders.ts';

/** Writes done.json, and the report, of these steps of the training in a YAML file, as if its workers had finished them. */
export async function writeFinished(file: string, keys: readonly StepKey[]): Promise<void> {
  const parsed = await readTraining(file);
  const context = { training: { ...parsed, metadata: { ...parsed.metadata, uid: 'u', generation: 1 } }, settings: someSettings() };
  const storage = fileStorage();
  const write = (uri: string, content: object) => storage.write(uri, Buffer.from(JSON.stringify(content)));
  const { finished } = await readEarlierSteps(storage, context);
  const { catalog } = await countFilms(storage, { spec: parsed.spec, finished });
  const results = new Map<StepKey, Outcome>(finished);
  for (const key of keys) {
    const draft = planTraining({ ...context, results }).steps.find((step) => step.key === key)?.draft;
    if (!draft) throw new Error(`${key} cannot be finished yet`);
    const result = resultOf(draft.stage, catalog);
    const done: Done = { digest: draft.digest, run: 1, rerun: draft.rerun, settings: { ...draft.settings, ...(key === 'catalog' ? { dataDigest: catalog.dataDigest } : {}) }, result };
    await write(stepFolder(draft.root, draft).done, done);
    if (key === 'combined') await write(layout(draft.root).report.json, {});
    results.set(key, { state: 'succeeded', digest: draft.digest, result });
  }
}

function resultOf(stage: StepResult['stage'], catalog: Extract<StepResult, { stage: 'catalog' }>): StepResult {
  const losses = { train: 0.1, validation: 0.1 };
  const training = { epochs: 1, bestEpoch: 1, loss: losses, seconds: 1 };
  switch (stage) {
    case 'catalog':
      return catalog;
    case 'preprocess':
      return { stage, films: catalog.films.train + catalog.films.valid, rejected: catalog.rejected, sizeBytes: 1, images: catalog.images, seconds: 1 };
    case 'autoencoders':
      return { stage, ...training, images: 1, stoppedEarly: false, meanSquaredError: losses, imagesPerSecond: 1, engine: 'wasm', device: 'cpu' };
    case 'combined':
      return { stage, ...training, macro: { auc: 0.5, averagePrecision: 0.5 }, baseline: null, parameters: 1, report: 'report.html' };
  }
}
