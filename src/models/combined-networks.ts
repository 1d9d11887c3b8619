import { autoencoder } from './autoencoder.ts';
import { baselineHead, combinedHead } from './combined.ts';
import type { CombinedHeadOptions } from './combined.ts';
import { inceptionResNetV2 } from './inception-resnet-v2.ts';
import type { Network } from './network.ts';
import { parameterCount } from './weights.ts';

export interface CombinedNetworksOptions extends Omit<CombinedHeadOptions, 'featureWidth'> {
  /** Scale of the autoencoders. */
  readonly width: number;
}

/** All networks that a combined model is trained with. */
export interface CombinedNetworks {
  readonly head: Network;
  /** null without a backbone. */
  readonly baseline: Network | null;
  /** The frozen one; null where it is trained with the head or there is none. */
  readonly backbone: Network | null;
  /** Frozen, one for each source. */
  readonly autoencoders: readonly Network[];
}

export function combinedNetworks(options: CombinedNetworksOptions): CombinedNetworks {
  const { size, width, sources } = options;
  const backbone = options.backbone === 'InceptionResNetV2' ? inceptionResNetV2({ size }) : null;
  const head = { ...options, featureWidth: backbone === null ? null : featureWidthOf(backbone) };
  // Frozen, an autoencoder is the same for either loss.
  const single = autoencoder({ size, width, loss: 'MeanAbsoluteError' });
  return { head: combinedHead(head), baseline: baselineHead(head), backbone, autoencoders: sources.map(() => single) };
}

/** All of them: an engine holds them at the same time. */
export function residentsOf({ head, baseline, backbone, autoencoders }: CombinedNetworks): { trained: Network[]; frozen: Network[] } {
  return { trained: present(head, baseline), frozen: present(backbone, ...autoencoders) };
}

/** Parameters of the whole combined model: its autoencoders, its backbone and its head. */
export function wholeModelCount({ head, backbone, autoencoders }: CombinedNetworks): number {
  return countOf(present(head, backbone, ...autoencoders));
}

/** Parameters of the baseline with its backbone. */
export function wholeBaselineCount({ baseline, backbone }: CombinedNetworks): number {
  return countOf(present(baseline, backbone));
}

function present(...networks: readonly (Network | null)[]): Network[] {
  return networks.filter((network) => network !== null);
}

function countOf(networks: readonly Network[]): number {
  return networks.reduce((sum, network) => sum + parameterCount(network), 0);
}

function featureWidthOf({ name, nodes }: Network): number {
  const width = nodes.find((node) => node.name === 'features')?.shape[0];
  if (width === undefined) throw new Error(`Cannot build the combined model: the backbone ${name} has no features`);
  return width;
}
