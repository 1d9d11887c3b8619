import { EagerModel } from './eager-model.ts';
import type { Engine } from './engine.ts';
import { demandHeapRoom } from './memory.ts';
import { ParallelModel } from './threads/parallel-model.ts';
import { ReplicaThreads } from './threads/replica-threads.ts';
import { openWasmBackend } from './wasm-backend.ts';

/** The engine that npm alone gives: TensorFlow.js' wasm backend and own kernels, on the calling thread or with an instance on each of several. */
export async function openWasm(threads = 1): Promise<Engine> {
  if (threads === 1) {
    const backend = await openWasmBackend();
    return { name: 'wasm', device: 'wasm, 1 thread', threads, demandRoom: (residents, batch) => demandHeapRoom(residents, batch), load: (network, options) => new EagerModel(backend, network, options) };
  }
  const replicas = new ReplicaThreads(threads);
  return {
    name: 'wasm',
    device: `wasm, ${String(threads)} threads`,
    threads,
    demandRoom: (residents, batch) => demandHeapRoom(residents, batch, threads),
    load: (network, options) => new ParallelModel(replicas, network, options),
  };
}
