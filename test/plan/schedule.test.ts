import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Observation } from '../../src/api/observations.ts';
import type { TrainingSpecInput } from '../../src/api/schema.ts';
import type { StepState } from '../../src/api/status.ts';
import { planTraining } from '../../src/plan/plan.ts';
import type { Verdict } from '../../src/plan/verdict.ts';
import { selectStarts, startOrder } from '../../src/plan/schedule.ts';
import type { StepView } from '../../src/plan/step-state.ts';
import { aTraining, someSettings } from '../builders.ts';
import { aCatalogResult, aPreprocessResult } from '../results.ts';

const record = { state: 'waiting', run: 0, attempts: 0, seconds: 0 } as const;

/** A training whose films are ready. */
function aPlan(spec: Partial<TrainingSpecInput>) {
  const results = new Map();
  for (const result of [aCatalogResult(), aPreprocessResult()]) {
    const step = planTraining({ training: aTraining(spec), settings: someSettings(), results }).steps.find(({ stage }) => stage === result.stage);
    results.set(result.stage, { state: 'succeeded', digest: step?.draft?.digest, result });
  }
  return planTraining({ training: aTraining(spec), settings: someSettings(), results });
}

function starts(spec: Partial<TrainingSpecInput>, states: Partial<Record<Observation, StepState>>, kind: 'going' | 'suspended' = 'going'): string[] {
  const plan = aPlan(spec);
  const views = plan.steps.map((planned): StepView => {
    const state = planned.observation === undefined ? (planned.stage === 'combined' ? 'waiting' : 'succeeded') : (states[planned.observation] ?? 'ready');
    return { planned, record, state, job: null, pods: [], removed: [], isPending: false, strays: [], movement: { hasStalled: false } };
  });
  const verdict: Verdict = kind === 'going' ? { kind } : { kind, reason: 'SuspendAsked', message: '' };
  return selectStarts(plan, views, verdict).map(({ planned }) => planned.observation ?? planned.stage);
}

const observations: Observation[] = ['Fracture', 'Edema', 'Pneumonia', 'Lung_Opacity'];

for (const { name, spec, states, kind, expected } of [
  { name: 'the longest first', spec: {}, states: {}, expected: ['Lung_Opacity', 'Edema', 'Fracture', 'Pneumonia'] },
  { name: 'as listed', spec: { autoencoders: { order: 'Listed' as const } }, states: {}, expected: observations },
  { name: 'by films times epochs, not by films alone', spec: { autoencoders: { epochs: 2, overrides: [{ observation: 'Pneumonia' as const, epochs: 100 }] } }, states: {}, expected: ['Pneumonia', 'Lung_Opacity', 'Edema', 'Fracture'] },
  { name: 'only into free places', spec: { autoencoders: { maxParallel: 3 } }, states: { Edema: 'active' as const }, expected: ['Lung_Opacity', 'Fracture'] },
  { name: 'not into the place of one that is stopping', spec: { autoencoders: { maxParallel: 2 } }, states: { Edema: 'stopping' as const }, expected: ['Lung_Opacity'] },
  { name: 'none above a lowered limit', spec: { autoencoders: { maxParallel: 1 } }, states: { Edema: 'active' as const, Fracture: 'active' as const }, expected: [] },
  { name: 'none while suspended', spec: {}, states: {}, kind: 'suspended' as const, expected: [] },
]) {
  test(`selectStarts() starts ${name}`, () => assert.deepEqual(starts({ observations, ...spec }, states, kind), expected));
}

test('startOrder() leaves out what is skipped', () => {
  const plan = aPlan({ observations: ['Edema', 'Fracture'] });
  const skipped = { ...plan, steps: plan.steps.map((step) => (step.observation === 'Edema' ? { ...step, skipped: 'no film' } : step)) };
  assert.deepEqual(startOrder(skipped).map(({ observation }) => observation), ['Fracture']);
});
