import type * as Tf from '@tensorflow/tfjs-core';
import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import { readFileSync } from 'node:fs';
import { EngineError } from './engine.ts';

interface Memory {
  readonly buffer: ArrayBuffer;
  /** By pages of 64 KiB. */
  grow(pages: number): number;
}

/** Node's, of which only what is used here: TypeScript knows it as a part of browsers alone. */
declare const WebAssembly: {
  readonly Memory: new (descriptor: { readonly initial: number }) => Memory;
  instantiate(bytes: Uint8Array, imports: object): Promise<{ readonly instance: { readonly exports: object } }>;
};

/** What assembly/ exports. Pointers are byte offsets into tfjs' heap, everything else counts float32 values. */
export interface KernelFunctions {
  pad(source: number, height: number, width: number, channels: number, target: number, paddedHeight: number, paddedWidth: number, paddedChannels: number, top: number, left: number): void;
  copyRows(source: number, sourceStep: number, target: number, targetStep: number, rows: number, length: number): void;
  pack(source: number, taps: number, tapStep: number, columns: number, columnStep: number, inner: number, innerStep: number, channels: number, channelStep: number, target: number): void;
  correlate(input: number, rowStep: number, pixelStep: number, tapStep: number, taps: number, run: number, kernel: number, output: number, outputRowStep: number, outputPixelStep: number, rows: number, columns: number, channels: number): void;
  accumulateProducts(input: number, rowStep: number, pixelStep: number, run: number, gradient: number, channels: number, rows: number, columns: number, sums: number): void;
  addProduct(x: number, rows: number, length: number, kernel: number, columns: number, sums: number): void;
  productWithTransposed(a: number, rows: number, b: number, columns: number, length: number, products: number): void;
  maxPoolGradient(x: number, y: number, dy: number, dx: number, height: number, width: number, channels: number, rows: number, columns: number, size: number, stride: number, top: number, left: number): void;
  columnSums(x: number, rows: number, columns: number, sums: number): void;
  columnProducts(x: number, mean: number, other: number, otherMean: number, rows: number, columns: number, products: number): void;
  scaleColumns(x: number, a: number, b: number, c: number, y: number, rows: number, columns: number): void;
  normalisationGradient(dy: number, x: number, mean: number, a: number, b: number, c: number, dx: number, rows: number, columns: number): void;
  sum(x: number, count: number): number;
  reluGradient(dy: number, output: number, slope: number, dx: number, count: number): void;
  adam(weight: number, first: number, second: number, gradient: number, updated: number, count: number, rate: number, beta1: number, beta2: number, epsilon: number): void;
  relu(x: number, slope: number, y: number, count: number): void;
  tanh(x: number, y: number, count: number): void;
  dropoutMask(target: number, count: number, key: bigint, counter: bigint, stream: number, rate: number, kept: number): void;
}

/** Own kernels over the memory of tfjs' wasm backend. */
export interface WasmHeap {
  readonly run: KernelFunctions;
  /** Where a tensor's values lie. */
  pointer(tensor: Tf.TensorInfo): number;
  /** A new float32 tensor; its values are whatever lay there. */
  output(shape: readonly number[]): Tf.TensorInfo;
  /** A new float32 vector of these values. */
  vector(values: readonly number[]): Tf.TensorInfo;
  /** The values of a tensor, as they lie there: gone when the heap grows. */
  values(tensor: Tf.TensorInfo): Float32Array;
  /** `count` float64 values that `write` puts at the pointer it is given. */
  doubles(count: number, write: (pointer: number) => void): number[];
  /** Lends memory for the time of `work`. */
  borrow<Result>(floats: number, work: (pointer: number) => Result): Result;
}

export async function instantiateKernels(memory: Memory): Promise<KernelFunctions> {
  const bytes = readFileSync(new URL('kernels.wasm', import.meta.url));
  const { instance } = await WebAssembly.instantiate(bytes, { env: { memory } });
  return instance.exports as unknown as KernelFunctions;
}

/** Loads kernels.wasm into the memory of tfjs' module, whose exports are minified: the memory is known by its type. */
export async function openHeap(backend: BackendWasm): Promise<WasmHeap> {
  const { wasm } = backend as unknown as { wasm: { asm: Record<string, unknown>; _malloc(bytes: number): number; _free(pointer: number): void } };
  const memory = Object.values(wasm.asm).find((value) => value instanceof WebAssembly.Memory);
  if (memory === undefined) throw new Error('Cannot load the training kernels: the wasm backend of TensorFlow.js exports no memory');
  const borrow = <Result>(floats: number, work: (pointer: number) => Result): Result => {
    const pointer = wasm._malloc(floats * 4) >>> 0;
    if (pointer === 0) throw new EngineError(`Cannot get ${floats * 4} bytes in the wasm heap: its 4 GB are full; use a smaller batchSize, smaller films or the native engine (\`npm run build:native\`)`);
    try {
      return work(pointer);
    } finally {
      wasm._free(pointer);
    }
  };
  return {
    run: await instantiateKernels(memory),
    pointer: (tensor) => backend.getMemoryOffset(tensor.dataId),
    output: (shape) => backend.makeOutput([...shape], 'float32'),
    vector: (values) => backend.makeOutput([values.length], 'float32', undefined, Float32Array.from(values)),
    values: (tensor) => backend.typedArrayFromHeap(tensor) as Float32Array,
    doubles: (count, write) =>
      borrow(2 * count, (pointer) => {
        write(pointer);
        return [...new Float64Array(memory.buffer, pointer, count)];
      }),
    borrow,
  };
}
