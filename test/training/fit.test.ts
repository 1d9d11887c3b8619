import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DivergedError } from '../../src/engines/engine.ts';
import { memoryStorage } from '../../src/storage/memory.ts';
import type { Storage } from '../../src/storage/storage.ts';
import { Checkpoints } from '../../src/training/checkpoint.ts';
import { openEventLog } from '../../src/training/event-log.ts';
import { fit } from '../../src/training/fit.ts';
import type { Batch, FitOptions } from '../../src/training/fit.ts';
import { aBatch, FakeModel } from './fake-model.ts';

const folder = 'memory://run';

/** Two batches an epoch, of 3 films and of 1, with losses 4 and 8: a mean of 5. */
async function* training(_epoch: number, first: number): AsyncGenerator<Batch> {
  yield* [aBatch(4, 3), aBatch(8, 1)].slice(first);
}

/** One validation batch an epoch, with these losses one after the other. */
function validation(...losses: number[]): () => AsyncIterable<Batch> {
  return async function* () {
    yield aBatch(losses.shift() ?? 0);
  };
}

function options(storage: Storage, overrides: Partial<FitOptions> = {}): FitOptions & { model: FakeModel } {
  const now = overrides.now ?? (() => 0);
  const fence = () => Promise.resolve();
  return {
    model: new FakeModel(),
    data: { filmsAnEpoch: 4, training, validation: null },
    epochs: 3,
    selection: 'last',
    earlyStopping: null,
    checkpoints: new Checkpoints({ storage, folder: `${folder}/checkpoints`, digest: 'a', run: 1, engine: { name: 'wasm', threads: 1 }, fence, warn: assert.fail }),
    checkpointEverySeconds: 300,
    events: openEventLog({ storage, folder: `${folder}/logs`, fence, now }),
    report: () => undefined,
    signal: new AbortController().signal,
    now,
    ...overrides,
  } as FitOptions & { model: FakeModel };
}

const checkpointsIn = async (storage: Storage) => (await Array.fromAsync(storage.list(`${folder}/checkpoints`))).map(({ uri }) => uri.split('/').at(-1));

test('fit: the training loss is the mean over the films of the epoch, not over its batches', async () => {
  const outcome = await fit(options(memoryStorage()));
  assert.ok(outcome.kind === 'fitted');
  assert.deepEqual(outcome.history, new Array(3).fill({ train: { loss: 5 }, validation: null }));
  assert.equal(outcome.keptEpoch, 3);
});

test('fit: `best` ends with the weights of the epoch of least validation loss, `last` with the last', async () => {
  for (const [selection, keptEpoch, weight] of [['best', 2, 4], ['last', 3, 6]] as const) {
    const work = options(memoryStorage(), { selection, data: { filmsAnEpoch: 4, training, validation: validation(3, 1, 2) } });
    const outcome = await fit(work);
    assert.ok(outcome.kind === 'fitted');
    assert.deepEqual([outcome.keptEpoch, work.model.weight], [keptEpoch, weight]);
  }
});

test('fit: the best weights survive a restart', async () => {
  const storage = memoryStorage();
  const abort = new AbortController();
  const first = options(storage, { selection: 'best', signal: abort.signal, report: ({ epoch }) => epoch === 3 && abort.abort(), data: { filmsAnEpoch: 4, training, validation: validation(1, 2) } });
  assert.deepEqual(await fit(first), { kind: 'interrupted' });
  const second = options(storage, { selection: 'best', data: { filmsAnEpoch: 4, training, validation: validation(3) } });
  const outcome = await fit(second);
  assert.ok(outcome.kind === 'fitted');
  assert.deepEqual([outcome.keptEpoch, second.model.weight, outcome.history.map((epoch) => epoch.validation?.['loss'])], [1, 2, [1, 2, 3]]);
});

