/** The layout of house and doors, executed: who may import whom, which package has which door, what pure folders may not say. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { globSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import ts from 'typescript';

/** Folder, or file without `.ts`, to what it may import from src. A file's own row comes before its folder's. */
const mayImport: Readonly<Record<string, readonly string[]>> = {
  api: [],
  plan: ['api'],
  protobuf: [],
  tfrecord: ['protobuf'],
  imaging: [],
  storage: [],
  random: [],
  models: ['api/observations'],
  engines: ['models', 'protobuf'],
  training: ['api/observations', 'api/progress', 'models', 'engines', 'tfrecord', 'storage', 'imaging'],
  metrics: ['api'],
  kube: ['api'],
  operator: ['api', 'plan', 'kube', 'metrics'],
  local: ['api', 'plan', 'operator/reconcile', 'operator/observe', 'operator/apply', 'kube/cluster', 'storage'],
  'dataset/phantoms': ['api', 'random', 'imaging'],
  dataset: ['api', 'random', 'storage'],
  evaluation: ['api', 'random'],
  workers: ['api', 'plan/exit-error', 'plan/step', 'plan/layout', 'plan/result', 'dataset', 'imaging', 'tfrecord', 'models', 'engines', 'training', 'evaluation', 'storage', 'metrics'],
  'cli/predict': ['plan', 'engines', 'imaging', 'storage', 'training', 'workers/read-done'],
  'cli/earlier-steps': ['api', 'plan', 'storage', 'workers/read-done'],
  'cli/prepared-film': ['imaging', 'storage', 'training'],
  'cli/wasm-room': ['api', 'plan', 'models', 'engines'],
  cli: ['api', 'plan', 'local', 'dataset', 'kube', 'storage', 'imaging'],
  main: ['operator', 'workers', 'cli', 'api/crd', 'storage/open', 'storage/trust', 'engines/native', 'engines/tensorflow/addon'],
};

/** Package or built-in module to the only places that may import it at run time. */
const doors: Readonly<Record<string, readonly string[]>> = {
  zod: ['api', 'plan/step', 'plan/result', 'workers', 'evaluation', 'training'],
  '@aws-sdk/': ['storage'],
  '@smithy/': ['storage'],
  '@tensorflow/': ['engines'],
  '@julusian/jpeg-turbo': ['imaging/codec'],
  sharp: ['imaging/codec'],
  h5wasm: ['training'],
  fastify: ['metrics'],
  'prom-client': ['metrics'],
  '@kubernetes/client-node': ['kube/connection'],
  undici: ['kube/connection'],
  'node:child_process': ['local'],
  'node:http': ['local/ask-progress'],
  'node:worker_threads': ['workers', 'training/pixel-thread', 'training/pixel-threads', 'dataset/phantoms', 'engines'],
  'node:fs': ['storage', 'engines', 'local', 'kube/in-cluster', 'operator/read-prices', 'main'],
};

/** Folders whose code is a function of its arguments. */
const pure = ['api', 'plan', 'random', 'protobuf', 'tfrecord', 'imaging', 'models', 'evaluation', 'dataset/phantoms'];
const pureAndSynchronous = ['api', 'plan', 'models'];

interface Import {
  readonly specifier: string;
  readonly isTypeOnly: boolean;
  readonly isDynamic: boolean;
}

const root = path.join(import.meta.dirname, '..');
const files = globSync('src/**/*.ts', { cwd: root }).map((file) => ({ name: file.slice('src/'.length, -'.ts'.length), ...read(file) }));

function read(file: string): { text: string; source: ts.SourceFile; imports: Import[] } {
  const text = readFileSync(path.join(root, file), 'utf8');
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true);
  const imports: Import[] = [];
  const visit = (node: ts.Node): void => {
    if ((ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) && node.moduleSpecifier && ts.isStringLiteral(node.moduleSpecifier)) {
      const isTypeOnly = ts.isImportDeclaration(node) ? node.importClause?.phaseModifier === ts.SyntaxKind.TypeKeyword : node.isTypeOnly;
      imports.push({ specifier: node.moduleSpecifier.text, isTypeOnly, isDynamic: false });
    }
    const [argument] = ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword ? node.arguments : [];
    if (argument && ts.isStringLiteral(argument)) imports.push({ specifier: argument.text, isTypeOnly: false, isDynamic: true });
    ts.forEachChild(node, visit);
  };
  visit(source);
  return { text, source, imports };
}

