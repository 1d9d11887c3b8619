import type { StepRecord } from '../../api/status.ts';
import type { Plan, PlannedStep } from '../plan.ts';
import { resultOf } from '../plan.ts';
import type { Records } from '../remaining.ts';
import { secondsLeft } from '../remaining.ts';
import { resourcesOf } from '../resources.ts';
import { shardsAtOnce } from '../schedule.ts';
import { schedulingOf } from '../scheduling-of.ts';
import type { Money } from './money.ts';
import { costOf, sumOf, times } from './money.ts';

/** What a training will have cost at its end. */
export interface CostForecast {
  readonly amount: Money;
  readonly low: Money;
  readonly high: Money;
}

/** Until a speed was measured, the rest may take half or twice as long as assumed. */
export const assumedSpread = { low: 0.5, high: 2 };
/** Speeds differ that much from one epoch and node to the next at least. */
const leastSpread = 0.1;
/** Of a speed that an earlier run has measured. */
export const measuredSpread = { low: 1 - leastSpread, high: 1 + leastSpread };

/**
 * What is spent and what is left: the seconds that each step still needs times the price of its Pods. null while a step's
 * films, or the price of what it will run on, are not known.
 */
export function forecastCost(plan: Plan, records: Records, spent: Money | null): CostForecast | null {
  const { left, source } = secondsLeft(plan, records);
  const amounts = plan.steps.map((step) => {
    const seconds = left.get(step.key);
    if (seconds === undefined || seconds === null) return null;
    const rate = seconds === 0 ? '0' : expectedRate(step, plan, records);
    return rate === null ? null : costOf(seconds * podsAtOnce(plan, step), rate);
  });
  if (!amounts.every((amount) => amount !== null)) return null;
  const rest = sumOf(amounts);
  const spread = source === 'Assumed' ? assumedSpread : spreadOf(plan, records);
  const total = (factor: number) => sumOf([spent ?? '0', times(rest, factor)]);
  return { amount: total(1), low: total(spread.low), high: total(spread.high) };
}

/** Price for an hour of one Pod of a step: its own, else that of a step that asks for the same. */
export function expectedRate(step: Pick<PlannedStep, 'key' | 'stage' | 'observation'>, { steps, training }: Plan, records: ReadonlyMap<PlannedStep['key'], Pick<StepRecord, 'rate'>>): Money | null {
  const own = records.get(step.key)?.rate;
  if (own !== undefined) return own;
  const alike = steps.filter((other) => other.key !== step.key && JSON.stringify(asked(other, training.spec)) === JSON.stringify(asked(step, training.spec)));
  const rates = alike.flatMap(({ key }) => records.get(key)?.rate ?? []);
  return rates.length === 0 ? null : times(sumOf(rates), 1 / rates.length);
}

function asked(step: Pick<PlannedStep, 'stage' | 'observation'>, spec: Plan['training']['spec']): unknown {
  const { stage, observation } = step;
  return [resourcesOf(spec, { stage, ...(observation === undefined ? {} : { observation }) }), schedulingOf(step, spec)];
}

/** Its seconds are those of the clock, in which so many Pods work. */
function podsAtOnce({ training, settings, steps }: Plan, { stage }: PlannedStep): number {
  const [first] = steps;
  const counted = first && resultOf(first, 'catalog');
  return stage === 'preprocess' && counted ? shardsAtOnce(training.spec, settings, counted.shards.train + counted.shards.valid) : 1;
}

/** As the speeds of the autoencoders differ. */
function spreadOf({ steps }: Plan, records: Records): { low: number; high: number } {
  const speeds = steps.filter(({ stage }) => stage === 'autoencoders').flatMap(({ key }): number[] => speedOf(records.get(key)));
  const mean = speeds.reduce((sum, speed) => sum + speed, 0) / Math.max(1, speeds.length);
  const widest = Math.max(leastSpread, ...speeds.map((speed) => Math.abs(mean / speed - 1)));
  return { low: Math.max(0, 1 - widest), high: 1 + widest };
}

function speedOf(record: StepRecord | undefined): number[] {
  return record?.imagesPerSecond === undefined || record.imagesPerSecond === 0 ? [] : [record.imagesPerSecond];
}
