import type { ModelState, Tensors } from '../engines/engine.ts';
import { isStorageError } from '../storage/storage.ts';
import type { Storage } from '../storage/storage.ts';
import { readCheckpointFile, writeCheckpointFile } from './checkpoint-file.ts';
import type { Description } from './checkpoint-file.ts';
import type { Position } from './position.ts';

/** Weights of the epoch (from 1) of least validation loss. */
export interface BestWeights {
  readonly epoch: number;
  readonly weights: Tensors;
}

export interface Checkpoint {
  readonly position: Position;
  readonly state: ModelState;
  readonly best: BestWeights | null;
}

export interface CheckpointOptions {
  readonly storage: Storage;
  readonly folder: string;
  /** Identity of what is trained; a checkpoint of another is not used. */
  readonly digest: string;
  readonly run: number;
  /** Another engine or thread count continues a checkpoint with a warning: the last digits will differ. */
  readonly engine: { readonly name: string; readonly threads: number };
  /** Called before every write that replaces or removes. */
  fence(): Promise<void>;
  warn(message: string): void;
}

/**
 * Checkpoints of one model in a folder: `step-<updates>.safetensors` with weights and Adam's moments, and
 * `best-<epoch>.safetensors` with weights alone, which the former name.
 */
export class Checkpoints {
  readonly #options: CheckpointOptions;
  /** What the folder should hold, newest first. */
  #kept: { readonly name: string; readonly bestEpoch: number | null }[] = [];

  constructor(options: CheckpointOptions) {
    this.#options = options;
  }

  /** The newest whole checkpoint of this digest; damaged ones are passed over with a warning. */
  async newest(): Promise<Checkpoint | null> {
    const names = (await this.#names()).filter((name) => /^step-\d{10}\.safetensors$/.test(name));
    for (const name of names.sort().reverse()) {
      const checkpoint = await this.#read(name);
      if (checkpoint === null) continue;
      this.#kept = [{ name, bestEpoch: checkpoint.best?.epoch ?? null }];
      return checkpoint;
    }
    return null;
  }

  /** Writes one, then removes all but the newest two and the best weights they name. */
  async save({ position, state, best }: Checkpoint): Promise<void> {
    const { digest, run, engine } = this.#options;
    const bestEpoch = best?.epoch ?? null;
    const description = { digest, run, engine: engine.name, threads: engine.threads, updates: state.updates, position, bestEpoch };
    const { weights, firstMoments, secondMoments } = state;
    await this.#options.fence();
    if (best !== null && !this.#kept.some((one) => one.bestEpoch === best.epoch)) {
      await this.#write(bestName(best.epoch), { ...description, position: null }, { weights: best.weights });
    }
    const name = stepName(state.updates);
    await this.#write(name, description, { weights, firstMoments, secondMoments });
    this.#kept = [{ name, bestEpoch }, ...this.#kept.filter((one) => one.name !== name)].slice(0, 2);
    await this.#removeOthers();
  }

  async #read(name: string): Promise<Checkpoint | null> {
    const { storage, digest, warn } = this.#options;
    try {
      const { description, groups } = await readCheckpointFile(storage, this.#uri(name));
      if (description.digest !== digest || description.position === null) return null;
      const best = description.bestEpoch === null ? null : await this.#readBest(description.bestEpoch);
      this.#warnOfOtherEngine(description);
      const group = (of: string): Tensors => groups[of] ?? new Map();
      const state = { weights: group('weights'), firstMoments: group('firstMoments'), secondMoments: group('secondMoments'), updates: description.updates };
      return { position: description.position, state, best };
    } catch (error) {
      if (isStorageError(error) && error.kind !== 'NotFound') throw error;
      warn(`Cannot use the checkpoint ${this.#uri(name)}: ${error instanceof Error ? error.message : String(error)}; the one before it is tried`);
      return null;
    }
  }

  async #readBest(epoch: number): Promise<BestWeights> {
    const { groups } = await readCheckpointFile(this.#options.storage, this.#uri(bestName(epoch)));
    return { epoch, weights: groups['weights'] ?? new Map() };
  }

  #warnOfOtherEngine({ engine, threads }: Description): void {
    const { engine: ours, warn } = this.#options;
    if (engine === ours.name && threads === ours.threads) return;
    warn(`The checkpoint was made by ${engine} on ${threads} threads, now it is ${ours.name} on ${ours.threads}: the training goes on, its last digits will differ`);
  }

  #write(name: string, description: Description, groups: Readonly<Record<string, Tensors>>): Promise<void> {
    return writeCheckpointFile(this.#options.storage, this.#uri(name), { description, groups });
  }

  async #removeOthers(): Promise<void> {
    const needed = this.#kept.flatMap(({ name, bestEpoch }) => (bestEpoch === null ? [name] : [name, bestName(bestEpoch)]));
    for (const name of await this.#names()) {
      if (!needed.includes(name)) await this.#options.storage.remove(this.#uri(name));
    }
  }

  async #names(): Promise<string[]> {
    const names: string[] = [];
    for await (const { uri } of this.#options.storage.list(this.#options.folder)) names.push(uri.slice(uri.lastIndexOf('/') + 1));
    return names;
  }

  #uri(name: string): string {
    return `${this.#options.folder}/${name}`;
  }
}

const stepName = (updates: number) => `step-${String(updates).padStart(10, '0')}.safetensors`;
const bestName = (epoch: number) => `best-${String(epoch).padStart(6, '0')}.safetensors`;
