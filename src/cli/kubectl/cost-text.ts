import { durationText } from '../../api/duration.ts';
import type { TrainingSpecInput } from '../../api/schema.ts';
import type { StepRecord, TrainingStatus } from '../../api/status.ts';
import type { TrainingObject } from '../../kube/training-object.ts';
import type { StepRow } from '../../local/step-rows.ts';
import { stepsOf } from '../../local/step-rows.ts';
import { moneyText } from '../../plan/cost/money.ts';
import { wrap } from './wrap.ts';

const widest = 100;

/** Where the money of a training went, by step, and where it will go. What is unknown is said so. */
export function costText({ metadata, spec, status }: TrainingObject): string[] {
  const title = `${metadata.namespace}/${metadata.name}`;
  const cost = status?.cost;
  if (status === undefined || cost === undefined) return [`${title}: nothing is counted yet`];
  const amount = (money: string | undefined) => (money === undefined ? 'unknown' : moneyText(money, cost.currency));
  const rows = stepsOf(status).map(({ title: name, isAutoencoder, record }: StepRow) => row([isAutoencoder ? `  ${name}` : name, record.state, podTime(record), costOf(record, amount), record.wasted === undefined || Number(record.wasted) === 0 ? '' : amount(record.wasted), record.pods?.some(({ seconds = 0 }) => seconds > 0) === true ? amount(record.rate) : '']));
  const { budget } = spec as TrainingSpecInput;
  const forecast = cost.forecast === undefined ? 'unknown' : `${amount(cost.forecast)}${status.completionTime === undefined ? ` (${amount(cost.forecastLow)} to ${amount(cost.forecastHigh)})` : ''}`;
  return [
    title,
    '',
    row(['STEP', 'STATE', 'POD TIME', 'COST', 'LOST', 'PER HOUR']),
    ...rows,
    '',
    `Spent     ${cost.text}${Number(cost.wasted ?? 0) > 0 ? `, of which ${amount(cost.wasted)} for work that was lost` : ''}`,
    `Now       ${status.completionTime === undefined ? `${amount(cost.ratePerHour)} an hour` : 'nothing runs'}`,
    `Forecast  ${forecast}`,
    `Budget    ${budget === undefined ? 'none' : `${budget.amount} ${budget.currency ?? 'USD'}, when it is used up: ${budget.onExceeded ?? 'Suspend'}`}`,
    `Prices    ${cost.priceSource}${cost.priceDate === undefined ? '' : `, ${cost.priceDate}`}`,
    ...unpriced(status).flatMap((line) => wrap(line, widest)),
  ];
}

/** The same for scripts: amounts as strings, what is unknown left out; null before anything is counted. */
export function costValue({ metadata: { namespace, name }, spec, status }: TrainingObject): object | null {
  if (status?.cost === undefined) return null;
  const steps = stepsOf(status).map(({ record, isAutoencoder }) => {
    const { state, seconds, cost, wasted, unpriced = [] } = record;
    const unpricedSeconds = unpriced.reduce((sum, each) => sum + each.seconds, 0);
    return { ...(isAutoencoder ? { stage: 'autoencoders' } : {}), ...nameOf(record), state, seconds, ...(cost === undefined ? {} : { cost }), ...(wasted === undefined ? {} : { wasted }), ...(unpricedSeconds > 0 ? { unpricedSeconds } : {}) };
  });
  return { namespace, name, ...status.cost, budget: (spec as TrainingSpecInput).budget ?? null, steps };
}

function nameOf(record: StepRecord): object {
  return 'observation' in record ? { observation: record.observation } : 'stage' in record ? { stage: record.stage } : {};
}

function unpriced({ cost, conditions }: TrainingStatus): string[] {
  const why = conditions.find(({ type, status }) => type === 'PriceKnown' && status === 'False');
  if (cost?.unpricedSeconds === undefined || why === undefined) return [];
  return ['', `${durationText(cost.unpricedSeconds)} of Pods have no price, and are not in these amounts. ${why.message}.`];
}

function costOf({ cost, seconds }: StepRecord, amount: (money: string) => string): string {
  return cost === undefined ? (seconds > 0 ? 'unknown' : '') : amount(cost);
}

function podTime({ seconds }: StepRecord): string {
  return seconds > 0 ? durationText(seconds) : '';
}

function row([name = '', state = '', time = '', cost = '', lost = '', rate = '']: readonly string[]): string {
  return `${name.padEnd(28)} ${state.padEnd(9)} ${time.padStart(12)} ${cost.padStart(15)} ${lost.padStart(15)} ${rate.padStart(15)}`.trimEnd();
}
