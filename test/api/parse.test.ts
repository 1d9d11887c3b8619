import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseTraining } from '../../src/api/parse.ts';
import { badFields, badForms, badRules, goodSpec } from './bad-trainings.ts';

const document = (spec: object) => ({ apiVersion: 'chex.dev/v1alpha1', kind: 'ChexTraining', metadata: { name: 'chexpert-small' }, spec });

test('parseTraining() fills in every default of the smallest training', () => {
  const parsed = parseTraining(document(goodSpec));
  assert.ok(parsed.ok);
  const { spec, metadata } = parsed.training;
  assert.deepEqual(metadata, { name: 'chexpert-small', namespace: 'default' });
  assert.equal(spec.observations.length, 14);
  assert.equal(spec.seed, 123);
  assert.deepEqual([spec.preprocess.size, spec.preprocess.contrast, spec.preprocess.clahe], [299, 'Clahe', { clipLimit: 2, tiles: 8 }]);
  assert.deepEqual([spec.autoencoders.epochs, spec.autoencoders.batchSize, spec.autoencoders.learningRate], [200, 64, 2e-4]);
  assert.deepEqual([spec.combined.architecture, spec.combined.head, spec.combined.epochs], [2, 'Sigmoid', 20]);
  assert.deepEqual(spec.autoencoders.resources, { cpu: '4', memory: '16Gi', gpu: 1 });
  assert.equal(spec.autoencoders.maxParallel, undefined);
});

for (const bad of [...badFields, ...badForms, ...badRules]) {
  test(`parseTraining() refuses ${bad.name}`, () => {
    const parsed = parseTraining(document({ ...goodSpec, ...bad.spec }));
    assert.ok(!parsed.ok);
    const issue = parsed.issues.find(({ path }) => path === bad.path);
    assert.ok(issue, `no fault at ${bad.path}, only ${JSON.stringify(parsed.issues)}`);
    assert.match(issue.message, bad.says);
    assert.equal(parsed.issues.length, 1, `invented faults: ${JSON.stringify(parsed.issues)}`);
  });
}

test("parseTraining() refuses films in the run's own folder, and takes a bucket that holds films and runs", () => {
  const parse = (dataset: string, output: string) => parseTraining(document({ ...goodSpec, dataset: { uri: dataset }, output: { uri: output } }));
  for (const films of ['s3://films/default/chexpert-small', 's3://films/default/chexpert-small/records/']) {
    const parsed = parse(films, 's3://films');
    assert.ok(!parsed.ok);
    assert.match(`${parsed.issues[0]?.path} ${parsed.issues[0]?.message}`, /^spec\.dataset\.uri lies within the run's own folder, <output\.uri>\/default\/chexpert-small\/, where files are replaced/);
  }
  assert.ok(!parse('file:///data/films', 'file://localhost/data/films//').ok, 'one folder, written in two ways');
  for (const [films, runs] of [['s3://films', 's3://films/runs'], ['s3://films/chexpert', 's3://films'], ['s3://films/small', 's3://films/small-runs'], ['s3://films', 's3://films/training']] as const) assert.ok(parse(films, runs).ok, runs);
});

test('parseTraining() reports faults of fields and of rules at once', () => {
  const parsed = parseTraining({ ...document({ ...goodSpec, combined: {}, seed: 'x', preprocess: { sise: 1 } }), kind: 'ChexTrainig', metadata: { name: 'Chex_Pert' } });
  assert.ok(!parsed.ok);
  assert.deepEqual(parsed.issues.map(({ path }) => path).sort(), ['kind', 'metadata.name', 'spec.combined.backboneWeightsUri', 'spec.preprocess.sise', 'spec.seed']);
});

test('parseTraining() judges the rules of a section that has other faults', () => {
  const parsed = parseTraining(
    document({
      ...goodSpec,
      dataset: { url: 's3://hospital/films', layout: 'None' },
      observations: ['Edema', 'Edema'],
      preprocess: { size: 64, qualty: 90, clahe: { tiles: 60 } },
      autoencoders: { epoch: 2, minSucceeded: 9, overrides: [{ observation: 'Fracture', epochs: 0 }] },
      combined: { head: 'Sigmoyd' },
      rerun: [{ observation: 'Edema' }],
    }),
  );
  assert.ok(!parsed.ok);
  assert.deepEqual(parsed.issues.map(({ path }) => path).sort(), [
    'spec.autoencoders.epoch',
    'spec.autoencoders.minSucceeded',
    'spec.autoencoders.overrides',
    'spec.autoencoders.overrides[0].epochs',
    'spec.combined.backbone',
    'spec.combined.backboneWeightsUri',
    'spec.combined.head',
    'spec.dataset.layout',
    'spec.dataset.url',
    'spec.observations',
    'spec.preprocess.clahe.tiles',
    'spec.preprocess.qualty',
    'spec.rerun[0].times',
  ]);
});

test('parseTraining() judges no rule by a field that is itself wrong', () => {
  // Whatever size, backbone or observation is meant, these rules may hold.
  for (const change of [{ preprocess: { sise: 64, clahe: { tiles: 60 } } }, { preprocess: { size: 'x', clahe: { tiles: 60 } } }, { combined: { backbone: 'Smal' } }, { observations: ['Edma'], autoencoders: { minSucceeded: 2 } }]) {
    const parsed = parseTraining(document({ ...goodSpec, ...change }));
    assert.ok(!parsed.ok);
    assert.equal(parsed.issues.length, 1, JSON.stringify(parsed.issues));
  }
});

test('parseTraining() demands s3:// on a cluster and takes file:// on a machine', () => {
  const local = document({ ...goodSpec, output: { uri: 'file:///runs' } });
  assert.ok(parseTraining(local, 'machine').ok);
  const parsed = parseTraining(local, 'cluster');
  assert.ok(!parsed.ok);
  assert.deepEqual(parsed.issues.map(({ path }) => path), ['spec.output.uri']);
});

test('parseTraining() survives what is no resource at all', () => {
  for (const input of [null, undefined, 'text', 7, [], {}, { spec: null }]) assert.ok(!parseTraining(input).ok);
});

test('parseTraining() takes URIs with spaces in keys and paths', () => {
  for (const uri of ['s3://hospital/chest films/2019', 's3://hospital', 'file:///data/chest films', 'file://localhost/data', 'file:///']) {
    assert.ok(parseTraining({ apiVersion: 'chex.dev/v1alpha1', kind: 'ChexTraining', metadata: { name: 'a' }, spec: { ...goodSpec, dataset: { uri } } }).ok, uri);
  }
});

test('parseTraining() refuses a namespace that leads out of the output folder', () => {
  const parsed = parseTraining({ ...document(goodSpec), metadata: { name: 'a', namespace: '../../elsewhere' } });
  assert.ok(!parsed.ok);
  assert.deepEqual(parsed.issues.map(({ path }) => path), ['metadata.namespace']);
});
