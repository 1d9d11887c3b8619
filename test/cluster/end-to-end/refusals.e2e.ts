import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { badFields, badForms, badRules, goodSpec } from '../../api/bad-trainings.ts';
import { Namespace } from './trainings.ts';

const namespace = new Namespace('chex-e2e-refusals');
before(() => namespace.create());
after(() => namespace.remove());

/** What Kubernetes itself says of a wrong field: its type, its range, what may stand there. */
const itsWords = /Required value|unknown field "spec\.|Unsupported value: .* supported values: |must be of type|should (be (greater than|less than|at least)|have at least)|keys must be observations/;

test('the API server itself admits a good training and refuses every bad field in plain words', () => {
  assert.equal(namespace.dryRun(goodSpec), null);
  // It takes a null for an absent field, whose default is good.
  const bad = badFields.filter(({ spec }) => !Object.values(spec).includes(null));
  for (const { name, spec } of bad) assert.match(namespace.dryRun({ ...goodSpec, ...spec }) ?? '', itsWords, name);
});

test('a string of a wrong form is refused with our sentence, not with a regular expression', () => {
  for (const { name, spec, path, refusal } of badForms) {
    const words = namespace.dryRun({ ...goodSpec, ...spec }) ?? '';
    assert.ok(words.includes(`${path}: Invalid value`) && words.includes(refusal), `${name}: ${words}`);
    assert.ok(!words.includes('should match'), words);
  }
});

test('what breaks a rule between fields is refused with our sentence', () => {
  for (const { name, spec, says } of badRules) assert.match(namespace.dryRun({ ...goodSpec, ...spec }) ?? '', says, name);
});
