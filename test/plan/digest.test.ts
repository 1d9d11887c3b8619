import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { TrainingSpecInput } from '../../src/api/schema.ts';
import { canonicalJson, digestOf } from '../../src/plan/digest.ts';
import type { StepKey } from '../../src/plan/plan.ts';
import { planTraining } from '../../src/plan/plan.ts';
import { aTraining, someSettings } from '../builders.ts';
import { aCatalogResult, anAutoencoderResult, aPreprocessResult } from '../results.ts';

/** Digests of all steps of a training whose needs are all met, by key. */
function digestsOf(spec: Partial<TrainingSpecInput> = {}, settings = someSettings(), uid = '6f1c'): Map<StepKey, string> {
  const results = new Map();
  for (;;) {
    const plan = planTraining({ training: aTraining({ observations: ['Edema', 'Fracture'], ...spec }, { uid }), settings, results });
    const open = plan.steps.filter(({ key, draft }) => draft !== null && !results.has(key));
    if (open.length === 0) return new Map(plan.steps.flatMap(({ key, draft }) => (draft === null ? [] : [[key, draft.digest]])));
    for (const { key, draft, stage } of open) {
      const result = stage === 'catalog' ? aCatalogResult() : stage === 'preprocess' ? aPreprocessResult() : anAutoencoderResult();
      results.set(key, { state: 'succeeded', digest: draft?.digest, result });
    }
  }
}

const usual = digestsOf();

function changedBy(spec: Partial<TrainingSpecInput>): StepKey[] {
  const digests = digestsOf(spec);
  return [...usual.keys()].filter((key) => digests.get(key) !== usual.get(key));
}

const everything = ['catalog', 'preprocess', 'autoencoders/Edema', 'autoencoders/Fracture', 'combined'];

test('canonicalJson() is the same whatever the order of the keys, and leaves out what is undefined', () => {
  assert.equal(canonicalJson({ b: [1, { d: null, c: 'x' }], a: undefined }), '{"b":[1,{"c":"x","d":null}]}');
  assert.equal(digestOf({ a: 1, b: 2 }), digestOf({ b: 2, a: 1 }));
  assert.notEqual(digestOf({ a: 1 }), digestOf({ a: '1' }));
});

test('digestOf() is the published sha256 of the canonical text', () => {
  assert.equal(digestOf(''), '12ae32cb1ec02d01eda3581b127c1fee3b0dc53572ed6baf239721a03d82e126');
});

for (const { name, spec, changed } of [
  { name: 'a default that is written out', spec: { seed: 123, preprocess: { size: 299 }, autoencoders: { epochs: 200 } }, changed: [] },
  { name: 'a limit', spec: { autoencoders: { maxParallel: 3, minSucceeded: 1, checkpointEverySeconds: 10, progressDeadlineSeconds: 60 } }, changed: [] },
  { name: 'resources, scheduling and the queue', spec: { autoencoders: { resources: { gpu: 0 }, scheduling: { priorityClassName: 'low' } }, queueName: 'q' }, changed: [] },
  { name: 'the share of films that may be rejected', spec: { dataset: { uri: 's3://hospital/CheXpert-v1.0-small', maxRejected: 0.5 } }, changed: [] },
  { name: 'a slash at the end of the data set', spec: { dataset: { uri: 's3://hospital/CheXpert-v1.0-small/' } }, changed: [] },
  { name: 'a JPEG quality beside Png, where neither was', spec: { preprocess: { quality: 95 } }, changed: [] },
  { name: 'the seed', spec: { seed: 7 }, changed: everything },
  { name: 'the data set', spec: { dataset: { uri: 's3://hospital/other' } }, changed: everything },
  { name: 'the size', spec: { preprocess: { size: 128 } }, changed: everything.slice(1) },
  { name: 'the epochs', spec: { autoencoders: { epochs: 5 } }, changed: everything.slice(2) },
  { name: 'an override', spec: { autoencoders: { overrides: [{ observation: 'Edema' as const, epochs: 5 }] } }, changed: ['autoencoders/Edema', 'combined'] },
  { name: 'a rerun', spec: { rerun: [{ observation: 'Fracture' as const, times: 1 }] }, changed: ['autoencoders/Fracture', 'combined'] },
  { name: 'the head', spec: { combined: { backbone: 'Small' as const, head: 'Softmax' as const } }, changed: ['combined'] },
  { name: 'a policy for uncertain labels', spec: { dataset: { uri: 's3://hospital/CheXpert-v1.0-small', uncertain: 'Zeros' as const } }, changed: ['combined'] },
]) {
  test(`planTraining() gives other digests for ${name}: ${changed.join(', ') || 'to no step'}`, () => assert.deepEqual(changedBy(spec), changed));
}

test('planTraining() gives the same digests on another machine, with another engine, image and uid', () => {
  const elsewhere = digestsOf({}, someSettings({ engine: 'native', threads: { autoencoders: 8, combined: 16 }, workerImage: 'other' }), 'another');
  assert.deepEqual([...elsewhere], [...usual]);
});

test('planTraining() leaves out of a digest what does not count beside Png and None', () => {
  const of = (preprocess: NonNullable<TrainingSpecInput['preprocess']>) => digestsOf({ preprocess }).get('preprocess');
  assert.equal(of({ encoding: 'Png', quality: 50 }), of({ encoding: 'Png' }));
  assert.equal(of({ contrast: 'None', clahe: { tiles: 4 } }), of({ contrast: 'None' }));
});
