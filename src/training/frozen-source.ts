import type { Observation } from '../api/observations.ts';
import type { Engine, Model, Tensors } from '../engines/engine.ts';
import type { WeightedNetwork } from '../engines/tensorflow/inference-model.ts';
import { autoencoder } from '../models/autoencoder.ts';
import { inceptionResNetV2 } from '../models/inception-resnet-v2.ts';
import { sizeOf } from '../models/layers.ts';
import type { Network } from '../models/network.ts';

/** A frozen network whose output the head reads under the name `input`. */
export interface FrozenSource {
  readonly input: string;
  /** Numbers a film. */
  readonly width: number;
  /** Films, uint8 [n, size, size], to float32 [n, width]. */
  compute(pixels: Uint8Array): Promise<Float32Array>;
  dispose(): void;
}

/** A source on an engine. */
export interface FrozenModel extends FrozenSource {
  weighted(): Promise<WeightedNetwork>;
}

/** What an observation's autoencoder does not reproduce: film minus reconstruction, [size, size, 3]. */
export function differenceSource(engine: Engine, { observation, size, width, weights }: { observation: Observation; size: number; width: number; weights: Tensors }): FrozenModel {
  const network = autoencoder({ size, width, loss: 'MeanAbsoluteError' });
  const model = engine.load(network, { seed: 0 });
  model.setWeights(weights);
  return sourceOf(model, { input: `difference_${observation}`, output: 'difference' });
}

/** The features of Inception-ResNet-v2; without weights they are random, from the seed. */
export function backboneSource(engine: Engine, { size, seed, weights }: { size: number; seed: number; weights: Tensors | null }): FrozenModel {
  const model = engine.load(inceptionResNetV2({ size }), { seed });
  if (weights !== null) model.setWeights(weights);
  return sourceOf(model, { input: 'backbone', output: 'features' });
}

/** The head's inputs for films, uint8 [n, size, size]. */
export async function computeSources(sources: readonly FrozenSource[], pixels: Uint8Array): Promise<Record<string, Float32Array>> {
  const values: Record<string, Float32Array> = {};
  for (const source of sources) values[source.input] = await source.compute(pixels);
  return values;
}

function sourceOf(model: Model, { input, output }: { input: string; output: string }): FrozenModel {
  return {
    input,
    width: widthOf(model.network, output),
    compute: async (pixels) => {
      const { [output]: values } = await model.predict({ image: pixels }, [output]);
      if (values === undefined) throw new Error(`Cannot compute ${input}: the engine gave no ${output}`);
      return values;
    },
    weighted: async () => ({ network: model.network, weights: await model.getWeights() }),
    dispose: () => model.dispose(),
  };
}

function widthOf(network: Network, output: string): number {
  const node = network.nodes.find(({ name }) => name === output);
  if (node === undefined) throw new Error(`Cannot read ${output} of the network ${network.name}: it has no such node`);
  return sizeOf(node.shape);
}
