import type { Observation } from '../api/observations.ts';
import type { Stage } from '../api/stages.ts';
import { fewestPlaces, makespan } from './makespan.ts';
import type { Plan, PlannedStep } from './plan.ts';
import { maxParallelOf, startOrder } from './schedule.ts';

/** What is foreseen of a training before it starts; null is unknown. */
export interface Estimate {
  readonly jobs: readonly EstimatedJob[];
  /** Autoencoders that are not trained, and why. */
  readonly skipped: readonly { readonly observation: Observation; readonly reason: string }[];
  /** Hours of all autoencoders one after another: GPU-hours where each has one. */
  readonly autoencoderHours: number | null;
  readonly walls: readonly WallTime[];
  readonly maxParallel: number;
  /** The fewest at a time that take no longer than all at a time; null until the films are counted. */
  readonly fewestParallel: number | null;
}

export interface EstimatedJob {
  readonly stage: Stage;
  readonly observation?: Observation;
  /** Films that it reads, flips not counted. */
  readonly images: number | null;
  readonly hours: number | null;
}

/** How long the autoencoders take when so many run at a time. */
export interface WallTime {
  readonly maxParallel: number;
  readonly hours: number | null;
  /** As a multiple of the longest autoencoder, which is the least there can be; null until the films are counted. */
  readonly timesLongest: number | null;
}

/** Jobs in start order and the time they take at a speed of so many GFLOP a second; null where it is not known. */
export function estimate(plan: Plan, speed: number | null): Estimate {
  const order = startOrder(plan);
  const works = order.map(({ work }) => work ?? null);
  const known = works.every((work) => work !== null) ? works : null;
  const longest = known === null ? 0 : Math.max(0, ...known);
  const limits = known === null ? [] : limitsToShow(plan, known);
  return {
    jobs: jobsOf(plan, order, speed),
    skipped: plan.steps.flatMap(({ observation, skipped }) => (observation === undefined || skipped === undefined ? [] : [{ observation, reason: skipped }])),
    autoencoderHours: known === null ? null : hoursOf(known.reduce((sum, work) => sum + work, 0), speed),
    walls: limits.map((maxParallel) => {
      const work = makespan(known ?? [], maxParallel);
      return { maxParallel, hours: hoursOf(work, speed), timesLongest: longest === 0 ? null : work / longest };
    }),
    maxParallel: mostUseful(plan, order.length),
    fewestParallel: known === null ? null : fewestPlaces(known),
  };
}

function jobsOf(plan: Plan, order: readonly PlannedStep[], speed: number | null): EstimatedJob[] {
  const [catalog, preprocess] = plan.steps;
  const combined = plan.steps.at(-1);
  const outcome = catalog?.outcome?.state === 'succeeded' && catalog.outcome.result.stage === 'catalog' ? catalog.outcome.result : null;
  const films = outcome === null ? null : outcome.films.train + outcome.films.valid;
  return [
    { stage: 'catalog', images: films, hours: null },
    // Decoding has a speed of its own, which training does not tell.
    ...(preprocess ? [{ stage: preprocess.stage, images: films, hours: null }] : []),
    ...order.map(({ stage, observation, images, work }) => ({ stage, ...(observation === undefined ? {} : { observation }), images: images ?? null, hours: work === undefined ? null : hoursOf(work, speed) })),
    ...(combined ? [{ stage: combined.stage, images: films, hours: combined.work === undefined ? null : hoursOf(combined.work, speed) }] : []),
  ];
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
  return speed === null || speed <= 0 ? null : work / speed / 3600;
}
