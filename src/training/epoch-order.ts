import { fillPhilox } from '../engines/philox.ts';

/** Tells these numbers from those of dropout masks and initial weights, whose counters end in 0 and 1. */
const ORDER = 2;

/** The numbers 0 to `count` - 1 in an order that follows from seed and epoch alone (Fisher and Yates). */
export function epochOrder({ count, seed, epoch }: { count: number; seed: number; epoch: number }): Uint32Array {
  const order = Uint32Array.from({ length: count }, (_, index) => index);
  const words = new Uint32Array(Math.ceil(count / 4) * 4);
  fillPhilox(words, seed, [0, 0, epoch, ORDER]);
  for (let last = count - 1; last > 0; last--) {
    // 2^32 is no multiple of last + 1: the bias is below count / 2^32.
    const chosen = Math.floor(((words[last] ?? 0) / 0x1_0000_0000) * (last + 1));
    const held = order[last] ?? 0;
    order[last] = order[chosen] ?? 0;
    order[chosen] = held;
  }
  return order;
}
