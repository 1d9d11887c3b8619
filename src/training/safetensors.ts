import type { Tensor, Tensors } from '../engines/engine.ts';

/*
 * u64 length of the header | header, JSON padded with spaces to 8 bytes | tensors, little-endian, without gaps.
 * The header maps a name to {dtype, shape, data_offsets}; `__metadata__` maps strings to strings.
 * https://github.com/huggingface/safetensors#format
 */

export interface Safetensors {
  readonly metadata: Readonly<Record<string, string>>;
  readonly tensors: Tensors;
}

/** A whole file in pieces: views of the tensors themselves, so that nothing is copied. */
export async function* encodeSafetensors({ metadata, tensors }: Safetensors): AsyncGenerator<Uint8Array> {
  const header: Record<string, unknown> = { __metadata__: metadata };
  let offset = 0;
  for (const [name, { shape, values }] of tensors) {
    header[name] = { dtype: 'F32', shape, data_offsets: [offset, offset + values.byteLength] };
    offset += values.byteLength;
  }
  const json = Buffer.from(JSON.stringify(header));
  const head = Buffer.alloc(8 + Math.ceil(json.length / 8) * 8, ' ');
  head.writeBigUInt64LE(BigInt(head.length - 8));
  json.copy(head, 8);
  yield head;
  for (const { values } of tensors.values()) yield bytesOf(values);
}

/**
 * Reads a file of float32 tensors from its pieces; memory is the tensors and one piece.
 * Throws an Error that says what is wrong with a file that is truncated or none.
 */
export async function decodeSafetensors(chunks: AsyncIterable<Uint8Array>): Promise<Safetensors> {
  const source = byteSource(chunks);
  try {
    const head = new Uint8Array(8);
    await source.fill(head);
    const length = new DataView(head.buffer).getBigUint64(0, true);
    if (length > largestHeaderBytes) throw new Error(`its header claims ${length} bytes`);
    const header = new Uint8Array(Number(length));
    await source.fill(header);
    const { __metadata__: metadata = {}, ...entries } = parseHeader(header);
    const tensors = new Map<string, Tensor>();
    for (const [name, { shape, data_offsets }] of Object.entries(entries) as [string, Entry][]) {
      const values = new Float32Array((data_offsets[1] - data_offsets[0]) / 4);
      await source.fill(bytesOf(values));
      tensors.set(name, { shape, values });
    }
    return { metadata: metadata as Record<string, string>, tensors };
  } finally {
    await source.close();
  }
}

/** As the format's own reader: no header of real networks comes near. */
const largestHeaderBytes = 100_000_000n;

interface Entry {
  readonly dtype: 'F32';
  readonly shape: readonly number[];
  readonly data_offsets: readonly [number, number];
}

/** Entries lie in the order of the header, without gaps: so we write them, and so they are read. */
function parseHeader(bytes: Uint8Array): Record<string, unknown> {
  const header: unknown = JSON.parse(new TextDecoder().decode(bytes));
  if (typeof header !== 'object' || header === null) throw new Error('its header is not an object');
  let offset = 0;
  for (const [name, entry] of Object.entries(header)) {
    if (name === '__metadata__') continue;
    const { dtype, shape, data_offsets } = entry as Partial<Entry>;
    const elements = shape?.reduce((product, side) => product * side, 1) ?? -1;
    if (dtype !== 'F32' || data_offsets?.[0] !== offset || data_offsets[1] !== offset + 4 * elements) {
      throw new Error(`its tensor ${JSON.stringify(name)} is not float32 at byte ${offset}`);
    }
    offset = data_offsets[1];
  }
  return header as Record<string, unknown>;
}

function byteSource(chunks: AsyncIterable<Uint8Array>) {
  const iterator = chunks[Symbol.asyncIterator]();
  let rest: Uint8Array = new Uint8Array();
  return {
    async fill(target: Uint8Array): Promise<void> {
      for (let at = 0; at < target.length; ) {
        if (rest.length === 0) {
          const next = await iterator.next();
          if (next.done === true) throw new Error(`it ends ${target.length - at} bytes too early`);
          rest = next.value;
        }
        const part = rest.subarray(0, target.length - at);
        target.set(part, at);
        at += part.length;
        rest = rest.subarray(part.length);
      }
    },
    async close(): Promise<void> {
      await iterator.return?.();
    },
  };
}

/** The bytes of float32 values, in place; the format is little-endian as every machine Node runs on. */
export function bytesOf(values: Float32Array): Uint8Array {
  return new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
}