/** `api/schema` for an import of a file of src, or null for a package. */
function targetOf(name: string, { specifier }: Import): string | null {
  if (!specifier.startsWith('.')) return null;
  return path.posix.join(path.posix.dirname(name), specifier).replace(/\.ts$/, '');
}

const isWithin = (name: string, place: string) => name === place || name.startsWith(`${place}/`);
const rowOf = (name: string) => Object.keys(mayImport).filter((row) => isWithin(name, row)).sort((a, b) => b.length - a.length)[0];

test('every file of src has a row in the import table', () => {
  assert.deepEqual(files.filter(({ name }) => rowOf(name) === undefined).map(({ name }) => name), []);
});

test('files import only what their row of the table allows', () => {
  const wrong = files.flatMap(({ name, imports }) => {
    const row = rowOf(name) ?? '';
    const allowed = [row.split('/')[0] ?? '', ...(mayImport[row] ?? [])];
    return imports
      .map((imported) => targetOf(name, imported))
      .filter((target): target is string => target !== null && !allowed.some((place) => isWithin(target, place)))
      .map((target) => `${name} imports ${target}`);
  });
  assert.deepEqual(wrong, []);
});

test('each heavy dependency has one door', () => {
  const wrong = files.flatMap(({ name, imports }) =>
    imports
      .filter(({ isTypeOnly }) => !isTypeOnly)
      .flatMap(({ specifier }) => Object.entries(doors).filter(([door]) => specifier === door || specifier.startsWith(door.endsWith('/') ? door : `${door}/`)))
      .filter(([, places]) => !places.some((place) => isWithin(name, place)))
      .map(([door]) => `${name} imports ${door}`),
  );
  assert.deepEqual(wrong, []);
});

test('main imports commands only when they are called', () => {
  const main = files.find(({ name }) => name === 'main');
  assert.deepEqual(main?.imports.filter((imported) => targetOf('main', imported) !== null && !imported.isDynamic && !imported.isTypeOnly), []);
});

test('src has no import cycle', () => {
  const edges = new Map(files.map(({ name, imports }) => [name, imports.filter(({ isTypeOnly }) => !isTypeOnly).map((imported) => targetOf(name, imported)).filter((target) => target !== null)]));
  const done = new Set<string>();
  const walk = (name: string, trail: readonly string[]): void => {
    assert.ok(!trail.includes(name), `cycle: ${[...trail, name].join(' -> ')}`);
    if (done.has(name)) return;
    for (const target of edges.get(name) ?? []) walk(target, [...trail, name]);
    done.add(name);
  };
  for (const name of edges.keys()) walk(name, []);
});

test('pure folders know no clock, chance, process or log; api, plan and models do not wait', () => {
  const forbidden = /\bMath\.random\b|\bDate\.now\b|\bnew Date\(\)|\bprocess\.|\bconsole\.|\bperformance\.|\bset(Timeout|Interval)\b/;
  const wrong = files.filter(({ name, text }) => {
    const isPure = pure.some((place) => isWithin(name, place));
    const waits = pureAndSynchronous.some((place) => isWithin(name, place)) && /\bawait\b|\basync\b/.test(withoutComments(text));
    return (isPure && forbidden.test(withoutComments(text))) || waits;
  });
  assert.deepEqual(wrong.map(({ name }) => name), []);
});

test('only main reads the environment, the arguments, and ends the process', () => {
  const wrong = files.filter(({ name, text }) => name !== 'main' && /\bprocess\.(env|argv|exit)\b/.test(withoutComments(text)));
  assert.deepEqual(wrong.map(({ name }) => name), []);
});

test('no file says nothing by its name', () => {
  const wrong = files.filter(({ name }) => /(^|\/)(utils?|helpers?|common|misc|types|index)$/.test(name));
  assert.deepEqual(wrong.map(({ name }) => name), []);
});

test('the repository names no machine, registry or key', () => {
  const tracked = globSync('{src,test,scripts,docs,manifests,charts,assembly}/**/*.{ts,md,yaml,json,py,mjs}', { cwd: root }).filter((file) => file !== path.join('test', 'architecture.test.ts'));
  const wrong = tracked.filter((file) => /(?<![\w.])\/work\/|bash_jobs|AKIA[0-9A-Z]{16}/.test(readFileSync(path.join(root, file), 'utf8')));
  assert.deepEqual(wrong, []);
});

function withoutComments(text: string): string {
  return text.replaceAll(/\/\*[\s\S]*?\*\//g, '').replaceAll(/(^|\s)\/\/.*$/gm, '');
}
