/** What we answer: the status of a ChexTraining, the only memory of its operator. Unknown is absent, never 0. */
import type { Observation } from './observations.ts';
import type { Stage } from './stages.ts';

export type ConditionType =
  | 'Accepted'
  | 'Progressing'
  | 'Succeeded'
  | 'Failed'
  | 'Suspended'
  | 'Reconciling'
  | 'ProgressStalled'
  | 'BudgetExceeded'
  | 'PriceKnown'
  | 'Degraded'
  | 'NameConflict';

/** As metav1.Condition. */
export interface Condition {
  readonly type: ConditionType;
  readonly status: 'True' | 'False' | 'Unknown';
  /** CamelCase word for machines. */
  readonly reason: string;
  /** Sentence for people, with the next thing to do. */
  readonly message: string;
  readonly observedGeneration: number;
  /** When `status` last changed, ISO 8601. */
  readonly lastTransitionTime: string;
}

/**
 * waiting: a need is not met. ready: may start, but a limit or a suspension holds it. queued: its Job is there, and a queue
 * keeps it suspended. stopping: its Job is being removed.
 */
export type StepState = 'waiting' | 'ready' | 'queued' | 'active' | 'stopping' | 'succeeded' | 'failed' | 'skipped';

/**
 * A Pod whose time and money are in the step's sums; kept while the Pod exists, so that nothing is counted twice. Of one
 * that has ended only the uid is kept: nothing of it changes any more.
 */
export interface CountedPod {
  /** The first 13 characters, to save room: no two Pods of a step share them. */
  readonly uid: string;
  readonly seconds?: number;
  /** It answered from done.json: no attempt, and no work, though its time is paid for. */
  readonly found?: boolean;
  /** How many of its seconds its last checkpoint has kept; absent while none. */
  readonly kept?: number;
  /** What an hour of it costs: price of its node times its share, a decimal. Absent while unknown. */
  readonly rate?: string;
  /** Where it runs, as long as that has no price. */
  readonly node?: string;
}

/** Seconds of Pods that are over and had no price: they are priced as soon as their node is. */
export interface UnpricedTime {
  readonly node: string;
  readonly seconds: number;
}

/** One Pod's try at a step. */
export interface Attempt {
  /** Name of the Pod. */
  readonly pod: string;
  /** ISO 8601; absent until a node took it. */
  readonly start?: string;
  /** ISO 8601; absent while it runs, and of a Pod that vanished. */
  readonly end?: string;
  readonly exitCode?: number;
  /** CamelCase word of the cluster, such as OOMKilled or EvictionByEvictionAPI. */
  readonly reason?: string;
  /** The last words of one that failed, at most 100 characters. */
  readonly message?: string;
}

/** A step that stood still and was stopped, as long as it is no further than it was then. */
export interface Stall {
  /** Since when, ISO 8601. */
  readonly since: string;
  /** How many in a row without getting further. */
  readonly times: number;
  /** Names of the Pods that stood still. */
  readonly pods: string;
  /** How far it was, 0 to 1; absent where it never told. */
  readonly progress?: number;
}

/** What is remembered of a step. */
export interface StepRecord {
  readonly state: StepState;
  /** Number of the newest Job of this step, 0 before the first. */
  readonly run: number;
  /** Identity of what the run makes (plan/digest.ts); absent while unknown. */
  readonly digest?: string;
  /** The newest Job: its uid is absent until it was seen; `job` is absent when that Job is over and gone. */
  readonly job?: { readonly name: string; readonly uid?: string };
  /** Pods started, over all runs, but for those that answered from done.json. */
  readonly attempts: number;
  /** How many of the attempts were ended by their node or by an eviction, which is no failure; absent while none. */
  readonly disruptions?: number;
  /** Seconds of all those Pods together. */
  readonly seconds: number;
  /** What its Pods have cost, a decimal of `status.cost.currency`; absent while nothing of it has a price. */
  readonly cost?: string;
  /** The part of the cost that was paid for work that was lost. */
  readonly wasted?: string;
  /** Absent where all that is over has a price. */
  readonly unpriced?: readonly UnpricedTime[];
  /** What an hour of its newest Pod costs; absent while unknown. */
  readonly rate?: string;
  /** Absent once the step is over: its sums are final. */
  readonly pods?: readonly CountedPod[];
  /** The last five, the newest last; none of preprocessing, whose Pods are its shards. */
  readonly lastAttempts?: readonly Attempt[];
  /** When it was last seen to move, by the operator's clock, ISO 8601; absent while no Pod runs. */
  readonly progressTime?: string;
  /** The newest `updatedAt` of its workers: their clocks may be wrong, so only its change tells. */
  readonly progressMark?: number;
  readonly stall?: Stall;
  /** 0 to 1. */
  readonly progress?: number;
  readonly epoch?: number;
  readonly epochs?: number;
  readonly loss?: { readonly train?: number; readonly validation?: number | null };
  /** Films a second, flips counted, as last measured: also of a step that was stopped. */
  readonly imagesPerSecond?: number;
  /** 0 to 1: what a running trainer waits for films, of the time of its steps. */
  readonly inputWaitRatio?: number;
  /** Seconds the step still needs, as its worker foresees. */
  readonly remainingSeconds?: number;
  /** Why it waits or failed, or what it does; at most 256 characters. */
  readonly message?: string;
  /** Exit code of the worker that failed last, of a failed step. */
  readonly exitCode?: number;
  /** Present on a finished step whose last run did nothing: its worker found the result in done.json. */
  readonly found?: boolean;
  /** Result of the finished step, in the form of plan/result.ts. */
  readonly result?: Readonly<Record<string, unknown>>;
}

