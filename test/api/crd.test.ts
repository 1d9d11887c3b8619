import assert from 'node:assert/strict';
import { test } from 'node:test';
import { evaluate } from '@marcbachmann/cel-js';
import { customResourceDefinition } from '../../src/api/crd.ts';
import { frozenRules } from '../../src/api/frozen.ts';
import { parseTraining } from '../../src/api/parse.ts';
import { specRules } from '../../src/api/rules.ts';
import type { TrainingSpec } from '../../src/api/schema.ts';
import { planTraining } from '../../src/plan/plan.ts';
import { summarise } from '../../src/plan/summarise.ts';
import { aTraining, someSettings } from '../builders.ts';
import { badForms, badRules, goodSpec } from './bad-trainings.ts';

type Schema = Record<string, unknown>;
const document = (spec: object) => ({ apiVersion: 'chex.dev/v1alpha1', kind: 'ChexTraining', metadata: { name: 'a' }, spec });

function specOf(spec: object): TrainingSpec {
  const parsed = parseTraining(document(spec));
  assert.ok(parsed.ok, JSON.stringify(parsed));
  return parsed.training.spec;
}

/** What the API server sees: defaults filled in, rules not yet judged. */
function defaulted(spec: object): Schema {
  const schema = openApi();
  return withDefaults(schema, structuredClone(spec)) as Schema;
}

function openApi(): Schema {
  const crd = customResourceDefinition() as { spec: { versions: { schema: { openAPIV3Schema: { properties: { spec: Schema } } } }[] } };
  return crd.spec.versions[0]!.schema.openAPIV3Schema.properties.spec;
}

function withDefaults(schema: Schema, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  const result = { ...value } as Schema;
  for (const [key, inner] of Object.entries((schema['properties'] ?? {}) as Record<string, Schema>)) {
    if (result[key] === undefined && 'default' in inner) result[key] = structuredClone(inner['default']);
    if (result[key] !== undefined) result[key] = withDefaults(inner, result[key]);
  }
  return result;
}

/** cel-js counts in 64-bit integers; JSON knows only numbers. */
const forCel = (value: unknown): unknown =>
  typeof value === 'number' && Number.isInteger(value) ? BigInt(value)
  : Array.isArray(value) ? value.map(forCel)
  : typeof value === 'object' && value !== null ? Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, forCel(inner)]))
  : value;

test('the CRD gives the same defaults as parsing', () => {
  assert.deepEqual(defaulted(goodSpec), JSON.parse(JSON.stringify(specOf(goodSpec))));
});

test('the CRD is structural: one type everywhere, no unions, every field described, every list bounded', () => {
  const faults: string[] = [];
  const walk = (schema: Schema, path: string): void => {
    for (const word of ['anyOf', 'oneOf', 'allOf', 'not', 'const', '$ref', 'propertyNames', 'nullable', 'pattern']) if (word in schema) faults.push(`${path} has ${word}`);
    if (typeof schema['type'] !== 'string') faults.push(`${path} has no type`);
    if (schema['additionalProperties'] === false) faults.push(`${path} forbids other properties`);
    if (schema['type'] === 'array' && schema['maxItems'] === undefined) faults.push(`${path} is not bounded`);
    if (schema['type'] === 'string' && !('enum' in schema) && !('maxLength' in schema)) faults.push(`${path} is not bounded`);
    if (!path.endsWith('[]') && !path.endsWith('{}') && typeof schema['description'] !== 'string') faults.push(`${path} is not described`);
    for (const [key, inner] of Object.entries((schema['properties'] ?? {}) as Record<string, Schema>)) walk(inner, `${path}.${key}`);
    if (schema['items']) walk(schema['items'] as Schema, `${path}[]`);
    if (schema['additionalProperties']) walk(schema['additionalProperties'] as Schema, `${path}{}`);
  };
  walk(openApi(), 'spec');
  assert.deepEqual(faults, []);
});

interface Refusal {
  readonly path: string;
  readonly message: string;
}

/** What the rules of a spec and of every field below it complain of. */
function refusals(spec: object): Refusal[] {
  const walk = (schema: Schema, value: unknown, path: string): Refusal[] => {
    const rules = (schema['x-kubernetes-validations'] ?? []) as { rule: string; message: string; fieldPath?: string }[];
    const broken = rules.filter(({ rule }) => evaluate(rule, { self: forCel(value) }) !== true).map(({ message, fieldPath = '' }) => ({ path: path + fieldPath, message }));
    if (Array.isArray(value)) return [...broken, ...value.flatMap((entry, index) => walk(schema['items'] as Schema, entry, `${path}[${index}]`))];
    const fields = Object.entries((schema['properties'] ?? {}) as Record<string, Schema>).filter(([key]) => (value as Schema)[key] !== undefined);
    return [...broken, ...fields.flatMap(([key, inner]) => walk(inner, (value as Schema)[key], `${path}.${key}`))];
  };
  return walk(openApi(), defaulted(spec), 'spec');
}

test('every CEL rule accepts a good training', () => {
  assert.deepEqual(refusals(goodSpec), []);
  const full = { storage: { endpoint: 'https://minio.local:9000' }, budget: { amount: '500.00' }, autoencoders: { overrides: [{ observation: 'Edema', resources: { cpu: '0.5', memory: '16Gi' } }] } };
  assert.deepEqual(refusals({ ...goodSpec, ...full }), []);
  for (const rule of specRules) assert.equal(rule.holds(specOf(goodSpec)), true, rule.path);
});

