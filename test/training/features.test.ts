import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { computedFeatures, keepFeatures, keptBytes } from '../../src/training/features.ts';
import type { FilmSet } from '../../src/training/films.ts';
import type { FrozenSource } from '../../src/training/frozen-source.ts';

/** Film f in variant v is one pixel of value 10 f + v. */
const films: FilmSet = {
  count: 3,
  pixels: (film, variant) => Promise.resolve(Uint8Array.of(10 * film + variant)),
  features: () => Promise.resolve(new Map()),
  close: () => Promise.resolve(),
  copies: { size: 0, files: [] },
};

/** Each film's pixel over 3 (no float16), `width` times, a step apart. */
const source = (input: string, width: number): FrozenSource => ({
  ...{ input, width },
  compute: (pixels) => Promise.resolve(Float32Array.from({ length: pixels.length * width }, (_, at) => pixels[Math.floor(at / width)]! / 3 + (at % width))),
  dispose: () => undefined,
});

const sources = [source('a', 2), source('b', 3)];
const visits = [{ film: 2, variant: 3 }, { film: 0, variant: 1 }, { film: 2, variant: 0 }];
const pixelsOf = async () => Buffer.concat(await Promise.all(visits.map(({ film, variant }) => films.pixels(film, variant))));

test('keepFeatures and computedFeatures: the same values by input, rounded to float16, in the order of the visits', async (t) => {
  const folder = await mkdtemp(path.join(tmpdir(), 'chex-features-'));
  t.after(() => rm(folder, { recursive: true }));
  const ratios: number[] = [];
  const kept = await keepFeatures({ sources, films, variants: 4, batchSize: 5, folder, name: 'rows', onProgress: (ratio) => ratios.push(ratio) });
  const read = await kept.read(visits, () => assert.fail('kept features need no pixels'));
  assert.deepEqual(read, await computedFeatures(sources).read(visits, pixelsOf));
  assert.deepEqual(read['a'], Float32Array.from([23, 1, 20].flatMap((pixel) => [Math.f16round(pixel / 3), Math.f16round(pixel / 3 + 1)])));
  assert.equal(ratios.at(-1), 1);
  await kept.close();
});

test('keptBytes: two bytes a number', () => {
  assert.equal(keptBytes({ sources, films: 3, variants: 4 }), 2 * 12 * 5);
});
