/** tfjs' autodiff through the eager engine's forward pass on TensorFlow's kernels: gradients by none of our own formulas. */
import type * as Tf from '@tensorflow/tfjs-core';
import type { Backend } from '../../src/engines/eager-model.ts';
import type { Feeds } from '../../src/engines/engine.ts';
import { fedInputs } from '../../src/engines/feeds.ts';
import { selectGraph } from '../../src/engines/graph.ts';
import { initialValues } from '../../src/engines/initialise.ts';
import { runForward } from '../../src/engines/run.ts';
import type { Network } from '../../src/models/network.ts';
import { weightsOf } from '../../src/models/weights.ts';
import { openNativeBackend } from './eager-native.ts';

type Differentiate = (network: Network, feeds: Feeds, seed: number) => ReadonlyMap<string, Float32Array>;

/** Gives the gradients of the objective in the first step from a seed, by full weight name. */
export async function openAutodiff(): Promise<Differentiate> {
  const backend = await openNativeBackend();
  return (network, feeds, seed) => {
    backend.activate();
    const engine = backend.tf.engine();
    engine.startScope();
    try {
      return differentiate(backend, { network, feeds, seed });
    } finally {
      engine.endScope();
    }
  };
}

function differentiate({ tf, kernels }: Backend, { network, feeds, seed }: { network: Network; feeds: Feeds; seed: number }): ReadonlyMap<string, Float32Array> {
  const graph = selectGraph(network, [network.objective!], feeds);
  const fed = new Map([...fedInputs(graph.nodes, feeds)].map(([name, { shape, values }]) => [name, tf.tensor(Float32Array.from(values), [...shape])]));
  const weights = new Map(weightsOf(network).map((weight) => [weight.fullName, tf.tensor(initialValues(weight, seed), [...weight.shape])]));
  const trainable = weightsOf(network).filter((weight) => weight.trainable).map(({ fullName }) => fullName);
  // tfjs has no gradient of divNoNan. The same where the weights of a loss do not sum to 0.
  const differentiable = { ...tf, divNoNan: tf.div } as typeof Tf;
  const objective = (...values: Tf.Tensor[]) => {
    const given = new Map([...weights, ...trainable.map((name, index) => [name, values[index]!] as const)]);
    return runForward({ tf: differentiable, kernels, graph, weights: given, training: { seed, updates: 0 } }, fed).values.get(network.objective!)!;
  };
  const gradients = tf.grads(objective)(trainable.map((name) => weights.get(name)!));
  return new Map(trainable.map((name, index) => [name, gradients[index]!.dataSync<'float32'>()]));
}
