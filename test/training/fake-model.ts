import type { Feeds, Model, ModelState, Tensors } from '../../src/engines/engine.ts';
import { autoencoder } from '../../src/models/autoencoder.ts';
import type { Batch } from '../../src/training/fit.ts';

/** A model whose loss is what it is fed with, and whose one weight is the number of its updates. */
export class FakeModel implements Model {
  readonly network = { ...autoencoder({ size: 32, width: 0.1, loss: 'MeanAbsoluteError' }), objective: 'loss', metrics: [] };
  updates = 0;
  weight = 0;

  trainStep({ loss }: Feeds) {
    this.updates += 1;
    this.weight = this.updates;
    return Promise.resolve({ loss: loss![0]! });
  }

  evaluate({ loss }: Feeds) {
    return Promise.resolve({ loss: loss![0]! });
  }

  predict(): never {
    throw new Error('not needed here');
  }

  async getState(): Promise<ModelState> {
    return { weights: await this.getWeights(), firstMoments: new Map(), secondMoments: new Map(), updates: this.updates };
  }

  getWeights(): Promise<Tensors> {
    return Promise.resolve(new Map([['weight', { shape: [1], values: Float32Array.of(this.weight) }]]));
  }

  setState({ weights, updates }: ModelState): void {
    this.updates = updates;
    this.setWeights(weights);
  }

  setWeights(weights: ModelState['weights']): void {
    this.weight = weights.get('weight')!.values[0]!;
  }

  setFrozen(): never {
    throw new Error('not needed here');
  }

  dispose(): void {
    this.weight = NaN;
  }
}

/** A batch with a loss of its own. */
export function aBatch(loss: number, films = 1): Batch {
  return { feeds: { loss: Float32Array.of(loss) }, films, weight: films };
}
