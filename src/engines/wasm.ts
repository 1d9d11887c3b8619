import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import { createRequire } from 'node:module';
import path from 'node:path';
import { EagerModel } from './eager-model.ts';
import type { Engine } from './engine.ts';
import { demandHeapRoom } from './memory.ts';
import { openHeap } from './wasm-heap.ts';
import { wasmKernels } from './wasm-kernels.ts';
import { registerKernels } from './wasm-registry.ts';

/** The engine that npm alone gives: TensorFlow.js' wasm backend with SIMD on one thread, and own kernels in its heap. */
export async function openWasm(): Promise<Engine> {
  const tf = await import('@tensorflow/tfjs-core');
  const { setWasmPaths } = await import('@tensorflow/tfjs-backend-wasm');
  const entry = createRequire(import.meta.url).resolve('@tensorflow/tfjs-backend-wasm');
  setWasmPaths(`${path.join(path.dirname(path.dirname(entry)), 'wasm-out')}${path.sep}`);
  tf.env().set('WASM_HAS_MULTITHREAD_SUPPORT', false);
  if (!(await tf.setBackend('wasm'))) throw new Error('Cannot start the wasm backend of TensorFlow.js');
  const heap = await openHeap(tf.backend() as unknown as BackendWasm);
  registerKernels(tf, heap);
  const backend = {
    tf,
    kernels: wasmKernels(tf, heap),
    // At once, for the backend is there; the promise is for those that are not.
    activate: () => {
      if (tf.getBackend() !== 'wasm') void tf.setBackend('wasm');
    },
  };
  return { name: 'wasm', device: 'wasm, 1 thread', threads: 1, demandRoom: demandHeapRoom, load: (network, options) => new EagerModel(backend, network, options) };
}
