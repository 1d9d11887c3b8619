import { readFields, varintLength, writeVarint } from '../protobuf/wire.ts';
import { framePayloads } from './framing.ts';

/*
 * Example { features = 1: Features { feature = 1: map<string, Feature> } }; a map entry is { key = 1, value = 2 };
 * Feature { bytes_list = 1 }; BytesList { value = 1 }: three nested lengths around each value.
 */
const firstField = 0x0a;
const secondField = 0x12;

export type Features = readonly (readonly [name: string, value: Uint8Array])[];

/**
 * A tf.train.Example whose features are one byte string each, in the given order. Protocol buffers leave the order of
 * a map open; ours is fixed by the caller, so that equal features are equal bytes.
 */
export function encodeExample(features: Features): Uint8Array {
  const plan = measure(features);
  const target = new Uint8Array(plan.length);
  writeExample(target, plan);
  return target;
}

/** Examples as records of a file, one after the other, in memory that is theirs alone. */
export function frameExamples(examples: readonly Features[]): Uint8Array<ArrayBuffer> {
  return framePayloads(
    examples.map((features) => {
      const plan = measure(features);
      return { length: plan.length, write: (target) => writeExample(target, plan) };
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

function writeExample(target: Uint8Array, { entries, content }: ReturnType<typeof measure>): void {
  let at = writeHead(target, 0, firstField, content);
  for (const entry of entries) {
    at = writeHead(target, at, firstField, entry.length);
    at = writeHead(target, at, firstField, entry.name.length);
    target.set(entry.name, at);
    at = writeHead(target, at + entry.name.length, secondField, entry.feature);
    at = writeHead(target, at, firstField, entry.bytesList);
    at = writeHead(target, at, firstField, entry.value.length);
    target.set(entry.value, at);
    at += entry.value.length;
  }
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
