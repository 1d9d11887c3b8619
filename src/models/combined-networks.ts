import { autoencoder } from './autoencoder.ts';
import { baselineHead, combinedHead } from './combined.ts';
import type { CombinedHeadOptions } from './combined.ts';
import { inceptionResNetV2 } from './inception-resnet-v2.ts';
import { joined } from './joined.ts';
import type { FrozenPart } from './joined.ts';
import type { Network } from './network.ts';
import { parameterCount } from './weights.ts';

export interface CombinedNetworksOptions extends Omit<CombinedHeadOptions, 'featureWidth'> {
  /** Scale of the autoencoders. */
  readonly width: number;
}

/** The networks of a combined model. */
export interface CombinedNetworks {
  /** All of it as one: fed with `image`, uint8 [size, size, 1], and to train with `target` and `weight`; a junction for each part. */
  readonly combined: Network;
  /** What of it is trained. */
  readonly head: Network;
  /** The same without the differences, fed with the junction `backbone`; null without a backbone. */
  readonly baseline: Network | null;
  /** The frozen one; null where it is trained with the head or there is none. */
  readonly backbone: FrozenPart | null;
  /** One for each source, in their order. */
  readonly autoencoders: readonly FrozenPart[];
}

export function combinedNetworks(options: CombinedNetworksOptions): CombinedNetworks {
  const { size, width, sources } = options;
  const backbone = options.backbone === 'InceptionResNetV2' ? { input: 'backbone', network: inceptionResNetV2({ size }), output: 'features' } : null;
  const heads = { ...options, featureWidth: backbone === null ? null : featureWidthOf(backbone) };
  const head = combinedHead(heads);
  // Frozen, an autoencoder is the same for either loss.
  const network = autoencoder({ size, width, loss: 'MeanAbsoluteError' });
  const autoencoders = sources.map((observation) => ({ input: `difference_${observation}`, network, output: 'difference' }));
  const combined = joined(head, [...(backbone === null ? [] : [backbone]), ...autoencoders]);
  return { combined, head, baseline: baselineHead(heads), backbone, autoencoders };
}

/** Those that an engine holds at the same time to train them. */
export function residentsOf({ combined, baseline }: CombinedNetworks): readonly Network[] {
  return baseline === null ? [combined] : [combined, baseline];
}

/** Parameters of the baseline with its backbone. */
export function wholeBaselineCount({ baseline, backbone }: CombinedNetworks): number {
  return [baseline, backbone?.network].reduce((sum, network) => sum + (network ? parameterCount(network) : 0), 0);
}

function featureWidthOf({ network: { name, nodes }, output }: FrozenPart): number {
  const width = nodes.find((node) => node.name === output)?.shape[0];
  if (width === undefined) throw new Error(`Cannot build the combined model: the backbone ${name} has no ${output}`);
  return width;
}
