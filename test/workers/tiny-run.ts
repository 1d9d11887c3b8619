/** A run on tiny films, made by the real catalog and preprocess recipes; autoencoders and combined are left to the test. */
import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after } from 'node:test';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { stringify } from 'csv-stringify/sync';
import type { Observation } from '../../src/api/observations.ts';
import { observations, titleOf } from '../../src/api/observations.ts';
import { encodePng } from '../../src/imaging/codec.ts';
import type { Grey } from '../../src/imaging/grey.ts';
import { rootOf } from '../../src/plan/layout.ts';
import type { AutoencodersStep, CombinedStep, PreprocessStep, Step } from '../../src/plan/step.ts';
import { openStorage } from '../../src/storage/open.ts';
import type { Storage } from '../../src/storage/storage.ts';
import { runCatalog } from '../../src/workers/catalog.ts';
import { runPreprocess } from '../../src/workers/preprocess.ts';
import { finish } from '../../src/workers/resume.ts';
import type { Tools } from '../../src/workers/tools.ts';

/** What the films show: each a bright square at a place of its own. */
export const shown: readonly Observation[] = ['Edema', 'Cardiomegaly', 'Support_Devices'];
const places: Readonly<Partial<Record<Observation, readonly [x: number, y: number]>>> = { Edema: [8, 8], Cardiomegaly: [36, 20], Support_Devices: [20, 40] };
const side = 64;

export interface TinyOptions {
  readonly train?: number;
  readonly valid?: number;
  readonly image?: Partial<PreprocessStep['image']>;
}

export interface TinyRun {
  readonly folder: string;
  /** A run of its own on the same catalog and records. */
  copy(): Promise<TinyRun>;
  /** Folder of the films. */
  readonly films: string;
  readonly root: string;
  readonly storage: Storage;
  tools(overrides?: Partial<Tools>): Promise<Tools>;
  autoencodersStep(overrides?: Partial<AutoencodersStep>): AutoencodersStep;
  combinedStep(overrides?: Partial<CombinedStep>): CombinedStep;
}

/** Films, catalog and records in a temporary folder, removed after the file's tests. Call it once a file, then `copy`. */
export async function tinyRun({ train = 12, valid = 6, image = {} }: TinyOptions = {}): Promise<TinyRun> {
  const folder = await mkdtemp(path.join(tmpdir(), 'chex-tiny-'));
  after(() => rm(folder, { recursive: true, force: true }));
  const storage = openStorage({ forcePathStyle: false, checksums: 'Auto' });
  const uri = (name: string) => pathToFileURL(path.join(folder, name)).href;
  await writeFilms(storage, uri('films'), { train, valid });
  const run = describe({ folder, storage, root: rootOf(uri('runs'), { namespace: 'default', name: 'tiny' }), films: uri('films'), image });
  await prepare(run, uri('films'));
  return run;
}

/** Film i shows observation j where bit j of i is set; every fifth film is uncertain of the first. */
async function writeFilms(storage: Storage, uri: string, counts: { train: number; valid: number }): Promise<void> {
  for (const [split, count] of Object.entries(counts)) {
    const rows: string[][] = [];
    for (let film = 0; film < count; film++) {
      const file = `${split}/patient${String(film + (split === 'valid' ? 90_000 : 1)).padStart(5, '0')}/study1/view1_frontal.png`;
      await storage.write(`${uri}/${file}`, await encodePng(drawFilm(film, split === 'valid' ? 1000 : 0)));
      const value = (observation: Observation) => {
        const bit = shown.indexOf(observation);
        if (bit === 0 && film % 5 === 4) return '-1.0';
        return bit >= 0 && (film >> bit) & 1 ? '1.0' : '';
      };
      rows.push([`CheXpert-v1.0-small/${file}`, 'Male', '60', 'Frontal', 'AP', ...observations.map(value)]);
    }
    const table = stringify([['Path', 'Sex', 'Age', 'Frontal/Lateral', 'AP/PA', ...observations.map(titleOf)], ...rows]);
    if (count > 0) await storage.write(`${uri}/${split}.csv`, new TextEncoder().encode(table));
  }
}

