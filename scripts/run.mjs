// Runs a file with Node 24, on a machine that may have nothing but Node 20 and npm: installs the locked packages when
// they are missing or stale, then the Node of the devDependency `node` where the system's is older.
// Plain JavaScript, because Node 20 reads it.   node scripts/run.mjs [node options] FILE [arguments]
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, statSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import path from 'node:path';
import { constants } from 'node:os';

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const modules = path.join(root, 'node_modules');

function fail(sentence) {
  console.error(sentence);
  process.exit(1);
}

function command(program, args, cwd = root) {
  const ended = spawnSync(program, args, { cwd, stdio: ['ignore', 2, 2] });
  if (ended.status !== 0) fail(`Cannot set up: \`${program} ${args.join(' ')}\` failed in ${cwd}. Its output above says why.`);
}

function installPackages() {
  // npm writes the hidden lock file after each install; a package-lock.json that is newer came with a checkout.
  const installed = path.join(modules, '.package-lock.json');
  const time = (file) => statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? 0;
  if (time(installed) + 5000 > time(path.join(root, 'package-lock.json'))) return;
  console.error('Installing the locked packages (npm ci) …');
  // No package's script is needed or wanted: what is native here comes prebuilt inside its package.
  command('npm', ['ci', '--ignore-scripts', '--no-fund', '--no-audit', '--loglevel=error']);
}

function node24() {
  // npm puts the packages' Node first on PATH: this may be the very one that `npm ci` has just removed.
  const isThere = existsSync(process.execPath);
  if (isThere && Number(process.versions.node.split('.')[0]) >= 24) return process.execPath;
  const folder = path.join(modules, 'node');
  const binary = path.join(folder, 'bin', 'node');
  if (!existsSync(binary)) {
    console.error('Installing Node 24 …');
    command(isThere ? process.execPath : 'node', ['installArchSpecificPackage'], folder);
  }
  return binary;
}

installPackages();
const child = spawn(node24(), process.argv.slice(2), { cwd: process.cwd(), stdio: 'inherit' });
// Ctrl-C reaches the child by itself, as one of the terminal's group: handed on, it would be a second one.
process.on('SIGINT', () => {});
for (const signal of ['SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
child.on('exit', (code, signal) => process.exit(code ?? 128 + constants.signals[signal]));
