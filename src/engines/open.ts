import type { Engine } from './engine.ts';
import { openNative } from './native.ts';
import { openWasm } from './wasm.ts';

export interface EngineChoice {
  /** `auto`: native where it is built and loads, else wasm. Never tfjs' plain `cpu` backend, which is unusably slow. */
  readonly engine: 'auto' | 'native' | 'wasm';
  /** What the process was started with (see `nativeEnvironment`); the wasm engine always uses one. */
  readonly threads: number;
}

/** Throws EngineError when the engine asked for cannot be had. */
export async function openEngine({ engine, threads }: EngineChoice): Promise<Engine> {
  switch (engine) {
    case 'wasm':
      return openWasm();
    case 'native':
      return openNative(threads);
    case 'auto':
      try {
        return openNative(threads);
      } catch (error) {
        return { ...(await openWasm()), note: error instanceof Error ? error.message : String(error) };
      }
    default:
      return engine satisfies never;
  }
}
