import type { Progress } from '../api/progress.ts';
import type { Scratch } from '../storage/scratch.ts';
import type { Storage } from '../storage/storage.ts';

/** What a recipe is given: its only ways to the world. */
export interface Tools {
  readonly storage: Storage;
  /** A line for people, with fields for machines; to standard error as JSON. `chex run` passes on those with `warning: true`. */
  log(message: string, fields?: Readonly<Record<string, unknown>>): void;
  /** Tells how far the step is; cheap, call it after every batch or film. */
  report(progress: Omit<Progress, 'updatedAt'>): void;
  /** Aborted by SIGTERM or SIGINT: save what is worth saving, then throw `new Interrupted()`. */
  readonly signal: AbortSignal;
  /** Milliseconds since 1970. */
  now(): number;
  /** An empty folder on this machine's disk, removed when the step ends, and how much more it may take. */
  readonly scratch: Pick<Scratch, 'folder' | 'freeBytes'>;
  /** Throws when another run has taken over the folder: call it before every write that replaces something. */
  fence(): Promise<void>;
}

/** The step was asked to stop and has saved its checkpoint: exit code 143. */
export class Interrupted extends Error {
  constructor() {
    super('interrupted after saving');
    this.name = 'Interrupted';
  }
}
