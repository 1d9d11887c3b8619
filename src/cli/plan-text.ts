import { durationText } from '../api/duration.ts';
import { titleOf } from '../api/observations.ts';
import { moneyText } from '../plan/cost/money.ts';
import type { EstimatedJob } from '../plan/estimate.ts';
import type { PlanReport } from './plan.ts';

/** The plan for people: Jobs in start order, then the wall time by how many run at a time. */
export function planText(report: PlanReport): string {
  const { training, films, jobs, skipped, maxParallel, unread, refusal, cost } = report;
  const known = films.source === 'catalog' ? 'as cataloged' : 'counted now';
  return [
    `${training.namespace}/${training.name}: ${count(films.train)} films to train on, ${count(films.valid)} to validate (${known})`,
    '',
    row(['', 'JOB', 'IMAGES', 'TIME', 'COST']),
    ...jobs.map((job, index) => row([String(index + 1), nameOf(job), job.images === null ? 'unknown' : count(job.images), ...(job.isFinished ? ['finished', ''] as const : [timeText(job.hours), amountText(cost.jobs[index] ?? null, cost.currency)] as const)])),
    ...skipped.map(({ observation, reason }) => `${'-'.padStart(9)}  ${titleOf(observation).padEnd(40)} skipped: ${reason}`),
    '',
    ...autoencodersText(report),
    ...(unread === null ? [] : [`What is finished already is unknown, so everything is counted. ${unread}${/[.!?]$/.test(unread) ? '' : '.'}`, '']),
    ...(refusal === null ? [] : [refusal, '']),
    ...(jobs.some(({ stage, isFinished }) => stage === 'autoencoders' && !isFinished) ? [`On a cluster maxParallel is ${maxParallel}.`] : []),
    ...costText(report),
  ].join('\n');
}

/** What is left to train, and how long that takes. */
function autoencodersText(report: PlanReport): string[] {
  const { jobs, autoencoderHours, device } = report;
  const autoencoders = jobs.filter(({ stage }) => stage === 'autoencoders');
  const finished = autoencoders.filter(({ isFinished }) => isFinished).length;
  if (finished > 0 && finished === autoencoders.length) return [jobs.every(({ isFinished }) => isFinished) ? 'Everything is finished: nothing is left to do.' : 'The autoencoders are finished.', ''];
  const left = autoencoders.length - finished;
  const which = finished === 0 ? 'Autoencoders together' : left === 1 ? 'The autoencoder that is left' : `The ${left} autoencoders that are left`;
  return [`${which}: ${timeText(autoencoderHours)}${autoencoderHours === null ? '' : ` of ${device} time`}.`, speedText(report), '', ...wallText(report), ''];
}

function wallText({ walls, fewestParallel }: PlanReport): string[] {
  return [
    `AT A TIME  ${'AUTOENCODERS'.padEnd(36)} ${'WHOLE TRAINING'.padStart(14)}`,
    ...walls.map(({ maxParallel, hours, trainingHours, timesLongest }) => {
      const times = timesLongest === null ? 'unknown' : `${timesLongest.toFixed(2)} x the longest`;
      const mark = maxParallel === fewestParallel ? '  <- the fewest that lose no time' : '';
      return `${String(maxParallel).padStart(9)}  ${(hours === null ? times : `${timeText(hours)} (${times})`).padEnd(36)} ${timeText(trainingHours).padStart(14)}${mark}`;
    }),
  ];
}

function speedText({ speed }: PlanReport): string {
  if (speed === null) return 'The speed is unknown until an autoencoder has run here; --images-per-second gives one.';
  const rate = `${speed.imagesPerSecond.toLocaleString('en-US', { maximumSignificantDigits: 3 })} images/s an autoencoder`;
  switch (speed.source) {
    case 'measured':
      return `Speed: ${rate}, measured in this run.`;
    case 'given':
      return `Speed: ${rate}, as given.`;
    case 'assumed':
      return `Speed: ${rate}, assumed of the GPU ${speed.gpu}; not measured here.`;
    case 'study':
      return `Speed: ${rate}, as on the GPUs of the 2019 study; not measured here.`;
  }
}

function costText({ cost, jobs }: PlanReport): string[] {
  const { amount, low, high, gpuHours, missing, currency, priceSource, priceDate, budget } = cost;
  if (jobs.every(({ isFinished }) => isFinished)) return [];
  const hours = gpuHours === null ? 'unknown' : gpuHours === 0 ? 'none' : gpuHours.toFixed(gpuHours < 10 ? 2 : 1);
  const limit = budget === null ? [] : [limitText(budget, currency)];
  if (amount === null) {
    const [reason = 'the time is unknown'] = missing;
    const remedy = missing.length === 0 ? '' : '; --instance-type names the machine, spec.prices a price';
    return [`GPU-hours: ${hours}. Cost: unknown (${reason}${remedy}).`, ...limit];
  }
  return [
    `GPU-hours: ${hours}. Cost: ${amountText(amount, currency)} (${amountText(low, currency)} to ${amountText(high, currency)}), however many run at a time.`,
    'Not counted: waiting for nodes, what nodes cost while they stand idle, storage and transfer.',
    `Prices: ${priceSource}${priceDate === null ? '' : `, ${priceDate}`}.`,
    ...limit,
  ];
}

function limitText({ amount, currency, isPassed }: NonNullable<PlanReport['cost']['budget']>, pricesIn: string): string {
  if (currency !== pricesIn) return `The budget is ${amount} ${currency} and prices are in ${pricesIn}: amounts of two currencies cannot be compared.`;
  return isPassed === true ? `The budget of ${amount} ${currency} is less than it will probably cost.` : `The budget is ${amount} ${currency}.`;
}

function amountText(amount: string | null, currency: string): string {
  return amount === null ? 'unknown' : moneyText(amount, currency);
}

function nameOf({ stage, observation }: EstimatedJob): string {
  return observation === undefined ? stage : `autoencoder ${titleOf(observation)}`;
}

function row([number, name, images, time, cost]: readonly [string, string, string, string, string]): string {
  return `${number.padStart(9)}  ${name.padEnd(40)} ${images.padStart(10)} ${time.padStart(14)} ${cost.padStart(16)}`.trimEnd();
}

function timeText(hours: number | null): string {
  if (hours === null) return 'unknown';
  return hours > 0 && hours * 3600 < 1 ? 'under 1 s' : durationText(hours * 3600);
}

function count(value: number): string {
  return value.toLocaleString('en-US');
}
