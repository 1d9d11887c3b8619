import assert from 'node:assert/strict';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { openWasm } from '../../src/engines/wasm.ts';
import { elementwise } from '../../src/models/layers.ts';
import { networkBuilder } from '../../src/models/network-builder.ts';
import type { Network } from '../../src/models/network.ts';
import type { Visit } from '../../src/training/batches.ts';
import type { FilmSet } from '../../src/training/films.ts';
import { headFeatures } from '../../src/workers/head-features.ts';
import type { Tools } from '../../src/workers/tools.ts';

const filmSet = (count: number): FilmSet => ({
  count,
  pixels: (film, variant) => Promise.resolve(Uint8Array.of(10 * film + variant)),
  features: () => Promise.resolve(new Map()),
  close: () => Promise.resolve(),
  copies: { size: 0, files: [] },
});
/** One number a film: its pixel over 3. */
function third(): Network {
  const net = networkBuilder('third');
  return net.build({ outputs: [net.add('third', elementwise({ kind: 'affine', scale: 1 / 3, offset: 0 }), net.input('image', 'uint8', [1]))] });
}

const model = (await openWasm()).load(third(), { seed: 1 });
const films = { train: filmSet(3), valid: filmSet(2), close: () => Promise.resolve(), copies: { size: 0, files: [] } };

// 3 x 4 + 2 values of 2 bytes.
for (const [case_, { budgetBytes, freeBytes }, files, said] of [
  ['fit are kept on scratch disk', { budgetBytes: 28, freeBytes: 36 }, ['thirds-train', 'thirds-valid'], /^$/],
  ['do not fit their budget are not kept, with a word', { budgetBytes: 27, freeBytes: Infinity }, [], /The thirds of all films do not fit on scratch disk/],
  ['would fill what is free are not kept, with a word', { budgetBytes: Infinity, freeBytes: 34 }, [], /The thirds of all films do not fit on scratch disk/],
] as const) {
  test(`headFeatures: features that ${case_}`, async (t) => {
    const folder = await mkdtemp(path.join(tmpdir(), 'chex-head-'));
    t.after(() => rm(folder, { recursive: true }));
    const lines: string[] = [];
    const tools = { scratch: { folder, freeBytes: () => Promise.resolve(freeBytes) }, log: (line: string) => lines.push(line), signal: new AbortController().signal } as unknown as Tools;
    const lazy = headFeatures({ name: 'thirds', model, junctions: ['third'], films, variants: 4, batchSize: 2, budgetBytes, tools, onProgress: () => undefined });
    const features = await lazy.open();
    assert.deepEqual(await readdir(folder), files);
    assert.match(lines.join(), said);
    const kept = async (split: 'train' | 'valid', visit: Visit) => (await features?.[split].read([visit], () => assert.fail('they are kept')))?.['third']?.[0];
    assert.equal(await kept('train', { film: 2, variant: 3 }), files.length > 0 ? Math.f16round(23 / 3) : undefined);
    assert.equal(await kept('valid', { film: 1, variant: 0 }), files.length > 0 ? Math.f16round(10 / 3) : undefined);
    await lazy.close();
  });
}
