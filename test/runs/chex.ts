/** The command as a user runs it: real processes, real files, a temporary folder. */
import assert from 'node:assert/strict';
import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { globSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { TestContext } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { stringify } from 'yaml';

const main = path.join(import.meta.dirname, '../../src/main.ts');

export interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

export interface Running {
  readonly child: ChildProcess;
  readonly ended: Promise<Ended>;
  /** What it has printed so far, both streams. */
  said(): string;
}

/** Starts `chex` with these arguments; it is killed when the test ends, whatever happens. */
export function startChex(t: TestContext, args: readonly string[], environment: NodeJS.ProcessEnv = {}): Running {
  const child = spawn(process.execPath, [main, ...args], { env: { ...process.env, ...environment, NO_COLOR: '1' }, stdio: ['ignore', 'pipe', 'pipe'] });
  t.after(() => child.kill('SIGKILL'));
  let out = '';
  let err = '';
  child.stdout.on('data', (text: Buffer) => (out += text.toString()));
  child.stderr.on('data', (text: Buffer) => (err += text.toString()));
  const ended = new Promise<Ended>((resolve) => child.on('close', (code) => resolve({ code, out, err })));
  return { child, ended, said: () => out + err };
}

/** Runs `chex` to its end. */
export function chex(t: TestContext, args: readonly string[], environment: NodeJS.ProcessEnv = {}): Promise<Ended> {
  return startChex(t, args, environment).ended;
}

/** An empty folder that is removed when the test ends. */
export function temporaryFolder(t: TestContext): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'chex-test-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

export interface Place {
  readonly folder: string;
  /** Of the data set. */
  readonly films: string;
  readonly file: string;
  /** Folder of the run. */
  readonly run: string;
}

/** A tiny training on phantoms: three observations, seconds of work. `change` replaces sections of the spec. */
export async function tinyTraining(t: TestContext, change: Record<string, unknown> = {}, patients = 24): Promise<Place> {
  const folder = temporaryFolder(t);
  const films = path.join(folder, 'films');
  const made = await chex(t, ['synthesise', '--out', films, '--patients', String(patients), '--seed', '3', '--size', '48']);
  if (made.code !== 0) throw new Error(`synthesise ended with ${made.code}: ${made.err}`);
  const place = { folder, films, file: path.join(folder, 'training.yaml'), run: path.join(folder, 'runs/default/tiny') };
  writeTraining(place, change);
  return place;
}

/** Writes the training's YAML again, with other sections of the spec. */
export function writeTraining(place: Place, change: Record<string, unknown> = {}): void {
  const spec = {
    dataset: { uri: pathToFileURL(place.films).href },
    output: { uri: pathToFileURL(path.join(place.folder, 'runs')).href },
    observations: ['Edema', 'Cardiomegaly', 'Support_Devices'],
    preprocess: { size: 32, clahe: { tiles: 4 } },
    autoencoders: { width: 0.05, epochs: 2, batchSize: 8, learningRate: 1e-3, checkpointEverySeconds: 1 },
    combined: { backbone: 'Small', epochs: 2, batchSize: 8, learningRate: 1e-3 },
    ...change,
  };
  writeFileSync(place.file, stringify({ apiVersion: 'chex.dev/v1alpha1', kind: 'ChexTraining', metadata: { name: 'tiny' }, spec }));
}

export function readJson(...parts: readonly string[]): Record<string, unknown> {
  return JSON.parse(readFileSync(path.join(...parts), 'utf8')) as Record<string, unknown>;
}

/** Every file below a folder with its time of change: what was done again shows. */
export function timesOf(folder: string): Map<string, number> {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return new Map(files.map((entry) => [path.relative(folder, path.join(entry.parentPath, entry.name)), statSync(path.join(entry.parentPath, entry.name)).mtimeMs]));
}

/** Far more than the slowest wait takes on a busy machine: it ends a test that would hang. */
const longestWaitSeconds = 300;

/** Waits until a fact holds; fails after five minutes with what was being waited for. */
export async function until(fact: () => boolean, what: () => string): Promise<void> {
  const end = Date.now() + longestWaitSeconds * 1000;
  while (!fact()) {
    if (Date.now() > end) throw new Error(`waited ${longestWaitSeconds} s in vain for ${what()}`);
    await setTimeout(10);
  }
}

/** Waits until a file matches `pattern` below a folder. */
export async function untilThere(folder: string, pattern: string, running: Running): Promise<void> {
  await until(() => globSync(pattern, { cwd: folder }).length > 0 || running.child.exitCode !== null, () => `${pattern}: ${running.said()}`);
  assert.equal(running.child.exitCode, null, `it ended before ${pattern} was there: ${running.said()}`);
}

export const everything = ({ out, err }: Pick<Ended, 'out' | 'err'>): string => out + err;
