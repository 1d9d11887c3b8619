import { readFields, varintLength, writeVarint } from '../protobuf/wire.ts';
import { continueCrc32c, crc32c } from './crc32c.ts';
import { joinCrc32c } from './crc32c-join.ts';
import { framesOf, type Frames } from './framing.ts';

/*
 * Example { features = 1: Features { feature = 1: map<string, Feature> } }; a map entry is { key = 1, value = 2 };
 * Feature { bytes_list = 1 }; BytesList { value = 1 }: three nested lengths around each value.
 */
const firstField = 0x0a;
const secondField = 0x12;

/** CRC-32C of a value. */
export type Checksum = (value: Uint8Array) => number;

export type Features = readonly (readonly [name: string, value: Uint8Array])[];

/**
 * A tf.train.Example whose features are one byte string each, in the given order. Protocol buffers leave the order of
 * a map open; ours is fixed by the caller, so that equal features are equal bytes.
 */
export function encodeExample(features: Features): Uint8Array {
  const plan = measure(features);
  const target = new Uint8Array(plan.length);
  writeExample(target, plan, crc32c);
  return target;
}

/**
 * Examples as records of a file, one after the other. `checksum` gives the CRC-32C of a value: one that knows it of a
 * picture that stands in several records saves most of the work.
 */
export function framesOfExamples(examples: readonly Features[], checksum: Checksum = crc32c): Frames {
  return framesOf(
    examples.map((features) => {
      const plan = measure(features);
      return { length: plan.length, write: (target) => writeExample(target, plan, checksum) };
    }),
  );
}

/**
 * The byte-string features of an Example by name, as views into `payload`. Throws RangeError where the payload is no
 * Example or a feature is not exactly one byte string.
 */
export function decodeExample(payload: Uint8Array): Map<string, Uint8Array> {
  const features = new Map<string, Uint8Array>();
  for (const list of bytesAt(payload, 1)) {
    for (const entry of bytesAt(list, 1)) {
      const name = Buffer.from(bytesAt(entry, 1).at(-1) ?? []).toString();
      features.set(name, singleValue(name, bytesAt(entry, 2).at(-1) ?? new Uint8Array()));
    }
  }
  return features;
}

function measure(features: Features) {
  const entries = features.map(([name, value]) => measureEntry(Buffer.from(name), value));
  const content = entries.reduce((sum, entry) => sum + sizeOfField(entry.length), 0);
  return { entries, content, length: sizeOfField(content) };
}

function measureEntry(name: Uint8Array, value: Uint8Array) {
  const bytesList = sizeOfField(value.length);
  const feature = sizeOfField(bytesList);
  return { name, value, bytesList, feature, length: sizeOfField(name.length) + sizeOfField(feature) };
}

/** A value of fewer bytes is summed with what stands around it. */
const leastBytes = 256;

/** The checksum of all that is written. */
function writeExample(target: Uint8Array, { entries, content }: ReturnType<typeof measure>, checksum: Checksum): number {
  let at = writeHead(target, 0, firstField, content);
  let crc = 0;
  let summed = 0;
  for (const entry of entries) {
    at = writeHead(target, at, firstField, entry.length);
    at = writeHead(target, at, firstField, entry.name.length);
    target.set(entry.name, at);
    at = writeHead(target, at + entry.name.length, secondField, entry.feature);
    at = writeHead(target, at, firstField, entry.bytesList);
    at = writeHead(target, at, firstField, entry.value.length);
    target.set(entry.value, at);
    const { length } = entry.value;
    if (length >= leastBytes) {
      crc = joinCrc32c(continueCrc32c(crc, target.subarray(summed, at)), checksum(entry.value), length);
      summed = at + length;
    }
    at += length;
  }
  return continueCrc32c(crc, target.subarray(summed, at));
}

/** Bytes of a field with a one-byte key and `length` bytes of content. */
function sizeOfField(length: number): number {
  return 1 + varintLength(length) + length;
}

function writeHead(target: Uint8Array, at: number, key: number, length: number): number {
  target[at] = key;
  return writeVarint(target, at + 1, length);
}

function singleValue(name: string, feature: Uint8Array): Uint8Array {
  const values = bytesAt(feature, 1).flatMap((list) => bytesAt(list, 1));
  const [value] = values;
  if (value === undefined || values.length > 1) {
    throw new RangeError(`Cannot read feature ${JSON.stringify(name)}: it holds ${values.length} byte strings, not one`);
  }
  return value;
}

function bytesAt(message: Uint8Array, number: number): Uint8Array[] {
  return [...readFields(message)].flatMap((field) => (field.number === number && typeof field.value === 'object' ? [field.value] : []));
}
