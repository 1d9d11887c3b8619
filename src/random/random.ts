/**
 * random/ gives numbers by chance that follow from a seed: every order, split, phantom and resample is the same again.
 * Dropout masks and initial weights, which engines must agree on, come from engines/philox.ts instead.
 */

/** A stream of random numbers that follows from its seed and its name alone. */
export interface Random {
  /** An integer from 0 to 2^32 - 1. */
  next(): number;
  /** A number from `low` (0) up to `high` (1), never `high` itself. */
  uniform(low?: number, high?: number): number;
  /** An integer from 0 to `count` - 1, each as likely as the others. */
  below(count: number): number;
  /** Normally distributed, mean 0 and standard deviation 1. */
  normal(): number;
}

/**
 * xoshiro128** (Blackman and Vigna, "Scrambled linear pseudorandom number generators", 2021), its state filled from
 * an FNV-1a hash of seed and name by splitmix32. Streams of other names are independent of each other.
 */
export function openRandom(seed: number, name: string): Random {
  const next = xoshiro128(stateOf(`${seed}/${name}`));
  const uniform = (low = 0, high = 1) => low + (next() / 0x1_0000_0000) * (high - low);
  return { next, uniform, below: (count) => below(next, count), normal: () => normal(uniform) };
}

/** The items in an order that depends on `random` alone (Fisher and Yates); the given array stays as it is. */
export function shuffle<T>(items: readonly T[], random: Random): T[] {
  const shuffled = [...items];
  for (let left = shuffled.length; left > 1; left--) {
    const chosen = random.below(left);
    const last = shuffled[left - 1] as T;
    shuffled[left - 1] = shuffled[chosen] as T;
    shuffled[chosen] = last;
  }
  return shuffled;
}

/** The next function of xoshiro128** from a state of four 32-bit words, not all zero. */
export function xoshiro128([a, b, c, d]: readonly [number, number, number, number]): () => number {
  return () => {
    const scaled = Math.imul(b, 5);
    const result = Math.imul((scaled << 7) | (scaled >>> 25), 9) >>> 0;
    const shifted = b << 9;
    c ^= a;
    d ^= b;
    b ^= c;
    a ^= d;
    c ^= shifted;
    d = (d << 11) | (d >>> 21);
    return result;
  };
}

function stateOf(text: string): [number, number, number, number] {
  let hash = 0x811c9dc5;
  for (const byte of new TextEncoder().encode(text)) hash = Math.imul(hash ^ byte, 0x01000193);
  const word = () => {
    hash = (hash + 0x9e3779b9) | 0;
    let mixed = Math.imul(hash ^ (hash >>> 16), 0x21f0aaad);
    mixed = Math.imul(mixed ^ (mixed >>> 15), 0x735a2d97);
    return mixed ^ (mixed >>> 15);
  };
  return [word(), word(), word(), word()];
}

// Numbers at or above the largest multiple of `count` would make the small results more likely.
function below(next: () => number, count: number): number {
  const fair = 0x1_0000_0000 - (0x1_0000_0000 % count);
  let drawn = next();
  while (drawn >= fair) drawn = next();
  return drawn % count;
}

// Box and Muller; 1 - uniform is never 0, so that the logarithm is finite.
function normal(uniform: () => number): number {
  return Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform());
}
