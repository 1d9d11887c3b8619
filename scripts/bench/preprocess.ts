import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { observations } from '../../src/api/observations.ts';
import { writeFilms, type Film } from '../../src/dataset/films.ts';
import { describePatient } from '../../src/dataset/phantoms/patients.ts';
import { renderPhantom } from '../../src/dataset/phantoms/phantom.ts';
import { encodeJpeg } from '../../src/imaging/codec.ts';
import { layout } from '../../src/plan/layout.ts';
import type { PreprocessStep } from '../../src/plan/step.ts';
import { openStorage } from '../../src/storage/open.ts';
import { runPreprocess } from '../../src/workers/preprocess.ts';
import type { BenchRow } from './bench-row.ts';

const image: PreprocessStep['image'] = { size: 299, clahe: { clipLimit: 2, tiles: 8 }, augment: 'OnRead', encoding: 'Jpeg', quality: 95 };
const filesMade = 64;
const megabyte = 1e6;
const alone = { rival: null, rivalValue: null, ratio: null, shareOfLimit: null };

/** Films of the study's size to records by a whole step, beside OpenCV on one core, and the memory of a step that is given more films. */
export async function benchPreprocess(): Promise<BenchRow[]> {
  const folder = await mkdtemp(path.join(tmpdir(), 'chex-bench-'));
  try {
    await makeFilms(path.join(folder, 'films'));
    const rivalValue = rivalFilmsPerSecond(path.join(folder, 'films'));
    const few = measureStep(folder, 6 * filesMade);
    // About a shard of CheXpert, so that the start of the process hardly counts.
    const many = measureStep(folder, 54 * filesMade);
    const value = many.filmsPerSecond / availableParallelism();
    return [
      {
        name: 'preprocessing at 299 px to records, per core',
        unit: 'images/s',
        value,
        rival: rivalValue === null ? null : 'OpenCV in Python, pictures alone',
        rivalValue,
        ratio: rivalValue === null ? null : value / rivalValue,
        shareOfLimit: null,
      },
      { ...alone, name: `preprocessing ${6 * filesMade} films, peak RSS`, unit: 'MB', value: few.peakBytes / megabyte },
      { ...alone, name: `preprocessing ${54 * filesMade} films, peak RSS`, unit: 'MB', value: many.peakBytes / megabyte },
    ];
  } finally {
    await rm(folder, { recursive: true });
  }
}

async function makeFilms(folder: string): Promise<void> {
  await mkdir(folder);
  let made = 0;
  for (let number = 1; made < filesMade; number += 1) {
    const patient = describePatient({ seed: 1, number });
    for (const { study, name, ...film } of patient.films.slice(0, filesMade - made)) {
      const phantom = renderPhantom({ seed: 1, patient: patient.id, film: `${study} ${name}`, ...film });
      await writeFile(path.join(folder, `${patient.id}-${study}-${name}.jpg`), encodeJpeg(phantom, 90));
      made += 1;
    }
  }
}

function rivalFilmsPerSecond(folder: string): number | null {
  const root = path.join(import.meta.dirname, '../..');
  const python = path.join(root, '.oracles/bin/python');
  if (!existsSync(python)) return null;
  const ended = spawnSync(python, [path.join(root, 'test/oracles/opencv_speed.py'), folder], { encoding: 'utf8' });
  return ended.status === 0 ? Number(ended.stdout) : null;
}

interface Measured {
  readonly filmsPerSecond: number;
  readonly peakBytes: number;
}

/** A whole step in a process of its own, whose peak memory is its alone. */
function measureStep(folder: string, films: number): Measured {
  const ended = spawnSync(process.execPath, [import.meta.filename, folder, String(films)], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] });
  if (ended.status !== 0) throw new Error(`Cannot measure preprocessing: its process ended with ${ended.status}`);
  return JSON.parse(ended.stdout) as Measured;
}

async function runMeasured(folder: string, films: number): Promise<Measured> {
  const uri = pathToFileURL(folder).href;
  const step: PreprocessStep = {
    version: 1, stage: 'preprocess', training: { namespace: 'default', name: 'bench', uid: 'bench' }, run: 1, rerun: 0,
    digest: films.toString(16).padStart(64, '0'), settings: {}, existing: 'Keep', root: `${uri}/run-${films}`, seed: 123,
    storage: { forcePathStyle: false, checksums: 'Auto' }, dataset: { uri: `${uri}/films` }, observations: [...observations],
    maxRejected: 0, films, shards: { train: 1, valid: 0 }, image,
  };
  const storage = openStorage(step.storage);
  const names = await readdir(path.join(folder, 'films'));
  const rows = Array.from({ length: films }, (_, index) => filmAt(index, names[index % names.length] ?? ''));
  await writeFilms(storage, layout(step.root).catalog.shard({ split: 'train', index: 0, of: 1 }), rows);
  const startedAt = performance.now();
  const result = await runPreprocess({
    step,
    index: 0,
    tools: {
      storage, log: () => undefined, report: () => undefined, signal: new AbortController().signal,
      now: () => performance.now(), scratch: { folder, freeBytes: () => Promise.resolve(Infinity) }, fence: async () => undefined,
    },
  });
  if (result?.films !== films) throw new Error(`Cannot trust the figure: ${JSON.stringify(result)}`);
  return { filmsPerSecond: (1000 * films) / (performance.now() - startedAt), peakBytes: process.resourceUsage().maxRSS * 1024 };
}

/** Two or three of the 14 labels, as in CheXpert. */
function filmAt(index: number, name: string): Film {
  const labels = observations.map((_, label) => ((index + 5 * label) % 6 === 0 ? 1 : 0) as 0 | 1);
  return { path: name, patient: name.slice(0, 12), study: 'study1', view: 'view1_frontal', projection: 'AP', sex: 'Female', age: 60, labels };
}

const [, , folder, films] = process.argv;
if (import.meta.main && folder !== undefined) console.log(JSON.stringify(await runMeasured(folder, Number(films))));
