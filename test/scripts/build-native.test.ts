/** `npm run build:native` in a tree of its own, with npm, pip and g++ that place small files at once. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { appendFileSync, cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import type { TestContext } from 'node:test';

const scripts = path.join(import.meta.dirname, '../../scripts');
const addon = '.native/node_modules/@tensorflow/tfjs-node';
const binary = `${addon}/lib/napi-v8/tfjs_binding.node`;
const library = `${addon}/deps/lib/libtensorflow_cc.so.2`;

const programs = {
  npm: 'true',
  // `-m pip download … --dest=FOLDER …`, then `-m zipfile -e WHEEL FOLDER`.
  python3: `if [ "$2" = pip ]; then
  echo downloaded >> "$LOG"
  for each; do case "$each" in --dest=*) mkdir -p "\${each#--dest=}"; touch "\${each#--dest=}/a.whl";; esac; done
else
  mkdir -p "$5/tensorflow/include"
  for each in cc framework; do printf '%0100d' 0 > "$5/tensorflow/libtensorflow_$each.so.2"; done
fi`,
  'g++': 'while [ "$1" != -o ]; do shift; done; printf "%050d" 0 > "$2"',
};

/** A root with the scripts, and what runs one of them there. */
function aTree(t: TestContext): { root: string; run: (script: string) => { status: number | null; told: string } } {
  const root = mkdtempSync(path.join(tmpdir(), 'chex-build-'));
  t.after(() => rmSync(root, { recursive: true }));
  mkdirSync(path.join(root, 'bin'));
  for (const [name, lines] of Object.entries(programs)) writeFileSync(path.join(root, 'bin', name), `#!/bin/sh\n${lines}\n`, { mode: 0o755 });
  writeFileSync(path.join(root, 'package.json'), '{ "type": "module" }');
  for (const name of ['build-native.ts', 'try-native.ts']) cpSync(path.join(scripts, name), path.join(root, 'scripts', name));
  const env = { ...process.env, PATH: `${path.join(root, 'bin')}:${process.env['PATH']}`, LOG: path.join(root, 'log') };
  const run = (script: string) => {
    const { status, stderr } = spawnSync(process.execPath, [path.join(root, 'scripts', script)], { encoding: 'utf8', env });
    return { status, told: stderr };
  };
  return { root, run };
}

const isRecipe = process.platform === 'linux' && process.arch === 'x64';
const skip = isRecipe ? false : 'the recipe is for Linux on x86-64';

test('build:native builds anew where a file has another size than was built, or is gone', { skip }, (t) => {
  const { root, run } = aTree(t);
  const expectBuilt = () => assert.deepEqual([run('build-native.ts').told.trimEnd().split('\n').at(-1), run('build-native.ts').told], ['Placed the files of the native engine in .native/.', 'The files of the native engine are there.\n']);
  expectBuilt();
  truncateSync(path.join(root, binary), 5);
  expectBuilt();
  truncateSync(path.join(root, library), 5);
  expectBuilt();
  rmSync(path.join(root, binary));
  expectBuilt();
});

test('build:native takes the libraries of the oracles where they are whole, else downloads them', { skip }, (t) => {
  const { root, run } = aTree(t);
  const site = path.join(root, '.oracles/lib/python3.11/site-packages');
  const information = path.join(site, 'tensorflow_cpu-2.21.0.dist-info');
  mkdirSync(path.join(site, 'tensorflow/include'), { recursive: true });
  mkdirSync(information);
  for (const name of ['libtensorflow_cc.so.2', 'libtensorflow_framework.so.2']) {
    writeFileSync(path.join(site, 'tensorflow', name), 'whole');
    appendFileSync(path.join(information, 'RECORD'), `tensorflow/${name},sha256=x,5\n`);
  }
  run('build-native.ts');
  assert.equal(existsSync(path.join(root, 'log')), false);
  truncateSync(path.join(root, library), 2);
  run('build-native.ts');
  assert.equal(readFileSync(path.join(root, 'log'), 'utf8'), 'downloaded\n');
  assert.equal(readFileSync(path.join(root, library), 'utf8').length, 100);
});

for (const { name, step, told } of [
  { name: 'a signal', step: "process.kill(process.pid, 'SIGBUS'); setTimeout(() => {}, 60000);", told: 'The native engine does not train: its first step was ended by SIGBUS, as by a file that is cut short; `npm run build:native` again builds it anew.\n' },
  { name: 'an error', step: "console.error('noise\\nfile too short'); process.exitCode = 1;", told: 'The native engine does not train: file too short; `npm run build:native` again builds it anew.\n' },
]) {
  test(`try-native removes the stamp and says why in a sentence where ${name} ends the first step`, (t) => {
    const { root, run } = aTree(t);
    const stamp = path.join(root, '.native/built.json');
    mkdirSync(path.dirname(stamp));
    writeFileSync(stamp, '{}');
    writeFileSync(path.join(root, 'scripts/train-native.ts'), step);
    assert.deepEqual(run('try-native.ts'), { status: 1, told });
    assert.equal(existsSync(stamp), false);
  });
}

test('try-native says what the engine trains on, and keeps the stamp', (t) => {
  const { root, run } = aTree(t);
  const stamp = path.join(root, '.native/built.json');
  mkdirSync(path.dirname(stamp));
  writeFileSync(stamp, '{}');
  writeFileSync(path.join(root, 'scripts/train-native.ts'), "console.log('TensorFlow, CPU')");
  assert.deepEqual(run('try-native.ts'), { status: 0, told: 'The native engine is built and trains: TensorFlow, CPU.\n' });
  assert.equal(existsSync(stamp), true);
});
