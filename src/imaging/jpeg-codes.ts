import { coefficientCode, differenceCode, type HuffmanCode } from './jpeg-tables.ts';

/** A code in the lowest bits, and how many of these count. */
interface Code {
  readonly bits: number;
  readonly length: number;
}

/** Pairs are of values from -32 to 31, of which both ends stand for what is beyond; as assembly/encode-jpeg.ts has it. */
const least = -32;
const side = 64;
/** So many zeros before a pair, and more, are one to the table. */
const manyZeros = 4;
/** A word that is not negative has room for a code of so many bits, above its length. */
const mostBits = 25;

/** The words of assembly/encode-jpeg.ts: by size of a difference (16), by symbol (256), then by zeros and a pair of values (5 x 64 x 64). */
export function wordsOfCodes(): Int32Array {
  const differences = codesOf(differenceCode);
  const symbols = codesOf(coefficientCode);
  const words = new Int32Array(16 + 256 + (manyZeros + 1) * side * side);
  for (const [size, code] of differences) words[size] = wordOf(code);
  for (const [symbol, code] of symbols) words[16 + symbol] = wordOf(code);
  for (let zeros = 0; zeros <= manyZeros; zeros += 1) {
    for (let pair = 0; pair < side * side; pair += 1) {
      words[16 + 256 + zeros * side * side + pair] = wordOfPair({ zeros, first: least + (pair >> 6), second: least + (pair & 63) }, symbols);
    }
  }
  return words;
}

/** Below 0 where the table does not know what to write. */
function wordOfPair({ zeros, first, second }: { zeros: number; first: number; second: number }, symbols: ReadonlyMap<number, Code>): number {
  if (first === 0 && second === 0) return 0;
  if (zeros === manyZeros || [first, second].some((value) => value === least || value === least + side - 1)) return -1;
  const one = codeOfValue(zeros, first, symbols);
  const other = codeOfValue(first === 0 ? zeros + 1 : 0, second, symbols);
  const length = one.length + other.length;
  return length > mostBits ? -1 : wordOf({ bits: (one.bits << other.length) | other.bits, length });
}

/** Nothing for a zero: it counts as one before the next. */
function codeOfValue(zeros: number, value: number, symbols: ReadonlyMap<number, Code>): Code {
  const size = 32 - Math.clz32(Math.abs(value));
  const code = symbols.get(zeros * 16 + size);
  if (value === 0 || code === undefined) return { bits: 0, length: 0 };
  return { bits: (code.bits << size) | (value < 0 ? value + (1 << size) - 1 : value), length: code.length + size };
}

/** The code above its length, which takes 6 bits. */
function wordOf({ bits, length }: Code): number {
  return (bits << 6) | length;
}

/** By symbol (T.81, C.2). */
function codesOf({ counts, symbols }: HuffmanCode): Map<number, Code> {
  const codes = new Map<number, Code>();
  let bits = 0;
  let index = 0;
  for (const [at, count] of counts.entries()) {
    for (let left = count; left > 0; left -= 1) codes.set(symbols[index++] ?? 0, { bits: bits++, length: at + 1 });
    bits <<= 1;
  }
  return codes;
}
