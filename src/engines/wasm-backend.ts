import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import { createRequire } from 'node:module';
import path from 'node:path';
import type { Backend } from './eager-model.ts';
import { openHeap } from './wasm-heap.ts';
import { wasmKernels } from './wasm-kernels.ts';
import { registerKernels } from './wasm-registry.ts';

/** TensorFlow.js' wasm backend with SIMD on the calling thread, and own kernels in its heap. */
export async function openWasmBackend(): Promise<Backend> {
  const tf = await import('@tensorflow/tfjs-core');
  const { setWasmPaths } = await import('@tensorflow/tfjs-backend-wasm');
  const entry = createRequire(import.meta.url).resolve('@tensorflow/tfjs-backend-wasm');
  setWasmPaths(`${path.join(path.dirname(path.dirname(entry)), 'wasm-out')}${path.sep}`);
  tf.env().set('WASM_HAS_MULTITHREAD_SUPPORT', false);
  if (!(await tf.setBackend('wasm'))) throw new Error('Cannot start the wasm backend of TensorFlow.js');
  const heap = await openHeap(tf.backend() as unknown as BackendWasm);
  registerKernels(tf, heap);
  return {
    tf,
    kernels: wasmKernels(tf, heap),
    // At once, for the backend is there; the promise is for those that are not.
    activate: () => {
      if (tf.getBackend() !== 'wasm') void tf.setBackend('wasm');
    },
  };
}
