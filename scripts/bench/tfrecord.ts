import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { crc32c } from '../../src/tfrecord/crc32c.ts';
import { crc32cBySlicing } from '../../src/tfrecord/crc32c-slicing.ts';
import { decodeExample, encodeExample, framesOfExamples } from '../../src/tfrecord/example.ts';
import { alone } from './bench-row.ts';
import type { BenchRow } from './bench-row.ts';

/** A film of 299 x 299 as a JPEG of quality 95. */
const filmBytes = 31_000;
const gigabyte = 1e9;

/** Records a second of one core before any disk, and what they are made of. */
export async function benchTfrecord(): Promise<BenchRow[]> {
  const film = Uint8Array.from({ length: filmBytes }, (_, index) => (index * 2654435761) >>> 24);
  const features = [['image', film], ['label', Uint8Array.of(3)], ['classname', Buffer.from('Edema')]] as const;
  const payload = encodeExample(features);
  const room = new Uint8Array(2 * filmBytes);
  const written = callsPerSecond(() => framesOfExamples([features]).write(room));
  const rivalValue = rivalRecordsPerSecond();
  // Each byte must be checksummed, so the checksum alone is the limit.
  const limit = callsPerSecond(() => crc32c(film));
  return [
    {
      name: 'TFRecord writing, 31 kB',
      unit: 'records/s',
      value: written,
      rival: rivalValue === null ? null : 'TensorFlow',
      rivalValue,
      ratio: rivalValue === null ? null : written / rivalValue,
      shareOfLimit: written / limit,
    },
    { ...alone, name: 'Example decoding, 31 kB', unit: 'records/s', value: callsPerSecond(() => decodeExample(payload)) },
    { ...alone, name: 'crc32c, native', unit: 'GB/s', value: (limit * filmBytes) / gigabyte },
    { ...alone, name: 'crc32c, our fall-back', unit: 'GB/s', value: (callsPerSecond(() => crc32cBySlicing(film)) * filmBytes) / gigabyte },
  ];
}

/** The best of five rounds of 0.3 s: other work on the machine only ever slows a round down. */
function callsPerSecond(call: () => unknown): number {
  let best = 0;
  for (let round = 0; round < 5; round++) {
    const start = performance.now();
    let calls = 0;
    while (performance.now() - start < 300) {
      for (let i = 0; i < 100; i++) call();
      calls += 100;
    }
    best = Math.max(best, (1000 * calls) / (performance.now() - start));
  }
  return best;
}

function rivalRecordsPerSecond(): number | null {
  const root = path.join(import.meta.dirname, '../..');
  const python = path.join(root, '.oracles/bin/python');
  if (!existsSync(python)) return null;
  const ended = spawnSync(python, [path.join(root, 'test/oracles/tfrecord_speed.py'), String(filmBytes)], { encoding: 'utf8', env: { ...process.env, TF_CPP_MIN_LOG_LEVEL: '3' } });
  return ended.status === 0 ? Number(ended.stdout) : null;
}
