import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import ts from 'typescript';

const root = path.join(import.meta.dirname, '../..');
const { dependencies } = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8')) as { dependencies: Record<string, string> };

/** Packages that a file and all that it imports load, but for what only a type is imported of. */
function packagesOf(file: string, seen = new Set<string>()): string[] {
  if (seen.has(file)) return [];
  seen.add(file);
  const program = ts.transpile(readFileSync(file, 'utf8'), { target: ts.ScriptTarget.ESNext, module: ts.ModuleKind.ESNext, verbatimModuleSyntax: true });
  return ts.preProcessFile(program).importedFiles.flatMap(({ fileName }) => {
    if (fileName.startsWith('.')) return packagesOf(path.join(path.dirname(file), fileName), seen);
    return fileName.startsWith('node:') ? [] : [fileName.split('/').slice(0, fileName.startsWith('@') ? 2 : 1).join('/')];
  });
}

/** What src/main.ts imports for `chex operator`, for faults of its flags, and for `chex crd`. */
const entries = ['operator/operate.ts', 'operator/options.ts', 'cli/usage-sentence.ts', 'workers/exit.ts', 'api/crd.ts'];

test("the operator's image leaves out the packages that the operator does not import, and no other", () => {
  const used = new Set(['commander', 'yaml', ...entries.flatMap((entry) => packagesOf(path.join(root, 'src', entry)))]);
  assert.ok(used.has('@kubernetes/client-node') && used.has('fastify'), 'the imports were not followed');
  const [, removed = ''] = /npm uninstall ((?:[^&]|\n)*)/.exec(readFileSync(path.join(root, 'Dockerfile'), 'utf8')) ?? [];
  const left = removed.split(/[\s\\]+/).filter((word) => word !== '' && !word.startsWith('-'));
  assert.deepEqual(left.sort(), Object.keys(dependencies).filter((name) => !used.has(name)).sort());
});
