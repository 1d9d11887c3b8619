import type { Observation } from '../api/observations.ts';
import type { Stage } from '../api/stages.ts';
import { expectedSeconds } from './expected-seconds.ts';
import { fewestPlaces, makespan } from './makespan.ts';
import type { Plan, PlannedStep, StepKey } from './plan.ts';
import { resultOf } from './plan.ts';
import { maxParallelOf, shardsAtOnce, startOrder } from './schedule.ts';

/** What is foreseen of a training before it starts; null is unknown. */
export interface Estimate {
  readonly jobs: readonly EstimatedJob[];
  /** Autoencoders that are not trained, and why. */
  readonly skipped: readonly { readonly observation: Observation; readonly reason: string }[];
  /** Hours of all autoencoders that are not finished, one after another: GPU-hours where each has one. */
  readonly autoencoderHours: number | null;
  /** Of the autoencoders that are not finished; none where all are. */
  readonly walls: readonly WallTime[];
  readonly maxParallel: number;
  /** The fewest at a time that take no longer than all at a time; null until the films are counted, and where all are finished. */
  readonly fewestParallel: number | null;
}

export interface EstimatedJob {
  readonly stage: Stage;
  readonly observation?: Observation;
  /** Films that it reads, flips not counted. */
  readonly images: number | null;
  /** That it takes from now: 0 where it is finished. */
  readonly hours: number | null;
  /** Of all its Pods together: preprocessing has several at a time. */
  readonly podHours: number | null;
  readonly isFinished: boolean;
}

/** How long it takes when so many autoencoders run at a time. */
export interface WallTime {
  readonly maxParallel: number;
  /** Of the autoencoders. */
  readonly hours: number | null;
  /** Of the whole training, where no Pod waits for a node. */
  readonly trainingHours: number | null;
  /** As a multiple of the longest autoencoder, which is the least there can be; null until the films are counted. */
  readonly timesLongest: number | null;
}

/** What an estimate needs beside the plan. */
interface Known {
  /** GFLOP a second of one worker; null is unknown. */
  readonly speed: number | null;
  /** Steps that are done already. */
  readonly finished: ReadonlySet<StepKey>;
}

/** Jobs in start order and the time they take; null where it is not known. */
export function estimate(plan: Plan, { speed, finished }: Known): Estimate {
  const left = startOrder(plan).filter(({ key }) => !finished.has(key));
  const works = left.map(({ work }) => work ?? null);
  const known = works.every((work) => work !== null) ? works : null;
  const longest = known === null ? 0 : Math.max(0, ...known);
  const limits = known === null || known.length === 0 ? [] : limitsToShow(plan, known);
  const jobs = jobsOf(plan, { speed, finished });
  const others = sumOfKnown(jobs.filter(({ stage }) => stage !== 'autoencoders').map(({ hours }) => hours));
  return {
    jobs,
    skipped: plan.steps.flatMap(({ observation, skipped }) => (observation === undefined || skipped === undefined ? [] : [{ observation, reason: skipped }])),
    autoencoderHours: known === null ? null : hoursOf(known.reduce((sum, work) => sum + work, 0), speed),
    walls: limits.map((maxParallel) => {
      const work = makespan(known ?? [], maxParallel);
      const hours = hoursOf(work, speed);
      return { maxParallel, hours, trainingHours: sumOfKnown([others, hours]), timesLongest: longest === 0 ? null : work / longest };
    }),
    maxParallel: mostUseful(plan, left.length),
    fewestParallel: known === null || known.length === 0 ? null : fewestPlaces(known),
  };
}

function jobsOf(plan: Plan, { speed, finished }: Known): EstimatedJob[] {
  const catalog = plan.steps.find(({ stage }) => stage === 'catalog');
  const counted = catalog && resultOf(catalog, 'catalog');
  const films = counted ? counted.films.train + counted.films.valid : null;
  const of = (stage: Stage) => plan.steps.filter((step) => step.stage === stage);
  return [...of('catalog'), ...of('preprocess'), ...startOrder(plan), ...of('combined')].map((step) => {
    const { key, stage, observation, images } = step;
    const isFinished = finished.has(key);
    const hours = isFinished ? 0 : stepHours(plan, step, speed);
    const pods = stage === 'preprocess' && counted ? shardsAtOnce(plan.training.spec, plan.settings, counted.shards.train + counted.shards.valid) : 1;
    return {
      stage,
      ...(observation === undefined ? {} : { observation }),
      images: stage === 'autoencoders' ? (images ?? null) : films,
      hours,
      podHours: hours === null ? null : hours * pods,
      isFinished,
    };
  });
}

/** Networks at the speed of this training, films by a stated model of reading and preparing them. */
function stepHours(plan: Plan, step: PlannedStep, speed: number | null): number | null {
  if (step.stage === 'autoencoders' || step.stage === 'combined') return step.work === undefined ? null : hoursOf(step.work, speed);
  const seconds = expectedSeconds(plan, step, 1);
  return seconds === null ? null : seconds / 3600;
}

function limitsToShow(plan: Plan, works: readonly number[]): number[] {
  const fewest = fewestPlaces(works);
  const limits = [1, 2, 3, 4, 5].filter((limit) => limit < fewest);
  return [...new Set([...limits, fewest, mostUseful(plan, works.length)])].sort((left, right) => left - right);
}

/** No more can run at a time than there are. */
function mostUseful(plan: Plan, autoencoders: number): number {
  return Math.max(1, Math.min(autoencoders, maxParallelOf(plan)));
}

function hoursOf(work: number, speed: number | null): number | null {
  if (work === 0) return 0;
  return speed === null || speed <= 0 ? null : work / speed / 3600;
}

function sumOfKnown(values: readonly (number | null)[]): number | null {
  return values.reduce<number | null>((sum, value) => (sum === null || value === null ? null : sum + value), 0);
}
