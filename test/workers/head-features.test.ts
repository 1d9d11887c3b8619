import assert from 'node:assert/strict';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import type { FilmSet } from '../../src/training/films.ts';
import type { FrozenSource } from '../../src/training/frozen-source.ts';
import { headFeatures } from '../../src/workers/head-features.ts';
import type { Tools } from '../../src/workers/tools.ts';

const filmSet = (count: number): FilmSet => ({
  count,
  pixels: (film, variant) => Promise.resolve(Uint8Array.of(10 * film + variant)),
  features: () => Promise.resolve(new Map()),
  close: () => Promise.resolve(),
  copies: { size: 0, files: [] },
});
const third: FrozenSource = { input: 'third', width: 1, compute: (pixels) => Promise.resolve(Float32Array.from(pixels, (pixel) => pixel / 3)), dispose: () => undefined };
const films = { train: filmSet(3), valid: filmSet(2), close: () => Promise.resolve(), copies: { size: 0, files: [] } };

// 3 x 4 + 2 values of 2 bytes.
for (const [case_, { budgetBytes, freeBytes }, files, said] of [
  ['fit are kept on scratch disk', { budgetBytes: 28, freeBytes: 36 }, ['thirds-train', 'thirds-valid'], /^$/],
  ['do not fit their budget are computed for each batch, with a word', { budgetBytes: 27, freeBytes: Infinity }, [], /The thirds of all films do not fit on scratch disk/],
  ['would fill what is free are computed for each batch, with a word', { budgetBytes: Infinity, freeBytes: 34 }, [], /The thirds of all films do not fit on scratch disk/],
] as const) {
  test(`headFeatures: features that ${case_}, with the same values`, async (t) => {
    const folder = await mkdtemp(path.join(tmpdir(), 'chex-head-'));
    t.after(() => rm(folder, { recursive: true }));
    const lines: string[] = [];
    const tools = { scratch: { folder, freeBytes: () => Promise.resolve(freeBytes) }, log: (line: string) => lines.push(line), signal: new AbortController().signal } as unknown as Tools;
    const lazy = headFeatures({ name: 'thirds', sources: [third], films, variants: 4, batchSize: 2, budgetBytes, tools, onProgress: () => undefined });
    const { train, valid } = await lazy.open();
    assert.deepEqual(await readdir(folder), files);
    assert.match(lines.join(), said);
    const pixels = () => Promise.resolve(Uint8Array.of(23));
    assert.deepEqual(await train.read([{ film: 2, variant: 3 }], pixels), { third: Float32Array.of(Math.f16round(23 / 3)) });
    assert.deepEqual(await valid.read([{ film: 1, variant: 0 }], () => Promise.resolve(Uint8Array.of(10))), { third: Float32Array.of(Math.f16round(10 / 3)) });
    await lazy.close();
  });
}