function drawFilm(film: number, offset: number): Grey {
  const pixels = new Uint8Array(side * side);
  for (let at = 0; at < pixels.length; at++) pixels[at] = 60 + ((at * 7 + (at >> 6) * 13 + (film + offset) * 29) % 24);
  for (const [bit, observation] of shown.entries()) {
    const place = places[observation];
    if (place === undefined || !((film >> bit) & 1)) continue;
    for (let y = 0; y < 14; y++) pixels.fill(220, (place[1] + y) * side + place[0], (place[1] + y) * side + place[0] + 14);
  }
  return { width: side, height: side, pixels };
}

const digest = (letter: string) => letter.repeat(64);

function describe({ folder, storage, root, films, image }: { folder: string; storage: Storage; root: string; films: string; image: Partial<PreprocessStep['image']> }): TinyRun & { preprocessStep: PreprocessStep } {
  const common = {
    version: 1 as const,
    training: { namespace: 'default', name: 'tiny', uid: 'test' },
    ...{ run: 1, rerun: 0, settings: {}, existing: 'Keep' as const, root, seed: 7 },
    storage: { forcePathStyle: false, checksums: 'Auto' as const },
  };
  const pictures = { size: 32, clahe: null, augment: 'OnRead' as const, encoding: 'Jpeg' as const, quality: 95, ...image };
  const shards = { train: 1, valid: 1 };
  const preprocessStep: PreprocessStep = { ...common, digest: digest('b'), stage: 'preprocess', dataset: { uri: films }, observations: [...shown], maxRejected: 0, films: 0, rejected: 0, shards, image: pictures };
  const learning = {
    ...{ epochs: 2, batchSize: 5, learningRate: 2e-3, checkpointEverySeconds: 300, engine: 'wasm' as const, threads: 1 },
    ...{ augment: pictures.augment, size: pictures.size, records: digest('b'), shards },
  };
  return {
    ...{ folder, storage, root, films: path.join(folder, 'films'), preprocessStep },
    copy: async () => {
      const to = path.join(await mkdtemp(path.join(folder, 'copy-')), 'run');
      await cp(fileURLToPath(root), to, { recursive: true });
      return describe({ folder, storage, root: pathToFileURL(to).href, films, image });
    },
    tools: async (overrides = {}) => ({
      storage,
      log: () => undefined,
      report: () => undefined,
      signal: new AbortController().signal,
      now: Date.now,
      scratch: { folder: await mkdtemp(path.join(folder, 'scratch-')), freeBytes: () => Promise.resolve(Infinity) },
      fence: () => Promise.resolve(),
      ...overrides,
    }),
    autoencodersStep: (overrides = {}) => ({ ...common, ...learning, digest: digest('c'), stage: 'autoencoders', observation: 'Edema', width: 0.1, loss: 'MeanAbsoluteError', earlyStopping: null, ...overrides }),
    combinedStep: (overrides = {}) => ({
      ...{ ...common, ...learning, digest: digest('d'), stage: 'combined', observations: [...shown].sort(byLabel), autoencoders: [], missing: [] },
      ...{ width: 0.1, architecture: 2, head: 'Sigmoid', backbone: 'Small', image: pictures, specDigest: digest('e') },
      uncertain: Object.fromEntries(shown.map((observation) => [observation, 'Ones' as const])),
      account: { workedSeconds: 0, currency: null, priceSource: null, priceDate: null, ratePerHour: null, gpus: null, entries: [] },
      ...overrides,
    }),
  };
}

const byLabel = (a: Observation, b: Observation) => observations.indexOf(a) - observations.indexOf(b);

async function prepare(run: TinyRun & { preprocessStep: PreprocessStep }, films: string): Promise<void> {
  const { preprocessStep, storage } = run;
  const { dataset: _, maxRejected: __, films: ___, rejected: _____, image: ____, ...common } = preprocessStep;
  const catalogStep = { ...common, stage: 'catalog' as const, digest: digest('a'), dataset: { uri: films, layout: 'Auto' as const }, shards: 1 };
  const catalog = await runCatalog({ step: catalogStep, tools: await run.tools() });
  await finish(catalogStep, storage, { result: catalog, found: { dataDigest: catalog.dataDigest } });
  const step = { ...preprocessStep, films: catalog.films.train + catalog.films.valid };
  for (let index = 0; index < 2; index++) {
    const result = await runPreprocess({ step, index, tools: await run.tools() });
    if (result !== null) await finish(step, storage, { result, found: {} });
  }
}

/** Writes done.json as run-step does after a recipe. */
export async function finishStep(run: TinyRun, step: Step, result: Parameters<typeof finish>[2]['result']): Promise<void> {
  await finish(step, run.storage, { result, found: {} });
}
