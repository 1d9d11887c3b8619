import type { Pod } from '../api/kubernetes.ts';
import { chexLabels } from '../api/labels.ts';
import { isApiFault } from './api-fault.ts';
import type { TrainingKey } from './cluster.ts';
import { resourcePath, resourceTypes } from './resource-path.ts';
import type { TrainingObject } from './training-object.ts';
import type { Transport } from './transport.ts';

const { trainings, pods } = resourceTypes;
/** People follow a log for as long as they like. */
const dayInSeconds = 86_400;

export interface LogOptions {
  readonly follow: boolean;
  /** Only the last so many lines. */
  readonly lines?: number;
  readonly signal?: AbortSignal;
}

/** What people do with trainings at a cluster, as themselves: with their own rights, and nothing kept in memory. */
export class People {
  readonly #transport: Transport;

  constructor(transport: Transport) {
    this.#transport = transport;
  }

  /** Of a namespace, or of all; by namespace and name. */
  async trainings(namespace: string | undefined): Promise<readonly TrainingObject[]> {
    const { items } = (await this.#transport.request({ method: 'GET', path: resourcePath(trainings, { namespace }) })) as { items: TrainingObject[] };
    return items.toSorted((left, right) => left.metadata.namespace.localeCompare(right.metadata.namespace) || left.metadata.name.localeCompare(right.metadata.name));
  }

  /** null where there is none of this name. */
  async training(key: TrainingKey): Promise<TrainingObject | null> {
    try {
      return (await this.#transport.request({ method: 'GET', path: resourcePath(trainings, key) })) as TrainingObject;
    } catch (error) {
      if (isApiFault(error, 'NotFound')) return null;
      throw error;
    }
  }

  /** Changes the spec. With a resourceVersion only of what was read: rejects with a Conflict where somebody has changed it since. */
  async change(key: TrainingKey, { spec, resourceVersion }: { readonly spec: object; readonly resourceVersion?: string | undefined }): Promise<void> {
    const body = { ...(resourceVersion === undefined ? {} : { metadata: { resourceVersion } }), spec };
    await this.#transport.request({ method: 'PATCH', path: resourcePath(trainings, key), contentType: 'application/merge-patch+json', body });
  }

  /** Pods of a training that do a step, the newest last. */
  async podsOf({ namespace, name }: TrainingKey, labels: Readonly<Record<string, string>>): Promise<readonly Pod[]> {
    const labelSelector = Object.entries({ [chexLabels.training]: name, ...labels }).map(([key, value]) => `${key}=${value}`).join(',');
    const { items } = (await this.#transport.request({ method: 'GET', path: resourcePath(pods, { namespace }), query: { labelSelector } })) as { items: Pod[] };
    const made = ({ metadata }: Pod) => metadata.creationTimestamp ?? '';
    return items.toSorted((left, right) => made(left).localeCompare(made(right)));
  }

  log({ namespace, name }: { readonly namespace: string; readonly name: string }, { follow, lines, signal }: LogOptions): AsyncGenerator<string, void, undefined> {
    const query = { follow, ...(lines === undefined ? {} : { tailLines: lines }) };
    return this.#transport.text({ method: 'GET', path: resourcePath(pods, { namespace, name, subresource: 'log' }), query, deadlineSeconds: follow ? dayInSeconds : 60, ...(signal === undefined ? {} : { signal }) });
  }
}
