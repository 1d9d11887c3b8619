/**
 * tfrecord/ turns bytes into records and back: checksums, frames, tf.train.Example, TensorBoard events.
 * It opens nothing and knows nothing of films; where bytes come from and go to is the caller's business.
 */
import { createRequire } from 'node:module';
import { crc32cBySlicing } from './crc32c-slicing.ts';

/** `previous` is the checksum of the bytes before these, 0 where there are none. */
type Continue = (bytes: Uint8Array, previous: number) => number;

const continueChecksum: Continue = loadNative() ?? crc32cBySlicing;

/** CRC-32C (Castagnoli, RFC 3720 section B.4) of all bytes, unsigned: native where the package loads, else our own. */
export function crc32c(bytes: Uint8Array): number {
  return continueChecksum(bytes, 0);
}

/** The checksum of bytes that come in pieces: that of all before, and the next piece. */
export function continueCrc32c(previous: number, bytes: Uint8Array): number {
  return continueChecksum(bytes, previous);
}

/** The form in which TFRecord stores a checksum, so that a checksum of checksums stays sound: rotr15(crc) + 0xa282ead8. */
export function masked(crc: number): number {
  return (((crc >>> 15) | (crc << 17)) + 0xa282ead8) >>> 0;
}

function loadNative(): Continue | null {
  try {
    return (createRequire(import.meta.url)('@node-rs/crc32') as { crc32c: Continue }).crc32c;
  } catch {
    // No prebuilt binary for this platform: a quarter of the speed, the same numbers.
    return null;
  }
}
