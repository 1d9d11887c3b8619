import { crc32c } from '../../src/tfrecord/crc32c.ts';
import { crc32cBySlicing } from '../../src/tfrecord/crc32c-slicing.ts';
import { decodeExample, encodeExample, framesOfExamples } from '../../src/tfrecord/example.ts';
import { askRival } from './ask-rival.ts';
import { medianOf } from './bench-row.ts';
import type { BenchRow } from './bench-row.ts';
import { beside, inTurns } from './in-turns.ts';

/** A film of 299 x 299 as a JPEG of quality 95. */
const filmBytes = 31_000;
const gigabyte = 1e9;
const rounds = 3;

/** Records a second of one core before any disk, and what they are made of. */
export async function benchTfrecord(): Promise<BenchRow[]> {
  const film = Uint8Array.from({ length: filmBytes }, (_, index) => (index * 2654435761) >>> 24);
  const features = [['image', film], ['label', Uint8Array.of(3)], ['classname', Buffer.from('Edema')]] as const;
  const payload = encodeExample(features);
  const room = new Uint8Array(2 * filmBytes);
  const gigabytes = (callsASecond: number) => (callsASecond * filmBytes) / gigabyte;
  const { written, rival, decoded, native, fallBack } = await inTurns({
    written: () => callsPerSecond(() => framesOfExamples([features]).write(room)),
    rival: rivalRecordsPerSecond,
    decoded: () => callsPerSecond(() => decodeExample(payload)),
    native: () => gigabytes(callsPerSecond(() => crc32c(film))),
    fallBack: () => gigabytes(callsPerSecond(() => crc32cBySlicing(film))),
  }, rounds);
  // Each byte must be checksummed, so the checksum alone is the limit.
  const shareOfLimit = gigabytes(medianOf(written)) / medianOf(native);
  return [
    beside({ name: 'TFRecord writing, 31 kB', figures: written }, { name: 'TensorFlow', figures: rival }, { unit: 'records/s', shareOfLimit, limit: 'crc32c alone' }),
    beside({ name: 'Example decoding, 31 kB', figures: decoded }, null, { unit: 'records/s' }),
    beside({ name: 'crc32c, native', figures: native }, null, { unit: 'GB/s' }),
    beside({ name: 'crc32c, our fall-back', figures: fallBack }, null, { unit: 'GB/s' }),
  ];
}

/** Of half a second, once V8 has compiled it. */
function callsPerSecond(call: () => unknown): number {
  callsIn(200, call);
  const start = performance.now();
  const calls = callsIn(500, call);
  return (1000 * calls) / (performance.now() - start);
}

function callsIn(milliseconds: number, call: () => unknown): number {
  const start = performance.now();
  let calls = 0;
  for (; performance.now() - start < milliseconds; calls += 100) for (let i = 0; i < 100; i++) call();
  return calls;
}

function rivalRecordsPerSecond(): number | null {
  const said = askRival({ rival: 'TensorFlow', script: 'tfrecord_speed.py', words: [String(filmBytes)] });
  return said === null ? null : Number(said);
}
