import type { Network } from '../models/network.ts';
import { frozenWeights, learnedWeights } from '../models/weights.ts';
import type { NetworkWeight } from '../models/weights.ts';
import { EngineError } from './engine.ts';
import type { Tensor, Tensors } from './engine.ts';

type NamedTensor = readonly [fullName: string, tensor: Tensor];

/** All weights that training changes, in the order of the nodes. Throws EngineError when one is missing or has another shape. */
export function givenWeights(network: Network, weights: Tensors): readonly NamedTensor[] {
  return learnedWeights(network).map((weight) => {
    const given = weights.get(weight.fullName);
    if (given === undefined) throw new EngineError(`Cannot set the weights of ${network.name}: ${weight.fullName} is missing and must have shape [${weight.shape.join()}]`);
    return [weight.fullName, demandShape(network, weight, given)];
  });
}

/** Weights of frozen nodes. Throws EngineError when one is not such a weight or has another shape. */
export function givenFrozen(network: Network, weights: Tensors): readonly NamedTensor[] {
  const frozen = new Map(frozenWeights(network).map((weight) => [weight.fullName, weight]));
  return [...weights].map(([name, given]) => {
    const weight = frozen.get(name);
    if (weight === undefined) throw new EngineError(`Cannot set the frozen weights of ${network.name}: it has no frozen ${name}`);
    return [name, demandShape(network, weight, given)];
  });
}

/** The weights that nobody set, which start from the seed. Throws EngineError where only some of the frozen ones were set: the others are forgotten. */
export function unsetWeights(network: Network, isSet: (fullName: string) => boolean): readonly NetworkWeight[] {
  const frozen = frozenWeights(network);
  const forgotten = frozen.find(({ fullName }) => !isSet(fullName));
  if (forgotten !== undefined && frozen.some(({ fullName }) => isSet(fullName))) {
    throw new EngineError(`Cannot run ${network.name}: its frozen weight ${forgotten.fullName} was not set, others were; set all of them, or none to have them from the seed`);
  }
  return [...learnedWeights(network), ...frozen].filter(({ fullName }) => !isSet(fullName));
}

function demandShape({ name }: Network, { fullName, shape }: NetworkWeight, given: Tensor): Tensor {
  if (given.shape.join() === shape.join()) return given;
  throw new EngineError(`Cannot set the weights of ${name}: ${fullName} has shape [${given.shape.join()}] and must have shape [${shape.join()}]`);
}
