import { sizeOf } from '../../models/layers.ts';
import type { Network } from '../../models/network.ts';
import { frozenWeights, learnedWeights } from '../../models/weights.ts';
import type { NetworkWeight } from '../../models/weights.ts';

/** Where a weight's numbers stand among those of all weights. */
export interface Place {
  readonly weight: NetworkWeight;
  readonly start: number;
  readonly end: number;
}

export interface Places {
  /** Of what training changes: trainable weights first, so that gradients and moments have the same places. */
  readonly learned: readonly Place[];
  readonly trainable: readonly Place[];
  readonly frozen: readonly Place[];
  readonly count: number;
  readonly trainableCount: number;
}

export function placesOf(network: Network): Places {
  const weights = learnedWeights(network);
  let count = 0;
  const place = (weight: NetworkWeight): Place => {
    const start = count;
    count += sizeOf(weight.shape);
    return { weight, start, end: count };
  };
  const trainable = weights.filter((weight) => weight.trainable).map(place);
  const trainableCount = count;
  const moving = weights.filter((weight) => !weight.trainable).map(place);
  const frozen = frozenWeights(network).map(place);
  return { learned: [...trainable, ...moving], trainable, frozen, count, trainableCount };
}
