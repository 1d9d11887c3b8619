import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { clahe } from '../../src/imaging/clahe.ts';
import { decodeGrey } from '../../src/imaging/codec.ts';
import { flip } from '../../src/imaging/flip.ts';
import { resize } from '../../src/imaging/resize.ts';
import { pythonOrSkip, runPython } from '../oracles/oracles.ts';
import { inPlane, seededPicture, sha256 } from './seeded-picture.ts';

interface Case {
  readonly width: number;
  readonly height: number;
  readonly size: number;
  readonly clipLimit: number;
  readonly tiles: number;
  readonly seed: number;
}
type Answer = Case & { readonly resized: string; readonly equalised: string; readonly flipped: Record<string, string> };

const golden = JSON.parse(readFileSync(new URL('../golden/imaging/opencv.json', import.meta.url), 'utf8')) as {
  readonly cases: readonly Answer[];
  readonly files: readonly { name: string; base64: string; width: number; height: number; grey: string }[];
};

function answerOf({ width, height, size, clipLimit, tiles, seed }: Case): Answer {
  const resized = inPlane(seededPicture(width, height, seed), (film) => resize(film, { width: size, height: size }));
  const equalised = inPlane(resized, (square) => clahe(square, { clipLimit, tiles }));
  const flipped = Object.fromEntries(([-1, 0, 1] as const).map((code) => [String(code), sha256(flip(equalised, code))]));
  return { width, height, size, clipLimit, tiles, seed, resized: sha256(resized), equalised: sha256(equalised), flipped };
}

test('resize(), clahe() and flip() equal OpenCV 5.0 bit for bit on the golden table', () => {
  assert.ok(golden.cases.length > 50);
  for (const expected of golden.cases) assert.deepEqual(answerOf(expected), expected);
});

test('decodeGrey() equals OpenCV 5.0 bit for bit on the golden files', async () => {
  for (const { name, base64, ...expected } of golden.files) {
    const read = await decodeGrey(new Uint8Array(Buffer.from(base64, 'base64')));
    assert.deepEqual({ width: read.width, height: read.height, grey: sha256(read) }, expected, name);
  }
});

test('resize(), clahe() and flip() equal the installed OpenCV on random sizes', (t) => {
  if (!pythonOrSkip(t)) return;
  const random = (least: number, most: number) => least + Math.floor(Math.random() * (most - least + 1));
  const cases = Array.from({ length: 24 }, (_, index): Case => {
    const size = random(32, index % 4 === 0 ? 1024 : 320);
    const [width, height] = [
      [random(8, 1200), random(8, 1200)],
      [size * random(1, 4), size * random(1, 3)],
      [random(size - 20, size + 60), random(size - 20, size + 60)],
    ][index % 3] as [number, number];
    return { width, height, size, clipLimit: random(1, 400) / 10, tiles: random(1, Math.floor(size / 4)), seed: random(1, 1e6) };
  });
  const expected = JSON.parse(runPython('opencv_golden.py', JSON.stringify(cases))) as Answer[];
  for (const [index, one] of cases.entries()) assert.deepEqual(answerOf(one), expected[index], JSON.stringify(one));
});

test('the golden table is what the installed OpenCV makes', (t) => {
  if (!pythonOrSkip(t)) return;
  assert.deepEqual(JSON.parse(runPython('opencv_golden.py')), golden);
});
