import type * as Tf from '@tensorflow/tfjs-core';
import type { Node, Operation } from '../../models/network.ts';
import type { Kernels } from '../kernels.ts';

/** What any operation reads while it runs. */
export interface AnyCall {
  readonly tf: typeof Tf;
  readonly kernels: Kernels;
  readonly node: Node;
  readonly inputs: readonly Tf.Tensor[];
  /** In the order of the node's weights. */
  readonly weights: readonly Tf.Tensor[];
  /** Absent in inference. */
  readonly training?: Training;
}

/** With the attributes of one kind. */
export interface Call<Kind extends Operation['kind']> extends AnyCall {
  readonly operation: Extract<Operation, { readonly kind: Kind }>;
}

export interface Training {
  readonly seed: number;
  readonly updates: number;
  /** Place of the first film in the batch, where others compute those before; absent = 0. */
  readonly firstFilm?: number;
}

/** What one operation gives. */
export interface Applied {
  readonly output: Tf.Tensor;
  /** In training: gradients with respect to inputs and weights, from that of the output. */
  readonly gradient?: (dy: Tf.Tensor, wanted: Wanted) => Gradients;
  /** Tensors of its own that the gradient reads. */
  readonly saved?: readonly Tf.Tensor[];
  /** New values of weights that move without a gradient; plain objects, which tfjs' tidy searches for tensors. */
  readonly moved?: readonly { readonly weight: string; readonly value: Tf.Tensor }[];
}

/** Which gradients somebody reads. */
export interface Wanted {
  readonly inputs: readonly boolean[];
  readonly weights: readonly boolean[];
}

export interface Gradients {
  readonly inputs: readonly (Tf.Tensor | null)[];
  readonly weights: readonly (Tf.Tensor | null)[];
}

/** The i-th of a node's tensors; a network that lacks it is not one of ours. */
export function nth(tensors: readonly Tf.Tensor[], index: number, node: Node): Tf.Tensor {
  const tensor = tensors[index];
  if (tensor === undefined) throw new Error(`Cannot run node ${node.name} (${node.operation.kind}): it has ${String(tensors.length)} tensors where number ${String(index + 1)} is needed`);
  return tensor;
}

/** The gradients of an operation without weights and with one input. */
export function toInput(gradient: Tf.Tensor | null): Gradients {
  return { inputs: [gradient], weights: [] };
}
