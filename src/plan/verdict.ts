import type { Plan } from './plan.ts';
import type { StepView } from './step-state.ts';
import { stepTitle } from './job.ts';
import { hasJob } from './schedule.ts';

/** Why a training cannot succeed. */
export interface Fault {
  readonly reason: 'StepFailed' | 'TooFewSucceeded';
  readonly message: string;
}

/** What holds for the training as a whole. */
export type Verdict =
  | { readonly kind: 'going' }
  | { readonly kind: 'suspended' }
  /** It cannot succeed any more: nothing new is started, what runs may finish. */
  | ({ readonly kind: 'failing' | 'failed' } & Fault)
  | { readonly kind: 'succeeded' };

/** Judges a training by its steps. The end is final: nothing is started after it but by a rerun, which changes digests. */
export function judge(plan: Plan, views: readonly StepView[]): Verdict {
  if (views.some(({ planned, state }) => planned.stage === 'combined' && state === 'succeeded')) return { kind: 'succeeded' };
  const fault = faultOf(plan, views);
  if (fault) return { kind: views.some(({ state }) => hasJob(state)) ? 'failing' : 'failed', ...fault };
  return plan.training.spec.suspend ? { kind: 'suspended' } : { kind: 'going' };
}

function faultOf(plan: Plan, views: readonly StepView[]): Fault | null {
  const failed = views.find(({ planned, state }) => state === 'failed' && planned.stage !== 'autoencoders');
  if (failed) return { reason: 'StepFailed', message: `${capitalised(stepTitle(failed.planned))} failed: ${failed.failure?.message ?? 'unknown'}` };
  const autoencoders = views.filter(({ planned }) => planned.stage === 'autoencoders');
  const lost = autoencoders.filter(({ state }) => state === 'failed' || state === 'skipped');
  const possible = autoencoders.length - lost.length;
  if (possible >= plan.minSucceeded) return null;
  const [first] = lost.filter(({ state }) => state === 'failed');
  const cause = first ? `${capitalised(stepTitle(first.planned))} failed: ${first.failure?.message ?? 'unknown'}` : `Skipped: ${lost[0]?.planned.skipped ?? 'all'}`;
  return {
    reason: 'TooFewSucceeded',
    // The cause first: a long message is cut at its end.
    message: `${cause.replace(/\.$/, '')}. ${possible} of ${autoencoders.length} autoencoders can succeed, ${plan.minSucceeded} must (autoencoders.minSucceeded)`,
  };
}

export function capitalised(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
