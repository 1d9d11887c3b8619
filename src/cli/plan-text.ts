import { durationText } from '../api/duration.ts';
import { titleOf } from '../api/observations.ts';
import type { EstimatedJob } from '../plan/estimate.ts';
import type { PlanReport } from './plan.ts';

/** The plan for people: Jobs in start order, then the wall time by how many run at a time. */
export function planText(report: PlanReport): string {
  const { training, films, jobs, skipped, maxParallel, unread, refusal } = report;
  const known = films.source === 'catalog' ? 'as cataloged' : 'counted now';
  return [
    `${training.namespace}/${training.name}: ${count(films.train)} films to train on, ${count(films.valid)} to validate (${known})`,
    '',
    row(['', 'JOB', 'IMAGES', 'TIME']),
    ...jobs.map((job, index) => row([String(index + 1), nameOf(job), job.images === null ? 'unknown' : count(job.images), job.isFinished ? 'finished' : timeText(job.hours)])),
    ...skipped.map(({ observation, reason }) => row(['-', titleOf(observation), '', `skipped: ${reason}`])),
    '',
    ...autoencodersText(report),
    ...(unread === null ? [] : [`What is finished already is unknown, so everything is counted. ${unread}${/[.!?]$/.test(unread) ? '' : '.'}`, '']),
    ...(refusal === null ? [] : [refusal, '']),
    `maxParallel is ${maxParallel}. Cost: unknown (there are no prices).`,
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
    row(['AT A TIME', 'WALL TIME OF THE AUTOENCODERS', '', '']),
    ...walls.map(({ maxParallel, hours: wall, timesLongest }) => {
      const times = timesLongest === null ? 'unknown' : `${timesLongest.toFixed(2)} x the longest`;
      const mark = maxParallel === fewestParallel ? '<- the fewest that lose no time' : '';
      return `${String(maxParallel).padStart(9)}  ${(wall === null ? times : `${timeText(wall)} (${times})`).padEnd(40)} ${mark}`.trimEnd();
    }),
  ];
}

function speedText({ speed }: PlanReport): string {
  if (speed === null) return 'The speed is unknown until an autoencoder has run here.';
  const rate = `${speed.imagesPerSecond.toPrecision(3)} images/s an autoencoder`;
  return speed.source === 'measured' ? `Speed: ${rate}, measured in this run.` : `Speed: ${rate}, as on the GPUs of the 2019 study; not measured here.`;
}

function nameOf({ stage, observation }: EstimatedJob): string {
  return observation === undefined ? stage : `autoencoder ${titleOf(observation)}`;
}

function row([number, name, images, time]: readonly [string, string, string, string]): string {
  return `${number.padStart(9)}  ${name.padEnd(40)} ${images.padStart(10)} ${time.padStart(14)}`.trimEnd();
}

function timeText(hours: number | null): string {
  if (hours === null) return 'unknown';
  return hours > 0 && hours * 3600 < 1 ? 'under 1 s' : durationText(hours * 3600);
}

function count(value: number): string {
  return value.toLocaleString('en-US');
}
