import type { PlannedStep, Plan } from './plan.ts';
import { resultOf } from './plan.ts';
import { shardsAtOnce } from './schedule.ts';

/** Seconds until a worker has started and read its message, and written what it made. */
const aroundWork = 2;
const catalogedPerSecond = 35_000;
/** Decoded, resized, equalised and encoded by one worker. */
const preparedPerSecond = 100;

/**
 * Seconds that a step takes, from first to last, by a stated model: a start, then films at the usual rate, or GFLOP at
 * `speed` (GFLOP a second of one worker). null until the films are counted.
 */
export function expectedSeconds(plan: Plan, step: PlannedStep, speed: number): number | null {
  if (step.skipped !== undefined) return 0;
  const [first] = plan.steps;
  const counted = first === undefined ? null : resultOf(first, 'catalog');
  if (counted === null) return null;
  const films = counted.films.train + counted.films.valid;
  switch (step.stage) {
    case 'catalog':
      return aroundWork + films / catalogedPerSecond;
    case 'preprocess': {
      const shards = counted.shards.train + counted.shards.valid;
      return (shards * aroundWork + films / preparedPerSecond) / shardsAtOnce(plan.training.spec, plan.settings, shards);
    }
    case 'autoencoders':
    case 'combined':
      return step.work === undefined ? null : aroundWork + step.work / speed;
  }
}
