/** protobuf/ is the wire format of Protocol Buffers, as far as TensorFlow's records, events and graphs need it. */

export interface WireField {
  readonly number: number;
  /** A varint as a number, all other kinds as their bytes (views into the message). */
  readonly value: number | Uint8Array;
}

/** Bytes of `value` as a varint; `value` is an integer from 0 to 2^53 - 1. */
export function varintLength(value: number): number {
  let length = 1;
  for (let rest = value; rest >= 128; rest = Math.floor(rest / 128)) length++;
  return length;
}

/** Writes `value` at `at`; returns the position behind it. */
export function writeVarint(target: Uint8Array, at: number, value: number): number {
  let rest = value;
  while (rest >= 128) {
    target[at++] = (rest % 128) | 0x80;
    rest = Math.floor(rest / 128);
  }
  target[at++] = rest;
  return at;
}

/** A length-delimited field (wire type 2) around its content. */
export function delimited(number: number, ...content: readonly Uint8Array[]): Uint8Array {
  const length = content.reduce((sum, part) => sum + part.length, 0);
  return Buffer.concat([varint(number * 8 + 2), varint(length), ...content]);
}

/** A varint field (wire type 0); negative numbers as int32 and int64 have them, in ten bytes. */
export function integer(number: number, value: number): Uint8Array {
  return Buffer.concat([varint(number * 8), value < 0 ? negativeVarint(value) : varint(value)]);
}

/** A float field (wire type 5). */
export function float32(number: number, value: number): Uint8Array {
  const bytes = Buffer.alloc(4);
  bytes.writeFloatLE(value);
  return Buffer.concat([varint(number * 8 + 5), bytes]);
}

/** A length-delimited field of text in UTF-8. */
export function text(number: number, value: string): Uint8Array {
  return delimited(number, Buffer.from(value));
}

function varint(value: number): Uint8Array {
  const bytes = new Uint8Array(varintLength(value));
  writeVarint(bytes, 0, value);
  return bytes;
}

/** 64-bit two's complement. */
function negativeVarint(value: number): Uint8Array {
  let rest = BigInt.asUintN(64, BigInt(value));
  return Uint8Array.from({ length: 10 }, (_, index) => {
    const group = Number(rest & 0x7fn);
    rest >>= 7n;
    return index < 9 ? group | 0x80 : group;
  });
}

/** The fields of a message in their order. Throws RangeError with the position where the message is broken. */
export function* readFields(message: Uint8Array): Generator<WireField> {
  let at = 0;
  while (at < message.length) {
    const key = readVarint(message, at);
    const number = Math.floor(key.value / 8);
    const kind = key.value % 8;
    if (kind === 0) {
      const { value, end } = readVarint(message, key.end);
      at = end;
      yield { number, value };
    } else {
      const { start, end } = extentOf(message, kind, key.end);
      at = end;
      yield { number, value: message.subarray(start, end) };
    }
  }
}

function extentOf(message: Uint8Array, kind: number, at: number): { start: number; end: number } {
  let start = at;
  let length: number;
  if (kind === 1) length = 8;
  else if (kind === 5) length = 4;
  else if (kind === 2) ({ value: length, end: start } = readVarint(message, at));
  else throw new RangeError(`wire type ${kind} at byte ${at} of the message`);
  if (start + length > message.length) throw new RangeError(`a field of ${length} bytes at byte ${start} of a message of ${message.length}`);
  return { start, end: start + length };
}

function readVarint(message: Uint8Array, at: number): { value: number; end: number } {
  let value = 0;
  let scale = 1;
  for (let end = at; end < message.length && end < at + 10; end++) {
    const byte = message[end] ?? 0;
    value += (byte & 0x7f) * scale;
    if (byte < 128) return { value, end: end + 1 };
    scale *= 128;
  }
  throw new RangeError(`an unfinished varint at byte ${at} of the message`);
}
