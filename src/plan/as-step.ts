import type { ChexTraining } from '../api/training.ts';
import type { Draft } from './drafts.ts';
import type { CombinedStep, Step } from './step.ts';
import type { StepView } from './step-state.ts';

/** A draft with the number of its run; the combined step also takes the account of all that went before, its own earlier attempts as well, for the report. */
export function asStep(draft: Draft, run: number, account: CombinedStep['account']): Step {
  return draft.stage === 'combined' ? { ...draft, run, account } : { ...draft, run };
}

/** Attempts and seconds of every step, and of the combined one where it was begun before. Nobody has prices yet: the costs are unknown. */
export function accountOf(training: ChexTraining, views: readonly StepView[]): CombinedStep['account'] {
  return {
    workedSeconds: training.status?.workedSeconds ?? 0,
    currency: null,
    priceSource: null,
    priceDate: null,
    entries: views
      .filter(({ planned, state, record }) => state !== 'skipped' && (planned.stage !== 'combined' || record.attempts > 0))
      .map(({ planned, record }) => ({
        stage: planned.stage,
        ...(planned.observation === undefined ? {} : { observation: planned.observation }),
        attempts: record.attempts,
        seconds: record.seconds,
        cost: null,
      })),
  };
}
