import { sizeOf } from '../../models/layers.ts';
import type { Network } from '../../models/network.ts';
import { weightsOf } from '../../models/weights.ts';
import type { NetworkWeight } from '../../models/weights.ts';

/** Where a weight's numbers stand among those of all weights. */
export interface Place {
  readonly weight: NetworkWeight;
  readonly start: number;
  readonly end: number;
}

export interface Places {
  /** Trainable weights first, so that gradients and moments have the same places. */
  readonly all: readonly Place[];
  readonly trainable: readonly Place[];
  readonly count: number;
  readonly trainableCount: number;
}

export function placesOf(network: Network): Places {
  const weights = weightsOf(network);
  let count = 0;
  const place = (weight: NetworkWeight): Place => {
    const start = count;
    count += sizeOf(weight.shape);
    return { weight, start, end: count };
  };
  const trainable = weights.filter((weight) => weight.trainable).map(place);
  const trainableCount = count;
  const moving = weights.filter((weight) => !weight.trainable).map(place);
  return { all: [...trainable, ...moving], trainable, count, trainableCount };
}
