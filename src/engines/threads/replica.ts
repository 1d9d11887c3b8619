import type * as Tf from '@tensorflow/tfjs-core';
import type { Backend } from '../eager-model.ts';
import { evaluatePass, firstNotFinite, predictPass, stepPass } from '../eager-pass.ts';
import type { Computing } from '../eager-pass.ts';
import { inScope } from '../in-scope.ts';
import { placesOf } from './places.ts';
import type { Place, Places } from './places.ts';
import type { Answers, Question, ReplicaSettings, Version } from './question.ts';
import { updateSlice } from './update-slice.ts';

type Of<Kind extends Question['kind']> = Extract<Question, { readonly kind: Kind }>;

/** One thread's copy of a network: it computes its part of a batch, and updates its slice of what all share. */
export class Replica {
  readonly #backend: Backend;
  readonly #settings: ReplicaSettings;
  readonly #places: Places;
  readonly #weights = new Map<string, Tf.Tensor>();
  #version: Version = { learned: 0, frozen: 0 };

  constructor(backend: Backend, settings: ReplicaSettings) {
    this.#backend = backend;
    this.#settings = settings;
    this.#places = placesOf(settings.network);
  }

  answer(question: Question): Answers[Question['kind']] {
    return inScope(this.#backend.tf, () => this.#answer(question));
  }

  dispose(): void {
    for (const tensor of this.#weights.values()) tensor.dispose();
    this.#weights.clear();
  }

  #answer(question: Question): Answers[Question['kind']] {
    switch (question.kind) {
      case 'gradients':
        return this.#gradients(question);
      case 'update':
        updateSlice(this.#backend, this.#settings.shared, question);
        return null;
      case 'evaluate':
        return evaluatePass(this.#computing(question.version), question.feeds);
      case 'predict':
        return predictPass(this.#computing(question.version), question.feeds, question.outputs);
      case 'locate':
        return firstNotFinite(this.#computing(question.version), question.feeds, { ...question, seed: this.#settings.seed });
      default:
        return question satisfies never;
    }
  }

  #gradients({ version, feeds, updates, firstFilm, share }: Of<'gradients'>): Answers['gradients'] {
    const { network, seed, shared, index } = this.#settings;
    const own = shared.training?.gradients[index];
    if (own === undefined || network.objective === undefined) throw new Error(`Cannot train ${network.name}: thread ${String(index + 1)} has no place for its gradients`);
    const step = stepPass(this.#computing(version), feeds, { seed, updates, firstFilm });
    const gradients = step.gradients(network.objective, share);
    for (const { weight, start, end } of this.#places.trainable) {
      const gradient = gradients.get(weight.fullName);
      if (gradient === undefined) own.fill(0, start, end);
      else own.set(gradient.dataSync<'float32'>(), start);
      gradient?.dispose();
    }
    return { losses: step.losses, moved: Object.fromEntries([...step.moved].map(([name, value]) => [name, value.dataSync<'float32'>()])) };
  }

  #computing(version: Version): Computing {
    for (const group of ['learned', 'frozen'] as const) {
      if (version[group] !== this.#version[group]) this.#take(this.#places[group]);
    }
    this.#version = version;
    return { tf: this.#backend.tf, kernels: this.#backend.kernels, network: this.#settings.network, weights: this.#weights };
  }

  /** As new tensors: tfjs may have packed the old ones. */
  #take(places: readonly Place[]): void {
    const { tf } = this.#backend;
    for (const { weight } of places) this.#weights.get(weight.fullName)?.dispose();
    for (const { weight, start, end } of places) {
      this.#weights.set(weight.fullName, tf.keep(tf.tensor(this.#settings.shared.weights.subarray(start, end), [...weight.shape])));
    }
  }
}
