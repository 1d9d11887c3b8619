import type { Engine } from './engine.ts';
import { isGpuBuilt, loadAddon } from './tensorflow/addon.ts';
import { GraphModel } from './tensorflow/graph-model.ts';

/**
 * What must be in the environment for TensorFlow to use so many threads, the same way each time, in silence. It is read
 * once, when the engine opens: set it for the process, or in `process.env` before. With the same number of threads two
 * runs are equal bit for bit.
 */
export function nativeEnvironment(threads: number): Record<string, string> {
  return {
    TF_NUM_INTRAOP_THREADS: String(threads),
    // Operations one after another, each on all threads: their order is part of what makes two runs equal.
    TF_NUM_INTEROP_THREADS: '1',
    TF_DETERMINISTIC_OPS: '1',
    // TensorFlow switches its fast kernels on by itself only where there is AVX-512; with AVX2 they are 2.5 times as fast too.
    TF_ENABLE_ONEDNN_OPTS: '1',
    TF_CPP_MIN_LOG_LEVEL: '2',
    TF_FORCE_GPU_ALLOW_GROWTH: 'true',
  };
}

/** Of an engine built for GPUs that has none. */
const noGpu = 'it is built for GPUs but TensorFlow finds none, so it computes on the CPU, far slower. Look whether the driver shows one (`nvidia-smi`); `chex step --require-gpu` fails instead';

/** The engine over libtensorflow, which `npm run build:native` built or the user installed with tfjs-node. */
export function openNative(threads: number): Engine & { readonly isOnGpu: boolean } {
  const addon = loadAddon();
  const isOnGpu = addon.isUsingGpuDevice();
  const device = isOnGpu ? 'GPU' : `CPU, ${String(threads)} ${threads === 1 ? 'thread' : 'threads'}`;
  return {
    name: 'native',
    device: `TensorFlow ${addon.TF_Version}, ${device}`,
    threads,
    isOnGpu,
    ...(isGpuBuilt() && !isOnGpu ? { note: noGpu } : {}),
    // What this machine or its GPU can hold is known only when it is full.
    demandRoom: () => {},
    load: (network, options) => new GraphModel(addon, network, options),
  };
}
