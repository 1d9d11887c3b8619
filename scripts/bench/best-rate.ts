import { EngineError } from '../../src/engines/engine.ts';

/** The highest rate of batches tried in their order, each printed, until one does not fit; 0 where none fits. */
export async function bestRate(batches: readonly number[], { imagesPerSecond, print }: { imagesPerSecond: (batch: number) => Promise<number>; print: (line: string) => void }): Promise<number> {
  let best = 0;
  for (const batch of batches) {
    const rate = await imagesPerSecond(batch).catch((error: unknown) => {
      if (!(error instanceof EngineError)) throw error;
      return null;
    });
    if (rate === null) {
      print(`batch ${String(batch).padStart(3)}: does not fit in the memory of the GPU, so no larger one is tried`);
      break;
    }
    print(`batch ${String(batch).padStart(3)}: ${rate.toFixed(0).padStart(6)} images/s`);
    best = Math.max(best, rate);
  }
  return best;
}
