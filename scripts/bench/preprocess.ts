import { spawnSync } from 'node:child_process';
import { existsSync, rmSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, rm, statfs, writeFile } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { observations } from '../../src/api/observations.ts';
import { writeFilms, type Film } from '../../src/dataset/films.ts';
import { describePatient } from '../../src/dataset/phantoms/patients.ts';
import { renderPhantom } from '../../src/dataset/phantoms/phantom.ts';
import { encodeJpeg } from '../../src/imaging/encode-jpeg.ts';
import { layout } from '../../src/plan/layout.ts';
import type { PreprocessStep } from '../../src/plan/step.ts';
import { openStorage } from '../../src/storage/open.ts';
import { runPreprocess } from '../../src/workers/preprocess.ts';
import type { Tools } from '../../src/workers/tools.ts';
import { askRival } from './ask-rival.ts';
import { alone } from './bench-row.ts';
import type { BenchRow } from './bench-row.ts';
import { beside, inTurns } from './in-turns.ts';

const image: Omit<PreprocessStep['image'], 'augment'> = { size: 299, clahe: { clipLimit: 2, tiles: 8 }, encoding: 'Jpeg', quality: 95 };
const filesMade = 64;
const filmsMade = 32 * filesMade;
const rounds = 3;
const megabyte = 1e6;
/** What the records of all films in four variants need, more than twice. */
const roomBytes = 4e9;
const modes = ['Materialise', 'OnRead'] as const;
type Mode = (typeof modes)[number];

/**
 * Films of the study's size to records by a whole step, beside as many processes of OpenCV as there are cores, which make
 * the same pictures and write the same records by TensorFlow's writer. Their clock starts once they are ready; so ours is that
 * of a second step, less what one of few films takes, in a row of its own also whole. And the memory of a step that is given
 * more films.
 */
