import type { Model } from '../engines/engine.ts';
import type { HeadOutcome } from '../evaluation/report-input.ts';
import { residentsOf, wholeBaselineCount } from '../models/combined-networks.ts';
import type { Network } from '../models/network.ts';
import { parameterCount } from '../models/weights.ts';
import { layout } from '../plan/layout.ts';
import type { CombinedResult } from '../plan/result.ts';
import { exitCodes, ExitError } from '../plan/exit-error.ts';
import type { CombinedStep } from '../plan/step.ts';
import { isStorageError } from '../storage/storage.ts';
import type { Fitted } from '../training/fit.ts';
import { setFrozenWeights } from '../training/frozen-weights.ts';
import { ModelFileError } from '../training/hdf5.ts';
import { networksOf, writeDescribedHead } from '../training/model-description.ts';
import type { ModelDescription } from '../training/model-description.ts';
import { lossesOf } from '../training/position.ts';
import { backboneDigestOf } from './backbone-digest.ts';
import { writeReport } from './combined-report.ts';
import { trainHeads } from './head-training.ts';
import { writeSavedModel } from './combined-saved-model.ts';
import { loadHeads } from './heads.ts';
import type { CombinedTraining } from './heads.ts';
import { scoreSplit } from './score-split.ts';
import { openSplits } from './split-films.ts';
import { readTrainedAutoencoders } from './trained-autoencoders.ts';

/**
 * Trains the head on the frozen backbone and autoencoders, and the same head without the autoencoders beside it; writes
 * the model and the report. An interrupted run goes on where it was.
 */
export async function runCombined(training: CombinedTraining): Promise<CombinedResult> {
  const { step, tools, engine } = training;
  const startedAt = tools.now();
  const autoencoders = await readTrainedAutoencoders(step, tools);
  const description = descriptionOf(step, await backboneDigestOf(step, tools));
  const networks = networksOf(description);
  engine.demandRoom(residentsOf(networks), step.batchSize);
  const films = await openSplits({ step, tools, set: 'all' });
  const opened: Model[] = [];
  try {
    if (films.train.count === 0) throw new ExitError(exitCodes.data, 'Cannot train the combined model: no training film could be read');
    const heads = loadHeads(networks, training);
    opened.push(...[heads.combined, heads.baseline].filter((model) => model !== null));
    await setFrozen(heads.combined, description, training);
    const fitted = await trainHeads({ ...training, films, heads });
    const scored = await scoreSplit({ films: films.valid, heads, outputs: step.observations.length, tools });
    await writeHead(heads.combined, { network: networks.head, description, training });
    await writeSavedModel(heads.combined, description, training);
    const outcome = outcomeOf(fitted.combined, parameterCount(networks.combined));
    const baseline = fitted.baseline === null ? null : outcomeOf(fitted.baseline, wholeBaselineCount(networks));
    const { report } = await writeReport({ ...training, startedAt, films, scored, autoencoders, combined: outcome, baseline });
    return {
      stage: 'combined',
      ...{ epochs: outcome.epochs, bestEpoch: outcome.bestEpoch, loss: outcome.loss, parameters: outcome.parameters },
      macro: { auc: report.macro.auc, averagePrecision: report.macro.averagePrecision },
      baseline: report.baseline === null ? null : { auc: report.baseline.macro.auc },
      seconds: (tools.now() - startedAt) / 1000,
      report: layout(step.root).report.html,
    };
  } finally {
    for (const model of opened) model.dispose();
    await films.close();
  }
}

function descriptionOf(step: CombinedStep, backboneDigest: string | null): ModelDescription {
  const { size, width, architecture, head, backbone, backboneWeightsUri = null, seed } = step;
  const root = layout(step.root);
  if (backbone === 'None' && step.autoencoders.length === 0) {
    throw new ExitError(exitCodes.configuration, 'Cannot train the combined model: there is neither a backbone nor an autoencoder; set combined.backbone to Small or InceptionResNetV2');
  }
  return {
    ...{ version: 1, observations: step.observations, size, width, architecture, head, backbone, seed },
    autoencoders: step.autoencoders.map(({ observation, digest }) => ({ observation, digest, file: root.autoencoder(observation).weights.slice(root.root.length + 1) })),
    backboneWeightsUri: backbone === 'InceptionResNetV2' ? backboneWeightsUri : null,
    backboneDigest,
  };
}

async function setFrozen(model: Model, description: ModelDescription, { step, tools }: CombinedTraining): Promise<void> {
  if (description.backbone === 'InceptionResNetV2' && description.backboneWeightsUri === null) tools.log('The backbone has random weights, as combined.backboneWeights: Random asks for');
  try {
    await setFrozenWeights(model, { storage: tools.storage, root: layout(step.root).root, description });
  } catch (error) {
    if (error instanceof ModelFileError) throw new ExitError(exitCodes.data, error.message, { cause: error });
    if (isStorageError(error, 'NotFound')) {
      throw new ExitError(exitCodes.missingInput, `Cannot load the frozen networks: ${error.uri} is not there; see combined.backboneWeightsUri, or run the training again if it is an autoencoder`, { cause: error });
    }
    throw error;
  }
}

function outcomeOf({ history, keptEpoch }: Fitted, parameters: number): HeadOutcome {
  const losses = history.map((epoch) => lossesOf(epoch, 'loss'));
  const loss = losses[keptEpoch - 1];
  if (loss === undefined) throw new Error('Cannot report the combined model: it was not trained for a single epoch');
  return { parameters, epochs: history.length, bestEpoch: keptEpoch, loss, history: losses };
}

async function writeHead(model: Model, { network, description, training: { step, tools } }: { network: Network; description: ModelDescription; training: CombinedTraining }): Promise<void> {
  const paths = layout(step.root).combined;
  const { size, clahe, encoding, quality } = step.image;
  const json = (value: object) => new TextEncoder().encode(`${JSON.stringify(value, null, 2)}\n`);
  const weights = await writeDescribedHead(network, await model.getWeights(), description);
  await tools.fence();
  await tools.storage.write(paths.weights, weights);
  await tools.storage.write(paths.labels, json({ observations: description.observations, head: description.head }), { contentType: 'application/json' });
  await tools.storage.write(paths.preprocessing, json({ size, clahe, encoding, quality }), { contentType: 'application/json' });
}
