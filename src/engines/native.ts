import type * as Tf from '@tensorflow/tfjs-core';
import { readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { EagerModel } from './eager-model.ts';
import { EngineError } from './engine.ts';
import type { Engine } from './engine.ts';
import { composedKernels } from './kernels.ts';
import { openMasks } from './wasm-heap.ts';

/**
 * What must be in the environment for TensorFlow to use so many threads, the same way each time, in silence. It is read
 * once, when the engine opens: set it for the process, or in `process.env` before. With the same number of threads two
 * runs are equal bit for bit.
 */
export function nativeEnvironment(threads: number): Record<string, string> {
  return {
    TF_NUM_INTRAOP_THREADS: String(threads),
    // Eager operations run one after another.
    TF_NUM_INTEROP_THREADS: '1',
    TF_DETERMINISTIC_OPS: '1',
    TF_CPP_MIN_LOG_LEVEL: '2',
    TF_FORCE_GPU_ALLOW_GROWTH: 'true',
  };
}

/** The engine over libtensorflow: what `npm run build:native` made, or a tfjs-node that the user installed. */
export async function openNative(threads: number): Promise<Engine> {
  const tf = loadTensorflow();
  await tf.setBackend('tensorflow');
  const { binding } = tf.backend() as unknown as { binding: Binding };
  const device = binding.isUsingGpuDevice() ? 'GPU' : `CPU, ${String(threads)} ${threads === 1 ? 'thread' : 'threads'}`;
  const backend = {
    tf,
    kernels: composedKernels(tf, await openMasks()),
    activate: () => {
      if (tf.getBackend() !== 'tensorflow') void tf.setBackend('tensorflow');
    },
  };
  return {
    name: 'native',
    device: `TensorFlow ${binding.TF_Version}, ${device}`,
    threads,
    // What this machine or its GPU can hold is known only when it is full.
    demandRoom: () => {},
    load: (network, options) => new EagerModel(backend, network, options),
  };
}

/** Whether a native package is there; that it loads is seen only when it is opened. */
export function isNativeBuilt(): boolean {
  const require = createRequire(import.meta.url);
  return packages.some((name) => canResolve(require, name));
}

/** GPUs of this machine that the native engine can use: none without its GPU package. */
export function countGpus(): number {
  const require = createRequire(import.meta.url);
  if (!gpuPackages.some((name) => canResolve(require, name))) return 0;
  try {
    return readdirSync('/dev').filter((name) => /^nvidia\d+$/.test(name)).length;
  } catch {
    return 0;
  }
}

interface Binding {
  readonly TF_Version: string;
  isUsingGpuDevice(): boolean;
}

/** What `npm run build:native` made, or what the user installed. */
const placesOf = (name: string) => [`../../.native/node_modules/${name}`, name];
const gpuPackages = placesOf('@tensorflow/tfjs-node-gpu');
/** In order of preference: a GPU package can only be there on purpose. */
const packages = [...gpuPackages, ...placesOf('@tensorflow/tfjs-node')];

function loadTensorflow(): typeof Tf {
  const require = createRequire(import.meta.url);
  restoreUtil(require('node:util') as Record<string, unknown>);
  const found = packages.find((name) => canResolve(require, name));
  if (found === undefined) throw new EngineError('Cannot use the native engine: it is not built. `npm run build:native` builds it');
  try {
    return require(found) as typeof Tf;
  } catch (error) {
    throw new EngineError(`Cannot use the native engine: ${require.resolve(found)} does not load (${error instanceof Error ? error.message : String(error)}). \`npm run build:native\` builds it anew`, { cause: error });
  }
}

function canResolve(require: NodeJS.Require, name: string): boolean {
  try {
    require.resolve(name);
    return true;
  } catch {
    return false;
  }
}

/** tfjs-node 4.22 calls two functions that Node 23 removed. */
function restoreUtil(util: Record<string, unknown>): void {
  util.isNullOrUndefined ??= (value: unknown) => value == null;
  util.isArray ??= Array.isArray;
}
