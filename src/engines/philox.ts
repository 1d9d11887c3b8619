/**
 * Philox4x32-10 (Salmon et al., "Parallel random numbers: as easy as 1, 2, 3", 2011): every number is a function of a
 * key and a counter, so a training step can be repeated from its number alone.
 */

/** Four 32-bit words, the least significant first; block i of a sequence has i added to the counter. */
export type Counter = readonly [number, number, number, number];

/**
 * Fills `words` with the sequence of (seed, counter), word for word that of TensorFlow's
 * `StatelessRandomUniformFullIntV2(key=[seed], counter=..., alg=1)`. `seed`: 0 to 2^53 - 1.
 */
export function fillPhilox(words: Uint32Array, seed: number, counter: Counter): void {
  let [w0, w1, w2, w3] = counter;
  for (let start = 0; start < words.length; start += 4) {
    block(words, start, seed, w0, w1, w2, w3);
    // 128-bit increment.
    w0 = (w0 + 1) >>> 0;
    if (w0 !== 0) continue;
    w1 = (w1 + 1) >>> 0;
    if (w1 !== 0) continue;
    w2 = (w2 + 1) >>> 0;
    if (w2 === 0) w3 = (w3 + 1) >>> 0;
  }
}

function block(words: Uint32Array, start: number, seed: number, ...counter: [number, number, number, number]): void {
  let [c0, c1, c2, c3] = counter;
  let k0 = seed >>> 0;
  let k1 = Math.floor(seed / 0x1_0000_0000) >>> 0;
  for (let round = 0; round < 10; round += 1) {
    const high0 = multiplyHigh(0xd2511f53, c0);
    const low0 = Math.imul(0xd2511f53, c0);
    const high1 = multiplyHigh(0xcd9e8d57, c2);
    const low1 = Math.imul(0xcd9e8d57, c2);
    c0 = (high1 ^ c1 ^ k0) >>> 0;
    c1 = low1 >>> 0;
    c2 = (high0 ^ c3 ^ k1) >>> 0;
    c3 = low0 >>> 0;
    k0 = (k0 + 0x9e3779b9) >>> 0;
    k1 = (k1 + 0xbb67ae85) >>> 0;
  }
  words[start] = c0;
  words[start + 1] = c1;
  words[start + 2] = c2;
  words[start + 3] = c3;
}

/** The upper 32 bits of a product of two unsigned 32-bit numbers. */
function multiplyHigh(a: number, b: number): number {
  const aLow = a & 0xffff;
  const aHigh = a >>> 16;
  const bLow = b & 0xffff;
  const bHigh = b >>> 16;
  const low = aLow * bLow;
  const middle = aHigh * bLow + (low >>> 16);
  const cross = aLow * bHigh + (middle & 0xffff);
  return (aHigh * bHigh + Math.floor(middle / 0x10000) + Math.floor(cross / 0x10000)) >>> 0;
}
