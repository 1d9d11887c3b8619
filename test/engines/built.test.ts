/** What counts as built, in a copy of the sources with a `.native` of its own. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import type * as native from '../../src/engines/native.ts';
import type * as open from '../../src/engines/open.ts';
import type * as addon from '../../src/engines/tensorflow/addon.ts';
import { nativeOrSkip } from './engines.ts';

const root = path.join(import.meta.dirname, '../..');
const headers = path.join(root, '.native/node_modules/node-api-headers/include');

/** A package as npm places it, without its addon; gives where that belongs. */
function placePackage(tree: string, name: string): string {
  const folder = path.join(tree, '.native/node_modules/@tensorflow', name);
  mkdirSync(path.join(folder, 'lib/napi-v8'), { recursive: true });
  writeFileSync(path.join(folder, 'package.json'), '{}');
  return path.join(folder, 'lib/napi-v8/tfjs_binding.node');
}

function copySources(t: TestContext): string {
  const tree = mkdtempSync(path.join(tmpdir(), 'chex-built-'));
  t.after(() => rmSync(tree, { recursive: true }));
  writeFileSync(path.join(tree, 'package.json'), '{ "type": "module" }');
  cpSync(path.join(root, 'src'), path.join(tree, 'src'), { recursive: true });
  symlinkSync(path.join(root, 'node_modules'), path.join(tree, 'node_modules'));
  return tree;
}

test('a package without its addon is not built: auto takes wasm and says why', async (t) => {
  const tree = copySources(t);
  placePackage(tree, 'tfjs-node-gpu');
  const { isNativeBuilt, isGpuBuilt } = (await import(path.join(tree, 'src/engines/tensorflow/addon.ts'))) as typeof addon;
  const { openEngine } = (await import(path.join(tree, 'src/engines/open.ts'))) as typeof open;
  assert.deepEqual([isNativeBuilt(), isGpuBuilt()], [false, false]);
  const { name, note } = await openEngine({ engine: 'auto', threads: 1 });
  assert.deepEqual([name, note], ['wasm', 'Cannot use the native engine: it is not built. `npm run build:native` builds it']);
  writeFileSync(placePackage(tree, 'tfjs-node'), '');
  assert.deepEqual([isNativeBuilt(), isGpuBuilt()], [true, false]);
});

/** An addon that is as if TensorFlow saw a GPU, or none. */
function compileAddon(to: string, { seesGpu }: { seesGpu: boolean }): void {
  const source = `#include <node_api.h>
    static napi_value sees(napi_env env, napi_callback_info) { napi_value answer; napi_get_boolean(env, ${seesGpu}, &answer); return answer; }
    NAPI_MODULE_INIT() {
      napi_value version, function;
      napi_create_string_utf8(env, "2.21.0", NAPI_AUTO_LENGTH, &version);
      napi_set_named_property(env, exports, "TF_Version", version);
      napi_create_function(env, nullptr, 0, sees, nullptr, &function);
      napi_set_named_property(env, exports, "isUsingGpuDevice", function);
      return exports;
    }`;
  const { status, stderr } = spawnSync('g++', ['-shared', '-fPIC', '-DNAPI_VERSION=8', `-I${headers}`, '-x', 'c++', '-', '-o', to], { encoding: 'utf8', input: source });
  assert.equal(status, 0, stderr);
}

for (const { built, seesGpu, device, note } of [
  { built: 'tfjs-node-gpu', seesGpu: false, device: 'TensorFlow 2.21.0, CPU, 2 threads', note: /^it is built for GPUs but TensorFlow finds none, so it computes on the CPU, far slower\. .*nvidia-smi.* `chex step --require-gpu` fails instead$/ },
  { built: 'tfjs-node-gpu', seesGpu: true, device: 'TensorFlow 2.21.0, GPU', note: /^$/ },
  { built: 'tfjs-node', seesGpu: false, device: 'TensorFlow 2.21.0, CPU, 2 threads', note: /^$/ },
]) {
  test(`openNative() of ${built} ${note.test('') ? 'has nothing to note' : 'notes that it computes on the CPU'} where TensorFlow ${seesGpu ? 'sees a GPU' : 'sees no GPU'}`, async (t) => {
    if (!nativeOrSkip(t)) return;
    const tree = copySources(t);
    compileAddon(placePackage(tree, built), { seesGpu });
    const { openNative } = (await import(path.join(tree, 'src/engines/native.ts'))) as typeof native;
    const engine = openNative(2);
    assert.equal(engine.device, device);
    assert.match(engine.note ?? '', note);
  });
}
