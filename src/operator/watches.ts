import type { Pod, SeenJob } from '../api/kubernetes.ts';
import { appLabels, chexLabels } from '../api/labels.ts';
import { kind } from '../api/schema.ts';
import type { Stores } from '../kube/client.ts';
import type { Clock } from '../kube/clock.ts';
import type { TrainingKey } from '../kube/cluster.ts';
import type { ReflectorObserver } from '../kube/reflector.ts';
import { Reflector } from '../kube/reflector.ts';
import type { ResourceType } from '../kube/resource-path.ts';
import { resourcePath, resourceTypes } from '../kube/resource-path.ts';
import type { Change, KubeObject } from '../kube/store.ts';
import type { Shape } from '../kube/project.ts';
import { jobShape, podShape, trainingShape } from '../kube/shapes.ts';
import { Store } from '../kube/store.ts';
import type { TrainingObject } from '../kube/training-object.ts';
import type { Transport } from '../kube/transport.ts';

export interface WatchesOptions {
  readonly transport: Transport;
  readonly clock: Clock;
  /** Empty: all. */
  readonly namespaces: readonly string[];
  readonly observer: ReflectorObserver;
  /** Something happened that concerns this training; `isInitial` for what the first list finds. */
  readonly onChange: (key: TrainingKey, isInitial: boolean) => void;
  readonly onTrainingGone: (key: TrainingKey) => void;
  /** In its last form. */
  readonly onPodGone: (pod: Pod) => void;
}

/** Every Job and Pod that we make has it. */
const ours = `${appLabels.managedBy}=chex-operator`;
const all = '';

/** Follows trainings, their Jobs and their Pods, in some namespaces or in all. */
export class Watches {
  readonly #options: WatchesOptions;
  readonly #stores: ReadonlyMap<string, Stores>;
  readonly #reflectors: readonly { readonly run: (signal: AbortSignal) => Promise<void>; readonly synced: Promise<void>; readonly resource: string; readonly hasSynced: () => boolean }[];
  readonly #stopping = new AbortController();
  #running: Promise<unknown> = Promise.resolve();

  constructor(options: WatchesOptions) {
    this.#options = options;
    const namespaces = options.namespaces.length === 0 ? [all] : options.namespaces;
    this.#stores = new Map(namespaces.map((namespace) => [namespace, { trainings: new Store<TrainingObject>(), jobs: new Store<SeenJob>(), pods: new Store<Pod>() }]));
    this.#reflectors = [...this.#stores].flatMap(([namespace, { trainings, jobs, pods }]) => [
      this.#follow(resourceTypes.trainings, { namespace, store: trainings, shape: trainingShape, keyOf: ({ metadata }) => metadata, onGone: ({ metadata }) => options.onTrainingGone(metadata) }),
      this.#follow(resourceTypes.jobs, { namespace, store: jobs, shape: jobShape, keyOf: keyOfJob, labelSelector: ours }),
      this.#follow(resourceTypes.pods, { namespace, store: pods, shape: podShape, keyOf: keyOfPod, labelSelector: ours, onGone: options.onPodGone }),
    ]);
  }

  start(): void {
    this.#running = Promise.all(this.#reflectors.map(({ run }) => run(this.#stopping.signal)));
  }

  /** Resolves when everything has been listed once. */
  get synced(): Promise<unknown> {
    return Promise.all(this.#reflectors.map(({ synced }) => synced));
  }

  /** What has not been listed yet: `jobs`. */
  get missing(): readonly string[] {
    return [...new Set(this.#reflectors.filter(({ hasSynced }) => !hasSynced()).map(({ resource }) => resource))];
  }

  /** Those that hold the objects of a namespace that is looked after. */
  storesOf(namespace: string): Stores {
    const stores = this.#stores.get(all) ?? this.#stores.get(namespace);
    if (stores === undefined) throw new Error(`Cannot read namespace ${namespace}: this operator does not look after it`);
    return stores;
  }

  /** Version up to which each kind is known; the oldest where namespaces are followed one by one. */
  versions(): { group: string; version: string; resource: string; value: number }[] {
    return (['trainings', 'jobs', 'pods'] as const).map((name) => ({ ...resourceTypes[name], value: Math.min(...[...this.#stores.values()].map((stores) => Number(stores[name].version))) }));
  }

  async stop(): Promise<void> {
    this.#stopping.abort(new Error('The operator stops'));
    await this.#running;
  }

  #follow<T extends KubeObject>(type: ResourceType, { namespace, store, shape, labelSelector, keyOf, onGone }: Followed<T>) {
    const { transport, clock, observer, onChange } = this.#options;
    const path = resourcePath(type, namespace === all ? {} : { namespace });
    const reflector = new Reflector<T>({
      transport,
      clock,
      store,
      shape,
      observer,
      resource: { path, ...(labelSelector === undefined ? {} : { labelSelector }) },
      onChange: (change, isInitial) => {
        if (change.kind === 'Deleted') onGone?.(change.object);
        const key = keyOf(change.object);
        if (key !== null) onChange({ namespace: key.namespace, name: key.name }, isInitial);
      },
    });
    return { run: (signal: AbortSignal) => reflector.run(signal), synced: reflector.synced, hasSynced: () => reflector.hasSynced, resource: type.resource };
  }
}

interface Followed<T extends KubeObject> {
  readonly namespace: string;
  readonly store: Store<T>;
  readonly shape: Shape<T>;
  readonly labelSelector?: string;
  /** The training it concerns. */
  readonly keyOf: (object: T) => TrainingKey | null;
  readonly onGone?: (object: Change<T>['object']) => void;
}

function keyOfJob({ metadata: { namespace, ownerReferences } }: SeenJob): TrainingKey | null {
  const owner = ownerReferences?.find((reference) => reference.controller === true && reference.kind === kind);
  return owner === undefined ? null : { namespace, name: owner.name };
}

/** Its Job may be gone already. */
function keyOfPod({ metadata: { namespace, labels } }: Pod): TrainingKey | null {
  const name = labels?.[chexLabels.training];
  return name === undefined ? null : { namespace, name };
}
