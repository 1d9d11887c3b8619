import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, test } from 'node:test';
import type { TestContext } from 'node:test';
import { loadAddon } from '../../src/engines/tensorflow/addon.ts';
import { nativeOrSkip } from './engines.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'chex-addon-'));
after(() => rmSync(folder, { recursive: true }));
const headers = path.join(import.meta.dirname, '../../.native/node_modules/node-api-headers/include');

/** An addon for Node of these few lines, linked as `npm run build:native` links ours. */
function compile(t: TestContext, name: string, source: string): string {
  const [from, to] = [path.join(folder, `${name}.cc`), path.join(folder, `${name}.node`)];
  writeFileSync(from, `#include <node_api.h>\n${source}`);
  const { status, stderr } = spawnSync('g++', ['-shared', '-fPIC', '-DNAPI_VERSION=8', '-Wl,-z,now', `-I${headers}`, from, '-o', to], { encoding: 'utf8' });
  assert.equal(status, 0, stderr);
  t.diagnostic(`compiled ${name}`);
  return to;
}

test('loadAddon() refuses the TensorFlow of another version, naming both', (t) => {
  if (!nativeOrSkip(t)) return;
  const file = compile(t, 'old', `NAPI_MODULE_INIT() {
    napi_value version;
    napi_create_string_utf8(env, "2.9.1", NAPI_AUTO_LENGTH, &version);
    napi_set_named_property(env, exports, "TF_Version", version);
    return exports;
  }`);
  assert.throws(() => loadAddon(file), { name: 'EngineError', message: `Cannot use the native engine: ${file} runs TensorFlow 2.9.1, not 2.21. \`npm run build:native\` builds it with that` });
});

test('loadAddon() names the symbol that a library lacks', (t) => {
  if (!nativeOrSkip(t)) return;
  const file = compile(t, 'lacking', 'extern "C" int TF_NotThere();\nNAPI_MODULE_INIT() { TF_NotThere(); return exports; }');
  assert.throws(() => loadAddon(file), { name: 'EngineError', message: /^Cannot use the native engine: .*lacking\.node does not load \(.*undefined symbol: TF_NotThere\)\. `npm run build:native` builds it anew$/ });
});

test('loadAddon() says of a file that is no addon that it does not load', () => {
  const file = path.join(folder, 'text.node');
  writeFileSync(file, 'this is not a library');
  assert.throws(() => loadAddon(file), { name: 'EngineError', message: /^Cannot use the native engine: .*text\.node does not load \(.*\)\. `npm run build:native` builds it anew$/ });
});

test('loadAddon() says of a file that is gone in one line that it does not load', () => {
  const file = path.join(folder, 'gone.node');
  assert.throws(() => loadAddon(file), { name: 'EngineError', message: `Cannot use the native engine: ${file} does not load (Cannot find module '${file}'). \`npm run build:native\` builds it anew` });
});
