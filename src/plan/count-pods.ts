import type { Pod } from '../api/kubernetes.ts';
import type { CountedPod, StepRecord, UnpricedTime } from '../api/status.ts';
import type { Money } from './cost/money.ts';
import { costOf, sumOf, times } from './cost/money.ts';
import type { MeasuredPod, Measuring } from './measure-pod.ts';
import { countedUid, measurePod } from './measure-pod.ts';

export type Counts = Pick<StepRecord, 'attempts' | 'disruptions' | 'seconds' | 'cost' | 'wasted' | 'unpriced' | 'rate' | 'pods'>;

export interface Counting extends Measuring {
  /** What an hour of a Pod of this step costs on a node; undefined while nobody knows. */
  readonly rateOn: (node: string) => Money | undefined;
}

/**
 * Attempts, disruptions, seconds and money of a step with the Pods that are seen now: each Pod is counted once, its
 * seconds grow until it ends. A Pod that vanished keeps what was counted last.
 */
export function countPods(record: StepRecord, pods: readonly Pod[], counting: Counting): Counts {
  const known = new Map(record.pods?.map((pod) => [pod.uid, pod]));
  const measured = pods.map((pod) => measurePod(pod, known.get(countedUid(pod)), counting));
  const open = measured.filter(({ uid }) => !isFinal(known.get(uid)));
  const vanished = [...known.values()].filter((pod) => !isFinal(pod) && !measured.some(({ uid }) => uid === pod.uid));
  const before = open.flatMap(({ uid }) => known.get(uid) ?? []);
  const disruptions = (record.disruptions ?? 0) + count(open, ({ isDisrupted }) => isDisrupted);
  const rate = open.findLast((pod) => pod.rate !== undefined)?.rate ?? record.rate;
  return {
    attempts: record.attempts + count(open, ({ isFound }) => !isFound) - before.length,
    ...(disruptions > 0 ? { disruptions } : {}),
    seconds: sumSeconds([record.seconds, ...open.map(({ isFound, seconds }) => (isFound ? 0 : seconds)), ...before.map(({ seconds = 0 }) => -seconds)]),
    ...moneyOf(record, { open, before, vanished, counting }),
    ...(rate === undefined ? {} : { rate }),
    ...(measured.length > 0 ? { pods: measured.map(asCounted) } : {}),
  };
}

/** It ended, and all of it is in the sums. */
function isFinal(pod: CountedPod | undefined): boolean {
  return pod !== undefined && pod.seconds === undefined;
}

function asCounted({ uid, seconds, kept, rate, node, isEnded, isFound }: MeasuredPod): CountedPod {
  if (isEnded) return { uid, ...(isFound ? { found: true } : {}) };
  return { uid, seconds, ...(kept > 0 ? { kept } : {}), ...(rate === undefined ? { ...(node === undefined ? {} : { node }) } : { rate }) };
}

interface Changes {
  readonly open: readonly MeasuredPod[];
  /** What was counted of the open ones before. */
  readonly before: readonly CountedPod[];
  readonly vanished: readonly CountedPod[];
  readonly counting: Counting;
}

/** What is lost to a Pod that failed is known when it ends; of one that vanished, what it had not saved when it was seen last. */
function moneyOf(record: StepRecord, { open, before, vanished, counting }: Changes): Pick<Counts, 'cost' | 'wasted' | 'unpriced'> {
  const left = (record.unpriced ?? []).map((time) => ({ ...time, rate: counting.rateOn(time.node) }));
  const costs = [...open, ...left].flatMap(({ seconds, rate }) => (rate === undefined ? [] : [costOf(seconds, rate)]));
  const counted = before.flatMap(({ seconds = 0, rate }) => (rate === undefined ? [] : [times(costOf(seconds, rate), -1)]));
  const over = [...open.filter(({ isEnded }) => isEnded), ...vanished];
  const losses = over.flatMap(({ seconds = 0, kept = 0, rate }) => (rate === undefined ? [] : [costOf(seconds - kept, rate)]));
  const unpriced = byNode([...left, ...over.map(({ seconds = 0, node = '', rate }) => ({ seconds, node, rate }))].filter(({ rate, seconds }) => rate === undefined && seconds > 0));
  return {
    ...(record.cost === undefined && costs.length === 0 ? {} : { cost: sumOf([record.cost ?? '0', ...costs, ...counted]) }),
    ...(record.wasted === undefined && losses.length === 0 ? {} : { wasted: sumOf([record.wasted ?? '0', ...losses]) }),
    ...(unpriced.length === 0 ? {} : { unpriced }),
  };
}

/** Nodes beyond these are told together: nobody can price them later. */
const mostNodes = 10;

function byNode(times: readonly UnpricedTime[]): UnpricedTime[] {
  const sums = new Map<string, number>();
  for (const { node, seconds } of times) {
    const name = sums.has(node) || sums.size < mostNodes ? node : '';
    sums.set(name, sumSeconds([sums.get(name) ?? 0, seconds]));
  }
  return [...sums].map(([node, seconds]) => ({ node, seconds }));
}

function count<T>(values: readonly T[], holds: (value: T) => boolean): number {
  return values.filter(holds).length;
}

function sumSeconds(values: readonly number[]): number {
  return Math.round(values.reduce((sum, value) => sum + value, 0) * 10) / 10;
}
