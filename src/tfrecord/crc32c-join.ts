import { reversedPolynomial } from './crc32c-slicing.ts';

/** At n, x to the power of 8 * 2^n: what 2^n more bytes do to a checksum. */
const powers = buildPowers();

/** The CRC-32C of bytes and `length` more, from the checksums of both: x^(8 * length) * first + second, modulo the polynomial. */
export function joinCrc32c(first: number, second: number, length: number): number {
  let factor = 1 << 31;
  for (let left = length, at = 0; left > 0; left = Math.floor(left / 2), at++) {
    if (left % 2 === 1) factor = multiply(factor, powers[at] ?? 0);
  }
  return (multiply(factor, first) ^ second) >>> 0;
}

/** Lengths below 2^40. */
function buildPowers(): Int32Array {
  const built = new Int32Array(40);
  // x^8, the bit of x^0 being the highest.
  built[0] = 1 << 23;
  for (let at = 1; at < built.length; at++) built[at] = multiply(built[at - 1] ?? 0, built[at - 1] ?? 0);
  return built;
}

/** Polynomials over two elements, their bits reversed. Without branches, which a processor would guess wrong every other time. */
function multiply(a: number, b: number): number {
  let product = 0;
  for (let left = a; left !== 0; left <<= 1) {
    product ^= b & (left >> 31);
    b = (b >>> 1) ^ (reversedPolynomial & -(b & 1));
  }
  return product;
}