test('fit: interrupted during the validation, a resumed run validates without training again', async () => {
  const storage = memoryStorage();
  const abort = new AbortController();
  const data = {
    filmsAnEpoch: 4,
    training,
    validation: async function* () {
      yield aBatch(1);
      abort.abort();
      yield aBatch(3);
    },
  };
  assert.deepEqual(await fit(options(storage, { epochs: 1, signal: abort.signal, data })), { kind: 'interrupted' });
  const outcome = await fit(options(storage, { epochs: 1, report: () => assert.fail('trained again'), data }));
  assert.ok(outcome.kind === 'fitted');
  assert.deepEqual(outcome.history, [{ train: { loss: 5 }, validation: { loss: 2 } }]);
});

test('fit: checkpoints come by time, at the end of an epoch after 60 seconds, and at the end', async () => {
  for (const [secondsABatch, expected] of [
    // Two batches of 20 s an epoch: 80 s after the second epoch, then the end.
    [20, ['step-0000000004.safetensors', 'step-0000000006.safetensors']],
    // Every 300 s, thus after each batch; nothing new at the end of an epoch.
    [300, ['step-0000000005.safetensors', 'step-0000000006.safetensors']],
    [1, ['step-0000000006.safetensors']],
  ] as const) {
    const storage = memoryStorage();
    let clock = 0;
    await fit(options(storage, { now: () => clock, report: () => (clock += secondsABatch * 1000) }));
    assert.deepEqual(await checkpointsIn(storage), expected);
  }
});

test('fit: progress tells the share of all epochs, the losses, the speed and what is left', async () => {
  let clock = 0;
  const said: unknown[] = [];
  const work = options(memoryStorage(), {
    epochs: 2,
    now: () => clock,
    report: (progress) => {
      said.push(progress);
      clock += 1000;
    },
    data: { filmsAnEpoch: 4, training, validation: validation(7, 6) },
  });
  await fit(work);
  assert.deepEqual(said, [
    { ratio: 3 / 8, epoch: 1, epochs: 2, loss: { train: 4 } },
    { ratio: 4 / 8, epoch: 1, epochs: 2, loss: { train: 5 }, imagesPerSecond: 1, remainingSeconds: 4 },
    { ratio: 7 / 8, epoch: 2, epochs: 2, loss: { train: 4, validation: 7 }, imagesPerSecond: 2, remainingSeconds: 0.5 },
    { ratio: 8 / 8, epoch: 2, epochs: 2, loss: { train: 5, validation: 7 }, imagesPerSecond: 5 / 3, remainingSeconds: 0 },
  ]);
});

test('fit: a resumed run logs no step twice', async () => {
  const storage = memoryStorage();
  const stops = [3, 2];
  for (;;) {
    const abort = new AbortController();
    let batches = 0;
    const stop = stops.shift();
    const outcome = await fit(options(storage, { signal: abort.signal, report: () => ++batches === stop && abort.abort() }));
    if (outcome.kind === 'fitted') break;
  }
  const logs = (await Array.fromAsync(storage.list(`${folder}/logs`))).map(({ uri }) => uri);
  const bytes = Buffer.concat(await Promise.all(logs.map((uri) => storage.read(uri))));
  assert.equal(bytes.toString('latin1').split('loss/train').length - 1, 3);
});

test('fit: weights that are no longer finite end it before they reach a checkpoint', async () => {
  const storage = memoryStorage();
  const work = options(storage);
  work.model.trainStep = () => {
    work.model.updates += 1;
    work.model.weight = NaN;
    return Promise.resolve({ loss: 1 });
  };
  await assert.rejects(fit(work), /the weight weight is no longer finite after step 6/);
  assert.deepEqual(await checkpointsIn(storage), []);
});

test('fit: an epoch in which no label counts, or a validation loss that is no number, ends it', async () => {
  async function* masked() {
    yield { ...aBatch(0), weight: 0 };
  }
  await assert.rejects(fit(options(memoryStorage(), { data: { filmsAnEpoch: 1, training: masked, validation: null } })), DivergedError);
  const storage = memoryStorage();
  await assert.rejects(fit(options(storage, { data: { filmsAnEpoch: 4, training, validation: validation(NaN) } })), /loss of the validation films is NaN after step 2/);
  assert.deepEqual(await checkpointsIn(storage), []);
});
