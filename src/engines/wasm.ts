import { EagerModel } from './eager-model.ts';
import type { Engine } from './engine.ts';
import { demandHeapRoom } from './memory.ts';
import { openWasmBackend } from './wasm-backend.ts';

/** The engine that npm alone gives: TensorFlow.js' wasm backend with SIMD on one thread, and own kernels in its heap. */
export async function openWasm(): Promise<Engine> {
  const backend = await openWasmBackend();
  return { name: 'wasm', device: 'wasm, 1 thread', threads: 1, demandRoom: demandHeapRoom, load: (network, options) => new EagerModel(backend, network, options) };
}
