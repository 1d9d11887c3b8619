import type { Network } from '../models/network.ts';
import { weightsOf } from '../models/weights.ts';
import { EngineError } from './engine.ts';
import type { Tensor, Tensors } from './engine.ts';

/** A network's weights out of those given, in the order of its nodes. Throws EngineError when one is missing or has another shape. */
export function givenWeights(network: Network, weights: Tensors): readonly (readonly [fullName: string, tensor: Tensor])[] {
  return weightsOf(network).map(({ fullName, shape }) => {
    const given = weights.get(fullName);
    if (given?.shape.join() === shape.join()) return [fullName, given] as const;
    throw new EngineError(`Cannot set the weights of ${network.name}: ${fullName} ${given === undefined ? 'is missing' : `has shape [${given.shape.join()}]`} and must have shape [${shape.join()}]`);
  });
}
