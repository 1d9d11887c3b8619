import { z } from 'zod';
import { observations } from '../api/observations.ts';
import type { Tensors } from '../engines/engine.ts';
import { combinedNetworks } from '../models/combined-networks.ts';
import type { CombinedNetworks } from '../models/combined-networks.ts';
import type { Network } from '../models/network.ts';
import { ModelFileError, readHdf5 } from './hdf5.ts';
import { writeHead } from './keras-h5.ts';

const observation = z.enum(observations);

/** What a combined model is made of: the attribute `chex_model` of head.h5. */
const modelDescriptionSchema = z.strictObject({
  version: z.literal(1),
  /** Outputs of the head, in label order. */
  observations: z.array(observation),
  /** Autoencoders whose differences it reads, in label order; `file` is relative to the folder of the run. */
  autoencoders: z.array(z.strictObject({ observation, file: z.string(), digest: z.string() })),
  /** Side of the films in pixels. */
  size: z.int(),
  /** Scale of the autoencoders. */
  width: z.number(),
  architecture: z.union([z.literal(1), z.literal(2)]),
  head: z.enum(['Sigmoid', 'Softmax']),
  backbone: z.enum(['InceptionResNetV2', 'Small', 'None']),
  /** Weights of a frozen backbone; null where they are random, from the seed, or part of the head. */
  backboneWeightsUri: z.string().nullable(),
  /** sha256 of that file; null where there is none. */
  backboneDigest: z.string().nullable(),
  seed: z.int(),
});

/** preprocessing.json: how films become what the model sees. */
const preprocessingSchema = z.strictObject({
  size: z.int(),
  clahe: z.strictObject({ clipLimit: z.number(), tiles: z.int() }).nullable(),
  encoding: z.enum(['Jpeg', 'Png']),
  quality: z.int(),
});

export type ModelDescription = z.output<typeof modelDescriptionSchema>;
export type Preprocessing = z.output<typeof preprocessingSchema>;

/** The networks of the model described. */
export function networksOf({ autoencoders, ...description }: ModelDescription): CombinedNetworks {
  return combinedNetworks({ ...description, sources: autoencoders.map((one) => one.observation) });
}

/** The bytes of head.h5. */
export function writeDescribedHead(network: Network, weights: Tensors, description: ModelDescription): Promise<Uint8Array> {
  return writeHead(network, weights, { chex_model: JSON.stringify(description) });
}

/** What a head.h5 says it is made of. Throws ModelFileError where it says nothing that can be understood. */
export function readDescription(bytes: Uint8Array, uri: string): Promise<ModelDescription> {
  return readHdf5(bytes, uri, (root) => {
    const text = root.attrs['chex_model']?.value;
    const parsed = modelDescriptionSchema.safeParse(typeof text === 'string' ? parseJson(text) : null);
    if (parsed.success) return parsed.data;
    throw new ModelFileError(`Cannot read ${uri} as a combined model: its attribute chex_model does not describe one; give the folder of a finished run of this version`);
  });
}

/** Reads preprocessing.json. Throws ModelFileError where it is not one. */
export function readPreprocessing(bytes: Uint8Array, uri: string): Preprocessing {
  const parsed = preprocessingSchema.safeParse(parseJson(new TextDecoder().decode(bytes)));
  if (parsed.success) return parsed.data;
  throw new ModelFileError(`Cannot read ${uri}: it does not say how the films were prepared; give the folder of a finished run of this version`);
}

/** null where the text is not JSON. */
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
