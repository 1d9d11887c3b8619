import assert from 'node:assert/strict';
import { createReadStream } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { PNG } from 'pngjs';
import { fileVersionEvent, summaryEvent } from '../../src/tfrecord/event.ts';
import { decodeExample, framesOfExamples } from '../../src/tfrecord/example.ts';
import { frameRecord, readRecords } from '../../src/tfrecord/framing.ts';
import { pythonOrSkip, runPython } from '../oracles/oracles.ts';

const films = [0, 1, 31_000].map((length, which) => [
  ['image', Uint8Array.from({ length }, (_, i) => (i * 7 + which) & 0xff)],
  ['label', Uint8Array.of(which)],
  ['classname', Buffer.from('Pleural_Effusion')],
  ['labels', Uint8Array.from({ length: 14 }, (_, i) => i % 3)],
  ['patient', Buffer.from('patient00001')],
  ['path', Buffer.from('train/patient00001/study 1/view1_früh.jpg')],
] as const);
// 1234567890123 needs more than 32 bits: steps of long runs and wall times must not be cut.
const values = [{ kind: 'scalar', tag: 'epoch_loss', value: 0.25 }, { kind: 'scalar', tag: 'größe', value: -1e-7 }] as const;

test('TensorFlow and tfrecord/ read each other', async (t) => {
  if (!pythonOrSkip(t)) return;
  const folder = await mkdtemp(path.join(tmpdir(), 'chex-tfrecord-'));
  t.after(() => rm(folder, { recursive: true, force: true }));
  const paths = { records: path.join(folder, 'a.tfrecord'), events: path.join(folder, 'events.out.tfevents.1'), write: path.join(folder, 'b.tfrecord') };
  const frames = framesOfExamples(films);
  const records = new Uint8Array(frames.sizeBytes);
  frames.write(records);
  await writeFile(paths.records, records);
  await writeFile(paths.events, eventFile());
  const read: { records: unknown; events: unknown } = JSON.parse(runPython('tfrecord_files.py', JSON.stringify(paths)));

  await t.test('tf.data reads framesOfExamples() with all six features', () => {
    assert.deepEqual(read.records, films.map((features) => Object.fromEntries(features.map(([name, value]) => [name, Buffer.from(value).toString('hex')]))));
  });

  await t.test('the summary iterator reads fileVersionEvent() and summaryEvent() with scalars and pictures', () => {
    assert.deepEqual(read.events, [
      { wallTime: 1_700_000_000.125, step: 0, fileVersion: 'brain.Event:2', values: [] },
      { wallTime: 1_700_000_001.5, step: 1_234_567_890_123, fileVersion: '', values: [{ tag: 'epoch_loss', scalar: 0.25 }, { tag: 'größe', scalar: Math.fround(-1e-7) }] },
      { wallTime: 1_700_000_002, step: 0, fileVersion: '', values: [{ tag: 'original', image: [2, 3, 1], pixels: [0, 50, 100, 150, 200, 250] }] },
    ]);
  });

  await t.test('readRecords() and decodeExample() read what TFRecordWriter wrote', async () => {
    const decoded = await Array.fromAsync(readRecords(createReadStream(paths.write, { highWaterMark: 777 })), decodeExample);
    assert.deepEqual(decoded.map((features) => Buffer.from(features.get('classname') ?? []).toString()), ['Ödem', 'Ödem', 'Ödem', 'Ödem']);
    const images = decoded.map((features) => [...(features.get('image') ?? [])]);
    assert.deepEqual(images, [0, 1, 130, 40_000].map((length) => Array.from({ length }, (_, i) => i % 251)));
  });
});

function eventFile(): Uint8Array[] {
  const encoded = PNG.sync.write(greyPng([0, 50, 100, 150, 200, 250]), { colorType: 0, inputColorType: 0 });
  return [
    fileVersionEvent(1_700_000_000.125),
    summaryEvent({ wallTimeSeconds: 1_700_000_001.5, step: 1_234_567_890_123, values }),
    summaryEvent({ wallTimeSeconds: 1_700_000_002, step: 0, values: [{ kind: 'image', tag: 'original', image: { height: 2, width: 3, channels: 1, encoded } }] }),
  ].map(frameRecord);
}

function greyPng(pixels: readonly number[]): PNG {
  const png = new PNG({ width: 3, height: 2, colorType: 0, inputColorType: 0 });
  png.data = Buffer.from(pixels);
  return png;
}
