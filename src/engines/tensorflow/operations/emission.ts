import type { Node, Operation, Shape } from '../../../models/network.ts';
import type { GraphBuilder, Ref } from '../graph-builder.ts';

/** What any operation reads while it is emitted. */
export interface AnyEmission {
  readonly graph: GraphBuilder;
  readonly node: Node;
  readonly inputs: readonly Ref[];
  /** Of the inputs, without the batch. */
  readonly inputShapes: readonly Shape[];
  /** Where the first input is one channel repeated: that channel. */
  readonly channel: Ref | null;
  /** In the order of the node's weights. */
  readonly weights: readonly Ref[];
  /** Absent in inference. */
  readonly training?: TrainingRefs;
}

/** With the attributes of one kind. */
export interface Emission<Kind extends Operation['kind']> extends AnyEmission {
  readonly operation: Extract<Operation, { readonly kind: Kind }>;
}

export interface TrainingRefs {
  readonly seed: number;
  /** Updates so far: int64, scalar. */
  readonly step: Ref;
  /** Weight of the old moving value in batchNorm's ramp: float32, scalar. */
  readonly ramp: Ref;
}

/** What one operation gives. */
export interface Emitted {
  readonly output: Ref;
  /** In training: gradients with respect to inputs and weights, from that of the output. */
  readonly gradient?: (dy: Ref, wanted: Wanted) => Gradients;
  /** New values of weights that move without a gradient. */
  readonly moved?: readonly { readonly weight: string; readonly value: Ref }[];
}

/** Which gradients somebody reads. */
export interface Wanted {
  readonly inputs: readonly boolean[];
  readonly weights: readonly boolean[];
}

export interface Gradients {
  readonly inputs: readonly (Ref | null)[];
  readonly weights: readonly (Ref | null)[];
}

/** The i-th of a node's tensors; a network that lacks it is not one of ours. */
export function nth<Item>(items: readonly Item[], index: number, node: Node): Item {
  const item = items[index];
  if (item === undefined) throw new Error(`Cannot emit node ${node.name} (${node.operation.kind}): it has ${String(items.length)} tensors where number ${String(index + 1)} is needed`);
  return item;
}

/** The gradients of an operation without weights and with one input. */
export function toInput(gradient: Ref | null): Gradients {
  return { inputs: [gradient], weights: [] };
}
