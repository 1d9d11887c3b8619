import type { Network } from '../../models/network.ts';
import type { Adam, Feeds, Scalars } from '../engine.ts';
import type { SharedNumbers } from './shared-numbers.ts';

/** Of weights: another one after each change. */
export interface Version {
  readonly learned: number;
  readonly frozen: number;
}

/** Wants weights of a version: a replica whose copy is older takes them anew, the frozen ones by themselves. */
interface Pass {
  readonly version: Version;
  readonly feeds: Feeds;
}

/** What the threads of a model are asked; `Answers` says what comes back. */
export type Question =
  /** Forward and back over this thread's part of a batch; `share` is that of its loss in the batch's. */
  | (Pass & { readonly kind: 'gradients'; readonly updates: number; readonly firstFilm: number; readonly share: number })
  /** One update of a slice of the trainable numbers by the sum of what the first `parts` threads left. */
  | { readonly kind: 'update'; readonly from: number; readonly to: number; readonly parts: number; readonly by: Adam & { readonly rate: number } }
  | (Pass & { readonly kind: 'evaluate' })
  | (Pass & { readonly kind: 'predict'; readonly outputs: readonly string[] })
  /** Which tensor of a training step is the first that is not finite. */
  | (Pass & { readonly kind: 'locate'; readonly updates: number; readonly firstFilm: number });

export interface Answers {
  /** `moved`: the part's new moving statistics by weight name. */
  readonly gradients: { readonly losses: Scalars; readonly moved: Readonly<Record<string, Float32Array>> };
  readonly update: null;
  readonly evaluate: Scalars;
  readonly predict: Readonly<Record<string, Float32Array>>;
  readonly locate: string;
}

export interface ReplicaSettings {
  readonly network: Network;
  readonly seed: number;
  readonly shared: SharedNumbers;
  /** Which of the threads it is, from 0. */
  readonly index: number;
}

/** To a thread. */
export type Message =
  | { readonly kind: 'load'; readonly model: number; readonly settings: ReplicaSettings }
  | { readonly kind: 'unload'; readonly model: number }
  | { readonly kind: 'ask'; readonly model: number; readonly id: number; readonly question: Question };

/** From a thread. */
export type Reply =
  | { readonly kind: 'answered'; readonly id: number; readonly answer: unknown }
  | { readonly kind: 'failed'; readonly id: number; readonly error: unknown };
