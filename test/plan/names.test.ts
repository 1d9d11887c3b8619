import assert from 'node:assert/strict';
import { test } from 'node:test';
import { observations } from '../../src/api/observations.ts';
import { stages } from '../../src/api/stages.ts';
import { jobName } from '../../src/plan/names.ts';

const training = { name: 'chest', uid: '6f1c' };

test('jobName() reads as training, stage, observation and run', () => {
  assert.match(jobName(training, { stage: 'autoencoders', observation: 'Lung_Lesion', run: 2 }), /^chest-autoencoders-lung-lesion-2-[0-9a-f]{8}$/);
  assert.match(jobName(training, { stage: 'preprocess', run: 1 }), /^chest-preprocess-1-[0-9a-f]{8}$/);
});

test('jobName() is a DNS label with room for the index of a Pod, however long the training is called', () => {
  for (const name of ['a', 'a'.repeat(40), `${'a'.repeat(9)}-${'b'.repeat(30)}`, '9-lives']) {
    for (const run of [1, 999]) {
      const names = [...stages.map((stage) => jobName({ name, uid: 'u' }, { stage, run })), ...observations.map((observation) => jobName({ name, uid: 'u' }, { stage: 'autoencoders', observation, run }))];
      for (const label of names) assert.match(`${label}-511`, /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/, label);
      assert.equal(new Set(names).size, names.length);
    }
  }
});

test('jobName() is the same each time, and another for another uid, run or observation', () => {
  const part = { stage: 'autoencoders', observation: 'Edema', run: 1 } as const;
  assert.equal(jobName(training, part), jobName({ ...training }, { ...part }));
  const hashes = [jobName(training, part), jobName({ ...training, uid: 'x' }, part), jobName(training, { ...part, run: 2 }), jobName(training, { ...part, observation: 'Fracture' })].map((name) => name.slice(-8));
  assert.equal(new Set(hashes).size, 4);
});
