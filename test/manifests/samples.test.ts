import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { parse } from 'yaml';
import { customResourceDefinition } from '../../src/api/crd.ts';
import { parseTraining } from '../../src/api/parse.ts';
import { clusterRules } from '../../src/api/rules.ts';
import { specSchema } from '../../src/api/schema.ts';

const root = path.join(import.meta.dirname, '../..');
const read = (file: string) => readFileSync(path.join(root, file), 'utf8');
const samples = globSync('manifests/samples/*.yaml', { cwd: root }).map((file) => path.basename(file, '.yaml')).sort();
const sample = (name: string) => read(`manifests/samples/${name}.yaml`);

interface Node {
  readonly [key: string]: unknown;
}

const isNode = (value: unknown): value is Node => typeof value === 'object' && value !== null && !Array.isArray(value);

/** Every value of an object that is none itself, by its dotted path. */
function leaves(value: unknown, at = ''): [string, unknown][] {
  if (!isNode(value)) return [[at, value]];
  return Object.entries(value).flatMap(([key, inner]) => leaves(inner, at === '' ? key : `${at}.${key}`));
}

test('the samples are those that people look for', () => {
  assert.deepEqual(samples, ['cpu-only', 'demo', 'full', 'kueue', 's3-endpoint', 'smallest']);
});

for (const name of samples) {
  test(`the sample ${name} is a sound training${name === 'demo' ? ' of one machine' : ' on a cluster'}`, () => {
    const parsed = parseTraining(parse(sample(name)));
    assert.ok(parsed.ok, JSON.stringify(parsed));
    const broken = clusterRules.filter(({ holds }) => !holds(parsed.training.spec)).map(({ path: field }) => field);
    assert.deepEqual(broken, name === 'demo' ? ['dataset.uri', 'output.uri'] : []);
  });
}

test('the sample cpu-only asks for no GPU', () => {
  const spec = specSchema.parse((parse(sample('cpu-only')) as { spec: unknown }).spec);
  assert.deepEqual([spec.preprocess, spec.autoencoders, spec.combined].map(({ resources }) => resources.gpu), [0, 0, 0]);
});

test('the sample full names every field of the schema, set or commented out', () => {
  const crd = customResourceDefinition() as { spec: { versions: { schema: { openAPIV3Schema: { properties: { spec: Node } } } }[] } };
  const named = new Set([...sample('full').matchAll(/^[ #-]*(\w+):/gm)].map(([, key]) => key));
  const fields = (schema: Node): string[] => {
    const inner = schema['properties'] ?? (schema['items'] as Node | undefined)?.['properties'];
    return isNode(inner) ? Object.entries(inner).flatMap(([key, value]) => [key, ...fields(value as Node)]) : [];
  };
  const every = fields(crd.spec.versions[0]!.schema.openAPIV3Schema.properties.spec);
  assert.ok(every.includes('checkpointEverySeconds'));
  assert.deepEqual(every.filter((key) => !named.has(key)), []);
});

test('the sample full shows the default of every field that has one', () => {
  const { spec } = parse(sample('full')) as { spec: Node };
  const { spec: smallest } = parse(sample('smallest')) as { spec: Node };
  const defaults = new Map(leaves(specSchema.parse(smallest)));
  const given = new Set(leaves(smallest).map(([field]) => field));
  const others = leaves(spec).filter(([field, value]) => defaults.has(field) && !given.has(field) && JSON.stringify(value) !== JSON.stringify(defaults.get(field)));
  assert.deepEqual(others, []);
});

test('README and the notes of the chart show the smallest sample', () => {
  const smallest = parse(sample('smallest')) as unknown;
  const [, readme] = /```yaml\n([^`]*)```/.exec(read('README.md')) ?? [];
  const [, notes] = /training\.yaml needs:\n((?: {2}.*\n)+)/.exec(read('charts/chex-operator/templates/NOTES.txt')) ?? [];
  assert.deepEqual([parse(readme ?? ''), parse(notes ?? '')], [smallest, smallest]);
});
