import type { Feeds } from '../../src/engines/engine.ts';
import { autoencoder } from '../../src/models/autoencoder.ts';
import { combinedNetworks } from '../../src/models/combined-networks.ts';
import { combinedHead } from '../../src/models/combined.ts';
import type { Network } from '../../src/models/network.ts';
import { someFilms } from './engines.ts';
import { everyOperation } from './every-operation.ts';

const batch = 4;
const size = 64;
const observations = ['Edema', 'Fracture', 'Pneumonia'] as const;
const head = { size, observations, sources: ['Edema', 'Fracture'], featureWidth: null, backbone: 'Small', architecture: 2 } as const;

function differences(): Feeds {
  const some = (phase: number) => Float32Array.from({ length: batch * size * size * 3 }, (_, index) => Math.sin(index * 0.37 + phase) * Math.cos(index * 0.0011));
  return { image: someFilms(batch, size), difference_Edema: some(0), difference_Fracture: some(2) };
}

/** Networks that together have every operation, with a batch for each. */
export const cases: Readonly<Record<string, { network: Network; feeds: Feeds }>> = {
  'the autoencoder on the mean absolute error': {
    network: autoencoder({ size, width: 0.25, loss: 'MeanAbsoluteError' }),
    feeds: { image: someFilms(batch, size) },
  },
  'the autoencoder on the mean squared error, at a size that needs a crop': {
    network: autoencoder({ size: 43, width: 0.25, loss: 'MeanSquaredError' }),
    feeds: { image: someFilms(batch, 43) },
  },
  'the combined head with Small, split sum and masked binary cross-entropy': {
    network: combinedHead({ ...head, head: 'Sigmoid' }),
    feeds: { ...differences(), target: Float32Array.of(1, 0, 1, 0, 0, 0, 1, 1, 0, 0, 1, 0), weight: Float32Array.of(1, 1, 0, 1, 1, 1, 0, 1, 1, 1, 1, 1) },
  },
  'the combined head with weighted softmax': {
    network: combinedHead({ ...head, head: 'Softmax' }),
    feeds: { ...differences(), target: Float32Array.of(0.5, 0, 0.5, 1, 0, 0, 0, 0, 0, 0, 1, 0), weight: Float32Array.of(2, 1, 0, 1) },
  },
  'the combined model that computes its differences': {
    network: combinedNetworks({ ...head, size: 32, width: 0.25, head: 'Sigmoid' }).combined,
    feeds: { image: someFilms(batch, 32), target: Float32Array.of(1, 0, 1, 0, 0, 0, 1, 1, 0, 0, 1, 0), weight: new Float32Array(12).fill(1) },
  },
  'a network with every other operation': {
    network: everyOperation(),
    feeds: { image: someFilms(batch, 21), target: Float32Array.from({ length: batch * 7 }, (_, index) => Math.sin(index)) },
  },
};
