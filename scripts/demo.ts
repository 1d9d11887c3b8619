/**
 * `npm run demo`: a phantom data set, a complete training of all 14 observations on it, and the report. Everything
 * lies in demo/, which is not committed; remove it to begin anew.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { parse, stringify } from 'yaml';

const root = path.join(import.meta.dirname, '..');
const folder = path.join(root, 'demo');
const films = path.join(folder, 'data');
const file = path.join(folder, 'training.yaml');
const runs = path.join(folder, 'runs');

function chex(...args: readonly string[]): void {
  console.error(`\n$ chex ${args.map((word) => (word.startsWith(root) ? path.relative(process.cwd(), word) : word)).join(' ')}`);
  const ended = spawnSync(process.execPath, [path.join(root, 'src/main.ts'), ...args], { stdio: 'inherit' });
  if (ended.status !== 0) process.exit(ended.status ?? 1);
}

function writeTraining(): void {
  const training = parse(readFileSync(path.join(root, 'manifests/samples/demo.yaml'), 'utf8')) as { spec: Record<string, unknown> };
  training.spec['dataset'] = { uri: pathToFileURL(films).href };
  training.spec['output'] = { uri: pathToFileURL(runs).href };
  writeFileSync(file, stringify(training));
}

/** Under another name until it is whole: half a data set must not be trained on. */
function synthesise(): void {
  const part = `${films}.part`;
  rmSync(part, { recursive: true, force: true });
  chex('synthesise', '--out', part, '--patients', '420', '--seed', '7', '--size', '160');
  renameSync(part, films);
}

mkdirSync(folder, { recursive: true });
writeTraining();
if (!existsSync(films)) synthesise();
chex('run', '-f', file, '--parallel', '2');
