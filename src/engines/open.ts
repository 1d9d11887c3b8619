import { EngineError } from './engine.ts';
import type { Engine } from './engine.ts';
import { openNative } from './native.ts';
import { openWasm } from './wasm.ts';

export interface EngineChoice {
  /** `auto`: native where it is built and loads, else wasm. Never tfjs' plain `cpu` backend, which is unusably slow. */
  readonly engine: 'auto' | 'native' | 'wasm';
  /** For native what the process was started with (see `nativeEnvironment`). */
  readonly threads: number;
  /** Each with a heap and a copy of all weights; absent: `threads`. */
  readonly wasmThreads?: number;
  /** Nothing but a GPU will do. */
  readonly requireGpu?: boolean;
}

/** Throws EngineError when the engine asked for cannot be had. */
export async function openEngine({
  engine,
  threads,
  wasmThreads = threads,
  requireGpu = false,
}: EngineChoice): Promise<Engine> {
  if (requireGpu) return openOnGpu(engine, threads);
  switch (engine) {
    case 'wasm':
      return openWasm(wasmThreads);
    case 'native':
      return openNative(threads);
    case 'auto':
      try {
        return openNative(threads);
      } catch (error) {
        return { ...(await openWasm(wasmThreads)), note: error instanceof Error ? error.message : String(error) };
      }
    default:
      return engine satisfies never;
  }
}

function openOnGpu(engine: EngineChoice['engine'], threads: number): Engine {
  if (engine === 'wasm') throw new EngineError('Cannot use a GPU: the wasm engine runs on the CPU');
  const native = openNative(threads);
  if (native.isOnGpu) return native;
  throw new EngineError(`Cannot use a GPU: ${native.device} is all there is. Give the worker an image built with \`--build-arg ENGINE=gpu\` and a GPU that its driver shows (\`nvidia-smi\`), or ask for none: resources.gpu: 0`);
}
