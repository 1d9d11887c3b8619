import { titleOf } from '../api/observations.ts';
import type { Engine, Model } from '../engines/engine.ts';
import { encodeAutoencoder } from '../engines/tensorflow/inference-model.ts';
import { autoencoder } from '../models/autoencoder.ts';
import { layout } from '../plan/layout.ts';
import type { AutoencoderResult } from '../plan/result.ts';
import { exitCodes, ExitError } from '../plan/exit-error.ts';
import { variantsInEpoch } from '../plan/step.ts';
import type { AutoencodersStep } from '../plan/step.ts';
import { batchesInOrder, epochBatches } from '../training/batches.ts';
import type { Visit } from '../training/batches.ts';
import { Checkpoints } from '../training/checkpoint.ts';
import { openEventLog } from '../training/event-log.ts';
import type { FitData, Fitted } from '../training/fit.ts';
import { lossesOf } from '../training/position.ts';
import { writeAutoencoder } from '../training/keras-h5.ts';
import { PixelThreads } from '../training/pixel-threads.ts';
import { readAhead } from '../training/read-ahead.ts';
import { adam } from './adam.ts';
import { drawPairs, logPictures } from './autoencoder-pictures.ts';
import type { AutoencoderSummary } from './autoencoder-summary.ts';
import { openSplits } from './split-films.ts';
import type { Splits } from './split-films.ts';
import type { Tools } from './tools.ts';
import { train } from './train.ts';

interface Training {
  readonly step: AutoencodersStep;
  readonly tools: Tools;
  readonly engine: Engine;
}

/** Trains one observation's autoencoder on its positive films and writes autoencoder.h5 and saved_model, from its newest checkpoint on. */
export async function runAutoencoder({ step, tools, engine }: Training): Promise<AutoencoderResult> {
  const network = autoencoder({ size: step.size, width: step.width, loss: step.loss });
  engine.demandRoom([network], step.batchSize);
  const films = await openSplits({ step, tools, set: step.observation });
  const model = engine.load(network, { seed: step.seed, adam: { ...adam, learningRate: step.learningRate } });
  try {
    if (films.train.count === 0) throw new ExitError(exitCodes.data, `Cannot train the autoencoder of ${step.observation}: no film shows it`);
    const fitted = await fitModel(model, films, { step, tools, engine });
    await writeModel(model, { films, fitted, step, tools });
    return resultOf(fitted, { films, step, engine });
  } finally {
    model.dispose();
    await films.close();
  }
}

function fitModel(model: Model, films: Splits, { step, tools, engine }: Training): Promise<Fitted> {
  const paths = layout(step.root).autoencoder(step.observation);
  const { storage, fence, now, signal, report, log } = tools;
  const events = openEventLog({ storage, folder: paths.logs, fence, now });
  const hasValidation = films.valid.count > 0;
  if (!hasValidation) log(`No validation film shows ${titleOf(step.observation)}: no validation loss, no early stopping`, { warning: true });
  const threads = { train: new PixelThreads(films.train, step), valid: new PixelThreads(films.valid, step) };
  return train({
    model,
    data: dataOf(films, threads, step),
    epochs: step.epochs,
    selection: step.earlyStopping !== null ? 'best' : 'last',
    earlyStopping: step.earlyStopping,
    checkpoints: new Checkpoints({ storage, folder: paths.checkpoints, digest: step.digest, run: step.run, engine, fence, warn: (message) => log(message, { warning: true }) }),
    checkpointEverySeconds: step.checkpointEverySeconds,
    events,
    afterEpoch: (epoch) => logPictures(events, { model, films, size: step.size, epoch }),
    ...{ report, signal, now },
  }).finally(() => Promise.all([threads.train.close(), threads.valid.close()]));
}

function dataOf({ train, valid }: Splits, threads: { train: PixelThreads; valid: PixelThreads }, { augment, batchSize, seed }: AutoencodersStep): FitData {
  const variants = variantsInEpoch(augment);
  const batches = (pixels: PixelThreads, visits: Iterable<readonly Visit[]>) =>
    readAhead(visits, async (batch) => ({ feeds: { image: await pixels.read(batch) }, films: batch.length, weight: batch.length }));
  return {
    filmsAnEpoch: train.count * variants,
    training: (epoch, first) => batches(threads.train, epochBatches({ films: train.count, variants, batchSize, seed }, epoch, first)),
    validation: valid.count === 0 ? null : () => batches(threads.valid, batchesInOrder(valid.count, batchSize)),
  };
}

async function writeModel(model: Model, { films, fitted, step, tools }: { films: Splits; fitted: Fitted; step: AutoencodersStep; tools: Tools }): Promise<void> {
  const paths = layout(step.root).autoencoder(step.observation);
  const pairs = await drawPairs({ model, films, size: step.size, count: 1 });
  const summary: AutoencoderSummary = {
    digest: step.digest,
    loss: step.loss,
    history: fitted.history.map((epoch) => lossesOf(epoch, objectives[step.loss])),
    examples: pairs.map(({ original, reconstruction }) => ({ original: base64(original), reconstruction: base64(reconstruction) })),
  };
  const trained = await model.getWeights();
  const weights = await writeAutoencoder(model.network, trained);
  await tools.fence();
  await tools.storage.write(paths.weights, weights);
  await tools.storage.write(paths.savedModel, encodeAutoencoder({ network: model.network, weights: trained }));
  await tools.storage.write(paths.summary, new TextEncoder().encode(`${JSON.stringify(summary)}\n`), { contentType: 'application/json' });
}

function resultOf(fitted: Fitted, { films, step, engine }: { films: Splits; step: AutoencodersStep; engine: Engine }): AutoencoderResult {
  const kept = fitted.history[fitted.keptEpoch - 1];
  if (kept === undefined) throw new Error(`Cannot report the autoencoder of ${step.observation}: it was not trained for a single epoch`);
  return {
    stage: 'autoencoders',
    images: films.train.count,
    epochs: fitted.history.length,
    bestEpoch: fitted.keptEpoch,
    stoppedEarly: fitted.stoppedEarly,
    loss: lossesOf(kept, objectives[step.loss]),
    meanSquaredError: lossesOf(kept, 'meanSquaredError'),
    seconds: fitted.seconds,
    imagesPerSecond: fitted.imagesPerSecond,
    engine: engine.name,
    device: engine.device,
  };
}

/** Nodes of the network. */
const objectives = { MeanAbsoluteError: 'meanAbsoluteError', MeanSquaredError: 'meanSquaredError' } as const;

const base64 = (bytes: Uint8Array) => Buffer.from(bytes).toString('base64');
