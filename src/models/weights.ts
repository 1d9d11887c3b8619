import { sizeOf } from './layers.ts';
import type { Network, Node, Weight } from './network.ts';

/** A weight and where it stands. */
export interface NetworkWeight extends Weight {
  readonly node: string;
  /** `<node>/<weight>`. */
  readonly fullName: string;
}

/** Every weight, in the order of the nodes. */
export function weightsOf(network: Network): NetworkWeight[] {
  return network.nodes.flatMap((node) => node.weights.map((weight) => ({ ...weight, node: node.name, fullName: `${node.name}/${weight.name}` })));
}

/** The weights that training changes: those an optimiser moves and the moving statistics beside them. */
export function learnedWeights(network: Network): NetworkWeight[] {
  return weightsOf({ ...network, nodes: network.nodes.filter((node) => !isFrozen(node)) });
}

/** The weights of the frozen nodes: those that training leaves as they are. */
export function frozenWeights(network: Network): NetworkWeight[] {
  return weightsOf({ ...network, nodes: network.nodes.filter(isFrozen) });
}

/** The weights an optimiser moves, in the order of the nodes. */
export function trainableWeights(network: Network): NetworkWeight[] {
  return weightsOf(network).filter((weight) => weight.trainable);
}

/** Numbers in all weights, moving statistics included. */
export function parameterCount(network: Network): number {
  return numbersIn(weightsOf(network));
}

/** Numbers an optimiser moves. */
export function trainableCount(network: Network): number {
  return numbersIn(trainableWeights(network));
}

/** Names of the scalars that training reports: the objective and the metrics. */
export function lossesOf({ objective, metrics }: Network): readonly string[] {
  return [...new Set([...(objective === undefined ? [] : [objective]), ...metrics])];
}

function isFrozen({ weights }: Node): boolean {
  return weights.every(({ trainable }) => !trainable);
}

function numbersIn(weights: readonly Weight[]): number {
  return weights.reduce((sum, weight) => sum + sizeOf(weight.shape), 0);
}
