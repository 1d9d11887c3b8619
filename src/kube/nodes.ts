import type { Node } from '../api/kubernetes.ts';
import { isApiFault } from './api-fault.ts';
import type { Clock } from './clock.ts';
import { RecentMap } from './recent-map.ts';
import { resourcePath, resourceTypes } from './resource-path.ts';
import type { Transport } from './transport.ts';

/** What a node is and offers changes seldom; a price that was noted on it is seen after this time at the latest. */
const freshMilliseconds = 60_000;
const most = 4096;

/** Reads nodes, each at most once a minute. Nobody needs them to train: one that cannot be read is unknown. */
export class Nodes {
  readonly #transport: Transport;
  readonly #clock: Clock;
  readonly #known = new RecentMap<{ readonly node: Node | null; readonly readAt: number }>(most);

  constructor({ transport, clock }: { transport: Transport; clock: Clock }) {
    this.#transport = transport;
    this.#clock = clock;
  }

  /** null where it is gone, where its reading is not allowed, and while it cannot be read. */
  async get(name: string): Promise<Node | null> {
    const known = this.#known.get(name);
    if (known !== undefined && this.#clock.now() - known.readAt < freshMilliseconds) return known.node;
    const node = await this.#read(name);
    if (node === undefined) return known?.node ?? null;
    this.#known.set(name, { node, readAt: this.#clock.now() });
    return node;
  }

  /** undefined: this time only. */
  async #read(name: string): Promise<Node | null | undefined> {
    try {
      const { metadata, status } = (await this.#transport.request({ method: 'GET', path: resourcePath(resourceTypes.nodes, { name }) })) as Node;
      return {
        metadata: { name: metadata.name, labels: metadata.labels ?? {}, annotations: metadata.annotations ?? {} },
        status: { allocatable: status?.allocatable ?? {} },
      };
    } catch (error) {
      return isApiFault(error, 'NotFound') || isApiFault(error, 'Forbidden') ? null : undefined;
    }
  }
}