/** The stage `autoencoders` is the sum of `observations`: its `run` is 0 and it has no Job of its own. */
export interface StageStatus extends StepRecord {
  readonly stage: Stage;
}

export interface ObservationStatus extends StepRecord {
  readonly observation: Observation;
  /** Source films to train on, once known. */
  readonly images?: number;
}

/** Money is estimated from the Pods' own times; decimals with six digits. Without idle nodes, storage, traffic and taxes. */
export interface CostStatus {
  /** ISO 4217. */
  readonly currency: string;
  /** For people: `12.34 USD`, `at least 12.34 USD` where a part has no price, or `unknown`. */
  readonly text: string;
  /** Of what has a price; absent while nothing has. */
  readonly spent?: string;
  /** Part of `spent`: paid for work that was lost to failures and to nodes taken away. */
  readonly wasted?: string;
  /** Of the Pods that run now; absent where one has no price. */
  readonly ratePerHour?: string;
  /** `spent` and what is still to be spent until the end; absent while unknown. */
  readonly forecast?: string;
  /** Where `forecast` probably lies. */
  readonly forecastLow?: string;
  readonly forecastHigh?: string;
  /** Pod seconds that nobody has a price for; absent where none. */
  readonly unpricedSeconds?: number;
  /** Where the prices come from. */
  readonly priceSource: string;
  /** Day on which they held. */
  readonly priceDate?: string;
  /** The highest threshold of the budget that was warned of. */
  readonly warnedPercent?: number;
  /** The budget's amount when it was used up; a higher one lets the training go on. */
  readonly exceededAmount?: string;
}

export interface TrainingStatus {
  readonly observedGeneration: number;
  readonly conditions: readonly Condition[];
  /** The first stage that is not finished; `done` after the last. */
  readonly stage: Stage | 'done';
  /** 0 to 1, weighted by work. */
  readonly progress: number;
  /** `42 %` or `42 % failed`, for the column. */
  readonly progressPercent: string;
  /** ISO 8601; absent while unknown. */
  readonly estimatedCompletionTime?: string;
  /** Whether that time follows from the speed of this very training, or, before it has told any, from an assumed one. */
  readonly estimateSource?: 'Measured' | 'Assumed';
  readonly cost?: CostStatus;
  /** Foreseen once the films are counted. */
  readonly plan?: {
    /** Observations in start order. */
    readonly order: readonly Observation[];
    readonly maxParallel: number;
    /** Hours of all autoencoders together; absent until a speed was measured. */
    readonly hours?: number;
  };
  /** Written before the first Job; the frozen fields are frozen from then on. ISO 8601. */
  readonly startTime?: string;
  readonly completionTime?: string;
  /** Seconds in which at least one step worked: waiting, pauses and the time between two runs do not count. */
  readonly workedSeconds: number;
  /** When this status was computed, ISO 8601. */
  readonly updateTime: string;
  readonly workerImage: string;
  readonly operatorVersion: string;
  /** Autoencoders that succeeded of those asked for: `11/14`. */
  readonly classes: string;
  /** How many observations failed, for the column; empty while none. */
  readonly failed: string;
  /** State in the queue, for the column. */
  readonly queue?: string;
  /** One line: what happens, or why not. */
  readonly message: string;
  readonly stages: readonly StageStatus[];
  readonly observations: readonly ObservationStatus[];
}