export async function benchPreprocess(): Promise<BenchRow[]> {
  const folder = await mkdtemp(path.join(await roomyFolder(), 'chex-bench-'));
  try {
    await makeFilms(path.join(folder, 'films'));
    await writeFile(path.join(folder, 'rows'), await rivalRows(folder));
    const few = measureSteps(folder, { mode: 'Materialise', films: [filmsMade / 8] });
    const many = measureSteps(folder, { mode: 'Materialise', films: [filmsMade] });
    return [
      ...(await Array.fromAsync(modes, (mode) => compare(folder, mode))),
      { ...alone, name: `preprocessing ${filmsMade} films at 299 px, Materialise, from the start of the process`, unit: 'films/s', value: filmsMade / (many.seconds[0] ?? NaN) },
      { ...alone, name: `preprocessing ${filmsMade / 8} films, peak RSS`, unit: 'MB', value: few.peakBytes / megabyte },
      { ...alone, name: `preprocessing ${filmsMade} films, peak RSS`, unit: 'MB', value: many.peakBytes / megabyte },
    ];
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** In memory where there is room: both sides write half a megabyte a film, and most disks take less than they make. */
export async function roomyFolder(): Promise<string> {
  const memory = '/dev/shm';
  if (!existsSync(memory)) return tmpdir();
  const { bavail, bsize } = await statfs(memory);
  return bavail * bsize >= roomBytes ? memory : tmpdir();
}

async function compare(folder: string, mode: Mode): Promise<BenchRow> {
  const rival = `OpenCV and TFRecordWriter, ${availableParallelism()} processes`;
  const { ours, theirs } = await inTurns({ ours: () => steadyFilmsPerSecond(folder, mode), theirs: () => rivalFilmsPerSecond(folder, { mode, rival }) }, rounds);
  return beside({ name: `preprocessing at 299 px to records, ${mode}`, figures: ours }, { name: rival, figures: theirs }, { unit: 'films/s' });
}

/** Phantom films as JPEG files. */
export async function makeFilms(folder: string): Promise<void> {
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

/** A line a film, as the rival reads them. */
async function rivalRows(folder: string): Promise<string> {
  const films = await filmsOf(folder, filmsMade);
  const positives = ({ labels }: Film) => observations.filter((_, label) => labels[label] === 1).join(',');
  return films.map((film) => [path.join(folder, 'films', film.path), film.patient, film.labels.join(''), positives(film)].join('\t')).join('\n');
}

function rivalFilmsPerSecond(folder: string, { mode, rival }: { mode: Mode; rival: string }): number | null {
  const out = path.join(folder, 'rival');
  const said = askRival({ rival, script: 'opencv_records.py', words: [String(availableParallelism()), mode, 'records', path.join(folder, 'rows'), out] });
  rmSync(out, { recursive: true, force: true });
  return said === null ? null : Number(said);
}

/** Of a step, without what the start of its threads takes. */
function steadyFilmsPerSecond(folder: string, mode: Mode): number {
  const [short = NaN, long = NaN] = measureSteps(folder, { mode, films: [filesMade, filmsMade] }).seconds;
  return (filmsMade - filesMade) / (long - short);
}

interface Steps {
  readonly mode: Mode;
  /** Of each step, one after the other. */
  readonly films: readonly number[];
}

interface Measured {
  readonly seconds: readonly number[];
  readonly peakBytes: number;
}

/** Whole steps in a process of their own, whose peak memory is theirs alone. */
function measureSteps(folder: string, { mode, films }: Steps): Measured {
  const ended = spawnSync(process.execPath, [import.meta.filename, folder, mode, films.join()], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] });
  rmSync(path.join(folder, 'run'), { recursive: true, force: true });
  if (ended.status !== 0) throw new Error(`Cannot measure preprocessing: its process ended with ${ended.status}`);
  return JSON.parse(ended.stdout) as Measured;
}

async function runMeasured(folder: string, { mode, films }: Steps): Promise<Measured> {
  const seconds = [];
  for (const count of films) {
    seconds.push(await makeRecords(stepOf(folder, { mode, films: count }), folder));
    await rm(path.join(folder, 'run'), { recursive: true });
  }
  return { seconds, peakBytes: process.resourceUsage().maxRSS * 1024 };
}

/** Of the films of a folder, to records beside it. */
export function stepOf(folder: string, { mode, films }: { mode: Mode; films: number }): PreprocessStep {
  const uri = pathToFileURL(folder).href;
  return {
    version: 1, stage: 'preprocess', training: { namespace: 'default', name: 'bench', uid: 'bench' }, run: 1, rerun: 0,
    digest: films.toString(16).padStart(64, '0'), settings: {}, existing: 'Keep', root: `${uri}/run`, seed: 123,
    storage: { forcePathStyle: false, checksums: 'Auto' }, dataset: { uri: `${uri}/films` }, observations: [...observations],
    maxRejected: 0, films, shards: { train: 1, valid: 0 }, image: { ...image, augment: mode },
  };
}

/** Runs the whole step and says how many seconds it took. */
export async function makeRecords(step: PreprocessStep, folder: string): Promise<number> {
  const tools = toolsOf(step, folder);
  await writeFilms(tools.storage, layout(step.root).catalog.shard({ split: 'train', index: 0, of: 1 }), await filmsOf(folder, step.films));
  const startedAt = performance.now();
  const result = await runPreprocess({ step, index: 0, tools });
  if (result?.films !== step.films) throw new Error(`Cannot trust the figure: ${JSON.stringify(result)}`);
  return (performance.now() - startedAt) / 1000;
}

export function toolsOf(step: Pick<PreprocessStep, 'storage'>, folder: string, report: Tools['report'] = () => undefined): Tools {
  return {
    storage: openStorage(step.storage), log: () => undefined, report, signal: new AbortController().signal,
    now: () => performance.now(), scratch: { folder, freeBytes: () => Promise.resolve(Infinity) }, fence: () => Promise.resolve(),
  };
}

/** The same files again and again. */
async function filmsOf(folder: string, count: number): Promise<Film[]> {
  const names = await readdir(path.join(folder, 'films'));
  return Array.from({ length: count }, (_, index) => filmAt(index, names[index % names.length] ?? ''));
}

/** Two or three of the 14 labels, as in CheXpert. */
function filmAt(index: number, name: string): Film {
  const labels = observations.map((_, label) => ((index + 5 * label) % 6 === 0 ? 1 : 0) as 0 | 1);
  return { path: name, patient: name.slice(0, 12), study: 'study1', view: 'view1_frontal', projection: 'AP', sex: 'Female', age: 60, labels };
}

const [, , folder, mode, films] = process.argv;
if (import.meta.main && folder !== undefined) console.log(JSON.stringify(await runMeasured(folder, { mode: mode as Mode, films: films?.split(',').map(Number) ?? [] })));
