import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { openWasm } from '../../src/engines/wasm.ts';
import { concat, elementwise } from '../../src/models/layers.ts';
import { networkBuilder } from '../../src/models/network-builder.ts';
import type { Network } from '../../src/models/network.ts';
import { keepFeatures, keptBytes, predictedFeatures } from '../../src/training/features.ts';
import type { FilmSet } from '../../src/training/films.ts';

/** Film f in variant v is one pixel of value 10 f + v. */
const films: FilmSet = {
  count: 3,
  pixels: (film, variant) => Promise.resolve(Uint8Array.of(10 * film + variant)),
  features: () => Promise.resolve(new Map()),
  close: () => Promise.resolve(),
  copies: { size: 0, files: [] },
};

/** Each film's pixel over 3 (no float16): `a` as it is, `b` three times. */
function thirds(): Network {
  const net = networkBuilder('thirds');
  const a = net.add('a', elementwise({ kind: 'affine', scale: 1 / 3, offset: 0 }), net.input('image', 'uint8', [1]));
  return net.build({ outputs: [a, net.add('b', concat(), a, a, a)] });
}

const engine = await openWasm();
const model = engine.load(thirds(), { seed: 1 });
const names = ['a', 'b'];
const visits = [{ film: 2, variant: 3 }, { film: 0, variant: 1 }, { film: 2, variant: 0 }];
const pixelsOf = async () => Buffer.concat(await Promise.all(visits.map(({ film, variant }) => films.pixels(film, variant))));

test('keepFeatures and predictedFeatures: the same values by node, in the order of the visits, the kept ones rounded to float16', async (t) => {
  const folder = await mkdtemp(path.join(tmpdir(), 'chex-features-'));
  t.after(() => rm(folder, { recursive: true }));
  const ratios: number[] = [];
  const kept = await keepFeatures({ model, names, films, variants: 4, batchSize: 5, folder, name: 'rows', onProgress: (ratio) => ratios.push(ratio) });
  const read = await kept.read(visits, () => assert.fail('kept features need no pixels'));
  const predicted = await predictedFeatures(model, names).read(visits, pixelsOf);
  assert.deepEqual(read, Object.fromEntries(Object.entries(predicted).map(([name, values]) => [name, new Float32Array(new Float16Array(values))])));
  const three = [23, 1, 20].map((pixel) => Math.f16round(pixel / 3));
  assert.deepEqual(read, { a: Float32Array.from(three), b: Float32Array.from(three.flatMap((third) => [third, third, third])) });
  assert.equal(ratios.at(-1), 1);
  await kept.close();
});

test('keptBytes: two bytes a number', () => {
  assert.equal(keptBytes({ model, names, films: 3, variants: 4 }), 2 * 12 * 4);
});
