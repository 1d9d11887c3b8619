import { titleOf } from '../api/observations.ts';
import type { Condition, ConditionType, ObservationStatus } from '../api/status.ts';
import type { Plan } from './plan.ts';
import { shorten } from './pod-result.ts';
import type { Verdict } from './verdict.ts';

type Fact = Pick<Condition, 'type' | 'status' | 'reason' | 'message'>;
type Words = readonly [reason: string, message: string];

export interface Circumstances {
  readonly plan: Plan;
  readonly verdict: Verdict;
  readonly observations: readonly ObservationStatus[];
  readonly previous: readonly Condition[];
  /** ISO 8601. */
  readonly now: string;
}

/** All conditions; the time of one moves only when its status changes. */
export function conditionsOf({ plan, verdict, observations, previous, now }: Circumstances): Condition[] {
  return facts({ verdict, observations, previous }).map((fact) => {
    const before = previous.find(({ type }) => type === fact.type);
    const lastTransitionTime = before?.status === fact.status ? before.lastTransitionTime : now;
    return { ...fact, message: shorten(fact.message), observedGeneration: plan.training.metadata.generation, lastTransitionTime };
  });
}

function facts({ verdict, observations, previous }: Pick<Circumstances, 'verdict' | 'observations' | 'previous'>): Fact[] {
  const { kind } = verdict;
  const isOver = kind === 'succeeded' || kind === 'failed';
  const fault = 'reason' in verdict ? verdict : null;
  return [
    fact('Accepted', true, ['Valid', 'The resource is valid']),
    fact('Progressing', kind === 'going' || kind === 'failing', progressing(kind)),
    ending('Succeeded', kind === 'succeeded', { previous, yes: ['ReportWritten', 'The report is written'], no: [isOver ? 'Failed' : 'Running', 'The report is not written'] }),
    ending('Failed', kind === 'failed', { previous, yes: [fault?.reason ?? 'Failed', fault?.message ?? ''], no: ['NoFault', 'Nothing stops the training'] }),
    fact('Suspended', kind === 'suspended', kind === 'suspended' ? ['SuspendAsked', 'spec.suspend is true; set it to false to go on'] : ['NotAsked', 'spec.suspend is false']),
    fact('Reconciling', !isOver, isOver ? ['Finished', 'Nothing more is to be done'] : ['Running', 'The training is not over']),
    degraded(observations),
  ];
}

/** An end that is taken back: only a rerun does that. */
function ending(type: 'Succeeded' | 'Failed', holds: boolean, { previous, yes, no }: { previous: readonly Condition[]; yes: Words; no: Words }): Fact {
  const before = previous.find((condition) => condition.type === type);
  if (holds) return fact(type, true, yes);
  if (before?.status === 'True' || before?.reason === 'Rerun') return fact(type, false, ['Rerun', 'An observation is trained again']);
  return fact(type, false, no);
}

function degraded(observations: readonly ObservationStatus[]): Fact {
  const missing = observations.filter(({ state }) => state === 'failed' || state === 'skipped');
  if (missing.length === 0) return fact('Degraded', false, ['Complete', 'No observation is missing']);
  const names = missing.map(({ observation, state }) => `${titleOf(observation)} (${state})`).join(', ');
  return fact('Degraded', true, ['ObservationsMissing', `${missing.length} of ${observations.length} observations have no autoencoder: ${names}`]);
}

function progressing(kind: Verdict['kind']): Words {
  switch (kind) {
    case 'going':
      return ['Running', 'Steps run or wait for those before them'];
    case 'failing':
      return ['Failing', 'It cannot succeed any more; what runs may finish'];
    case 'suspended':
      return ['Suspended', 'Nothing is started while spec.suspend is true'];
    case 'succeeded':
    case 'failed':
      return ['Finished', 'Nothing runs'];
  }
}

function fact(type: ConditionType, holds: boolean, [reason, message]: Words): Fact {
  return { type, status: holds ? 'True' : 'False', reason, message };
}
