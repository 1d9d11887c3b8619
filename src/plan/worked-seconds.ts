import type { StepRecord } from '../api/status.ts';
import type { Observed } from './decide.ts';
import type { Plan } from './plan.ts';

/**
 * Seconds in which at least one step worked, up to now: what the status has, and what the steps have worked since it was
 * computed, which is never more than the time that passed. `records` are those of this pass, by position of the steps.
 */
export function workedSeconds({ steps }: Plan, records: readonly StepRecord[], { status, records: before, now }: Observed): number {
  if (status === null) return 0;
  const passed = (now - Date.parse(status.updateTime)) / 1000;
  const added = steps.reduce((sum, { key }, index) => sum + (records[index]?.seconds ?? 0) - (before.get(key)?.seconds ?? 0), 0);
  return Math.round((status.workedSeconds + Math.min(passed, added)) * 10) / 10;
}
