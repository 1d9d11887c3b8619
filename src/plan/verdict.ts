import type { Condition } from '../api/status.ts';
import type { BudgetVerdict } from './cost/budget.ts';
import type { Plan } from './plan.ts';
import type { StepView } from './step-state.ts';
import { stepTitle } from './job.ts';
import { mostCharacters, shorten } from './pod-result.ts';
import { hasJob } from './schedule.ts';

/** Why a training cannot succeed. */
export interface Fault {
  readonly reason: 'StepFailed' | 'TooFewSucceeded' | 'BudgetExceeded';
  readonly message: string;
}

/** What holds for the training as a whole. */
export type Verdict =
  | { readonly kind: 'going' }
  /** Checkpoints are saved, and nothing is started until what the message asks for is done. */
  | { readonly kind: 'suspended'; readonly reason: 'SuspendAsked' | 'BudgetExceeded' | 'CurrencyDiffers'; readonly message: string }
  /** It cannot succeed any more: nothing new is started, what runs may finish unless the user, or the budget, stops it. */
  | ({ readonly kind: 'failing'; readonly stops: boolean } & Fault)
  | ({ readonly kind: 'failed' } & Fault)
  | { readonly kind: 'succeeded' };

/** Judges a training by its steps. The end is final: nothing is started after it but by a rerun, which changes digests. */
export function judge(plan: Plan, views: readonly StepView[], { budget, previous }: Judged): Verdict {
  if (views.some(({ planned, state }) => planned.stage === 'combined' && state === 'succeeded')) return { kind: 'succeeded' };
  const ended = outOfMoney(budget, previous);
  const fault = ended ?? faultOf(plan, views);
  const stops = ended !== null || plan.training.spec.suspend || (budget.kind === 'exceeded' && budget.action === 'Suspend');
  if (fault) return views.some(({ state }) => hasJob(state)) ? { kind: 'failing', stops, ...fault } : { kind: 'failed', ...fault };
  if (plan.training.spec.suspend) return { kind: 'suspended', reason: 'SuspendAsked', message: 'spec.suspend is true; set it to false to go on' };
  if (budget.kind === 'exceeded' && budget.action === 'Suspend') return { kind: 'suspended', reason: 'BudgetExceeded', message: budget.message };
  if (budget.kind === 'unknown' && budget.holds && budget.reason === 'CurrencyDiffers') return { kind: 'suspended', reason: 'CurrencyDiffers', message: budget.message };
  return { kind: 'going' };
}

interface Judged {
  readonly budget: BudgetVerdict;
  readonly previous: readonly Condition[];
}

/** An end by the budget stays one, also when its amount is raised later. */
function outOfMoney(budget: BudgetVerdict, previous: readonly Condition[]): Fault | null {
  const before = previous.find(({ type, status, reason }) => type === 'Failed' && status === 'True' && reason === 'BudgetExceeded');
  if (before !== undefined) return { reason: 'BudgetExceeded', message: before.message };
  return budget.kind === 'exceeded' && budget.action === 'Fail' ? { reason: 'BudgetExceeded', message: budget.message } : null;
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

/** What a person does next; the message of a budget says so itself. */
const remedies: Readonly<Partial<Record<Fault['reason'], string>>> = {
  StepFailed: 'Correct the cause, delete the training and apply it again: what is finished is not done twice',
  TooFewSucceeded: 'Correct the cause, then ask for the observation again by spec.rerun',
};

/** Why it has failed, as far as there is room beside what to do. */
export function withRemedy({ reason, message }: Fault): string {
  const remedy = remedies[reason];
  if (remedy === undefined) return message;
  return `${shorten(message, mostCharacters - remedy.length - 2).replace(/([^….])\.?$/, '$1.')} ${remedy}`;
}

export function capitalised(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