for (const { name, spec, path } of badRules) {
  test(`the CEL rules refuse ${name}`, () => assert.deepEqual(refusals({ ...goodSpec, ...spec }).map((refusal) => refusal.path), [path]));
}

for (const { name, spec, path, refusal } of badForms) {
  test(`the CEL rules refuse ${name}, in our words`, () => {
    const refused = refusals({ ...goodSpec, ...spec });
    assert.deepEqual(refused.map((each) => each.path), [path]);
    assert.ok(refused[0]!.message.startsWith(refusal), refused[0]!.message);
  });
}

test('the CEL rules refuse file:// URIs', () => {
  assert.deepEqual(refusals({ ...goodSpec, dataset: { uri: 'file:///films' } }).map(({ path }) => path), ['spec.dataset.uri']);
});

test('the frozen rules let a started training change only what is mutable', () => {
  const oldSelf = { spec: defaulted({ ...goodSpec, rerun: [{ observation: 'Edema', times: 1 }] }), status: { startTime: '2026-01-01T00:00:00Z' } };
  const refusedBy = (change: (spec: TrainingSpec) => object, status: object = oldSelf.status) => {
    const self = { spec: change(structuredClone(oldSelf.spec) as TrainingSpec), status };
    return frozenRules().filter(({ rule }) => evaluate(rule, forCel({ self, oldSelf: { ...oldSelf, status } }) as Record<string, unknown>) !== true).map(({ fieldPath }) => fieldPath);
  };
  assert.deepEqual(refusedBy((spec) => ({ ...spec, suspend: true })), []);
  assert.deepEqual(refusedBy((spec) => ({ ...spec, autoencoders: { ...spec.autoencoders, maxParallel: 3 } })), []);
  assert.deepEqual(refusedBy((spec) => ({ ...spec, seed: 7 })), ['.spec.seed']);
  assert.deepEqual(refusedBy((spec) => ({ ...spec, seed: 7 }), {}), [], 'not started');
  assert.deepEqual(refusedBy((spec) => ({ ...spec, preprocess: { ...spec.preprocess, size: 224, parallelism: 9 } })), ['.spec.preprocess.size']);
  assert.deepEqual(refusedBy((spec) => ({ ...spec, rerun: [{ observation: 'Edema', times: 2 }] })), []);
  assert.deepEqual(refusedBy((spec) => ({ ...spec, rerun: [] })), ['.spec.rerun']);
  assert.deepEqual(refusedBy((spec) => ({ ...spec, autoencoders: { ...spec.autoencoders, overrides: [{ observation: 'Edema', resources: { cpu: '8' } }] } })), []);
  assert.deepEqual(refusedBy((spec) => ({ ...spec, autoencoders: { ...spec.autoencoders, overrides: [{ observation: 'Edema', epochs: 8 }] } })), ['.spec.autoencoders.overrides']);
});

test('the rules of the whole resource name only declared fields, as the API server demands', () => {
  const crd = customResourceDefinition() as { spec: { versions: { schema: { openAPIV3Schema: Schema } }[] } };
  const root = crd.spec.versions[0]!.schema.openAPIV3Schema;
  const propertyOf = (schema: Schema | undefined, key: string) => (schema?.['properties'] as Record<string, Schema> | undefined)?.[key];
  const rules = (root['x-kubernetes-validations'] as { rule: string }[]).map(({ rule }) => rule);
  // A name before a parenthesis is a function.
  const paths = rules.flatMap((rule) => [...rule.matchAll(/\b(?:self|oldSelf)((?:\.\w+\b(?!\())+)/g)].map(([, path]) => path!.slice(1)));
  assert.ok(paths.includes('status.startTime') && paths.includes('spec.preprocess.clahe'));
  // Kubernetes itself declares metadata.name.
  const isDeclared = (path: string) => path === 'metadata.name' || path.split('.').reduce<Schema | undefined>(propertyOf, root) !== undefined;
  assert.deepEqual(paths.filter((path) => !isDeclared(path)), []);
});

test('every column of the CRD shows a field that summarise() writes, but those unknown by nature', () => {
  const { spec } = customResourceDefinition() as { spec: { versions: { additionalPrinterColumns: { jsonPath: string }[] }[] } };
  const shown = spec.versions[0]!.additionalPrinterColumns.flatMap(({ jsonPath }) => /^\.status\.(\w+)/.exec(jsonPath)?.[1] ?? []);
  const plan = planTraining({ training: aTraining(), settings: someSettings(), results: new Map() });
  const observed = { now: 0, status: null, records: new Map(), jobs: [], pods: [], removed: [], refusals: new Map(), nodes: new Map(), openCost: new Map(), progress: new Map(), warnings: new Map(), foreign: [] };
  const nothingSpent = { currency: 'USD', spent: null, wasted: null, ratePerHour: null, unpricedSeconds: 0, sources: [], missing: [] };
  const status = summarise({ plan, observed, verdict: { kind: 'suspended', reason: 'SuspendAsked', message: '' }, spending: nothingSpent, budget: { kind: 'none' }, hindrances: [], records: [] });
  const unknown = ['estimatedCompletionTime', 'queue'];
  assert.deepEqual(shown.filter((field) => !(field in status) && !unknown.includes(field)), []);
  assert.equal(status.progressPercent, '0 % suspended');
});
