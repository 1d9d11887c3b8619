import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { badFields, badRules, goodSpec } from '../../api/bad-trainings.ts';
import { Namespace } from './trainings.ts';

const namespace = new Namespace('chex-e2e-refusals');
before(() => namespace.create());
after(() => namespace.remove());

test('the API server itself admits a good training and refuses every bad one', () => {
  assert.equal(namespace.dryRun(goodSpec), null);
  // It takes a null for an absent field, whose default is good.
  const bad = [...badFields, ...badRules].filter(({ spec }) => !Object.values(spec).includes(null));
  for (const { name, spec } of bad) assert.notEqual(namespace.dryRun({ ...goodSpec, ...spec }), null, name);
});

test('what breaks a rule between fields is refused with our sentence', () => {
  for (const { name, spec, says } of badRules) assert.match(namespace.dryRun({ ...goodSpec, ...spec }) ?? '', says, name);
});
