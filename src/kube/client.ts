import type { Job, Node, Pod, SeenJob } from '../api/kubernetes.ts';
import { jobNameLabel } from '../api/labels.ts';
import { apiVersion, kind } from '../api/schema.ts';
import type { TrainingStatus } from '../api/status.ts';
import type { ChexTraining } from '../api/training.ts';
import { ApiFault, isApiFault } from './api-fault.ts';
import type { ApiRequest } from './api-request.ts';
import type { Cluster, ClusterEvent, JobIdentity, JobKey, TrainingKey } from './cluster.ts';
import type { EventRecorder } from './event-recorder.ts';
import type { OpenCost } from './open-cost.ts';
import type { PodProgress } from './pod-progress.ts';
import type { Nodes } from './nodes.ts';
import { resourcePath, resourceTypes } from './resource-path.ts';
import { RecentMap } from './recent-map.ts';
import type { RemovedPods } from './removed-pods.ts';
import type { Store } from './store.ts';
import type { TrainingObject } from './training-object.ts';
import { asTraining } from './training-object.ts';
import type { Transport } from './transport.ts';

/** What reflectors keep equal to the cluster. */
export interface Stores {
  readonly trainings: Store<TrainingObject>;
  readonly jobs: Store<SeenJob>;
  readonly pods: Store<Pod>;
}

export interface ApiClusterOptions {
  readonly transport: Transport;
  /** Those that hold the objects of a namespace. */
  readonly storesOf: (namespace: string) => Stores;
  readonly recorder: EventRecorder;
  readonly progress: PodProgress;
  readonly nodes: Nodes;
  /** null: it is not asked. */
  readonly openCost: OpenCost | null;
  readonly removed: RemovedPods;
}

/** Owner of the status that we apply, by name. */
const fieldManager = 'chex-operator';
/** What was sent while the lease was ours is over before anybody else may have it. */
const writeSeconds = 5;

/** The port over the API: reads what the reflectors know, writes with preconditions, and notes each write until they have seen it. */
export class ApiCluster implements Cluster {
  readonly #options: ApiClusterOptions;
  /** Jobs that were refused, by name; null once they were made. */
  readonly #refused = new RecentMap<string | null>(1000);
  /** Each version of a training is parsed once, however many passes look at it. */
  readonly #parsed = new WeakMap<TrainingObject, ChexTraining>();

  constructor(options: ApiClusterOptions) {
    this.#options = options;
  }

  /** Whether a write for this training is not seen yet: a pass now would decide on what is no longer so. */
  isBehind(key: TrainingKey): boolean {
    const { trainings, jobs } = this.#options.storesOf(key.namespace);
    return trainings.isBehind(key) || jobs.isBehind(key);
  }

  async getTraining(key: TrainingKey): Promise<ChexTraining | null> {
    const object = this.#options.storesOf(key.namespace).trainings.get(key);
    if (object === null) return null;
    const training = this.#parsed.get(object) ?? asTraining(object);
    this.#parsed.set(object, training);
    return training;
  }

  async children({ metadata: { namespace, uid } }: ChexTraining): Promise<{ jobs: readonly SeenJob[]; pods: readonly Pod[] }> {
    const { jobs, pods } = this.#options.storesOf(namespace);
    const owned = jobs.ownedBy(uid).filter((job) => controllerOf(job)?.uid === uid);
    return { jobs: owned, pods: owned.flatMap(({ metadata }) => pods.ownedBy(metadata.uid ?? '').filter((pod) => controllerOf(pod)?.uid === metadata.uid)) };
  }

  removedPods({ metadata }: ChexTraining): readonly Pod[] {
    return this.#options.removed.of(metadata);
  }

  async getJob(key: JobKey): Promise<SeenJob | null> {
    return (await this.#read(resourcePath(resourceTypes.jobs, key))) as SeenJob | null;
  }

  async podsOf({ namespace, name }: JobKey): Promise<readonly Pod[]> {
    const answer = await this.#options.transport.request({ method: 'GET', path: resourcePath(resourceTypes.pods, { namespace }), query: { labelSelector: `${jobNameLabel}=${name}` } });
    return (answer as { readonly items: readonly Pod[] }).items;
  }

  getNode(name: string): Promise<Node | null> {
    return this.#options.nodes.get(name);
  }

  async openCostPrices(): Promise<ReadonlyMap<string, string>> {
    return (await this.#options.openCost?.prices()) ?? new Map();
  }

  async warnings({ metadata: { namespace, uid } }: SeenJob): Promise<readonly string[]> {
    const fieldSelector = `involvedObject.uid=${uid},type=Warning`;
    const answer = await this.#options.transport.request({ method: 'GET', path: resourcePath(resourceTypes.events, { namespace }), query: { fieldSelector, limit: 500 } });
    const { items } = answer as { readonly items: readonly Complaint[] | null };
    return (items ?? []).toSorted((left, right) => lastTimeOf(right) - lastTimeOf(left)).map(({ message }) => message);
  }

  refusalOf({ namespace, name }: JobKey): string | null {
    return this.#refused.get(`${namespace}/${name}`) ?? null;
  }

  async createJob(job: Job): Promise<void> {
    const { namespace } = job.metadata;
    const request: ApiRequest = { method: 'POST', path: resourcePath(resourceTypes.jobs, { namespace }), body: job };
    const key = `${namespace}/${job.metadata.name}`;
    await this.#write(request, { namespace, name: controllerOf(job)?.name, store: 'jobs' }, 'AlreadyExists').catch((error: unknown) => {
      if (isApiFault(error, 'Forbidden') || isApiFault(error, 'Invalid')) this.#refused.set(key, wordsOfServer(error));
      throw error;
    });
    this.#refused.set(key, null);
  }

  /** Foreground, stated: by default the Pods of a Job live on without it. */
  async removeJob({ namespace, name, uid }: JobIdentity): Promise<void> {
    const owner = controllerOf(this.#options.storesOf(namespace).jobs.get({ namespace, name }));
    if (owner && !(await this.#isFresh({ namespace, name: owner.name }))) {
      throw new ApiFault({ code: 409, reason: 'Conflict', message: `Cannot remove the Job ${namespace}/${name}: ${namespace}/${owner.name} has changed since it was read; the next pass decides anew` });
    }
    const body = { apiVersion: 'v1', kind: 'DeleteOptions', propagationPolicy: 'Foreground', preconditions: { uid } };
    // A conflict means that another Job has the name now: this one is gone.
    await this.#write({ method: 'DELETE', path: resourcePath(resourceTypes.jobs, { namespace, name }), body }, { namespace, name: owner?.name, store: 'jobs' }, 'NotFound', 'Conflict');
  }

  async applyStatus({ metadata: { namespace, name, uid, resourceVersion } }: Pick<ChexTraining, 'metadata'>, status: TrainingStatus): Promise<void> {
    const request: ApiRequest = {
      method: 'PATCH',
      path: resourcePath(resourceTypes.trainings, { namespace, name, subresource: 'status' }),
      query: { fieldManager, force: true },
      contentType: 'application/apply-patch+yaml',
      // The version makes a conflict of what somebody else has written since.
      body: { apiVersion, kind, metadata: { namespace, name, uid, resourceVersion }, status },
    };
    await this.#write(request, { namespace, name, store: 'trainings' });
  }

  readProgress(pod: Pod): Promise<string | null> {
    return this.#options.progress.ask(pod);
  }

  async emit({ metadata }: ChexTraining, event: ClusterEvent): Promise<void> {
    this.#record(metadata, event);
  }

  /** Tells of a training that may not even be understood; nothing if it is gone. */
  complain(key: TrainingKey, event: ClusterEvent): void {
    const found = this.#options.storesOf(key.namespace).trainings.get(key);
    if (found !== null) this.#record(found.metadata, event);
  }

  #record({ namespace, name, uid }: Pick<ChexTraining['metadata'], 'namespace' | 'name' | 'uid'>, event: ClusterEvent): void {
    this.#options.recorder.record({ apiVersion, kind, namespace, name, uid }, event);
  }

  /** What is destroyed was decided by a spec; if the cluster has another one by now, that decides. */
  async #isFresh(key: TrainingKey): Promise<boolean> {
    const seen = this.#options.storesOf(key.namespace).trainings.get(key)?.metadata;
    const live = (await this.#read(resourcePath(resourceTypes.trainings, key))) as TrainingObject | null;
    return live === null || (live.metadata.uid === seen?.uid && live.metadata.generation === seen.generation);
  }

  async #read(path: string): Promise<unknown> {
    return this.#options.transport.request({ method: 'GET', path }).catch((error: unknown) => {
      if (isApiFault(error, 'NotFound')) return null;
      throw error;
    });
  }

  /** Writes, and notes the version that came of it for the training; faults with one of these reasons mean that there is nothing to do. */
  async #write(request: ApiRequest, { store, ...training }: { namespace: string; name: string | undefined; store: 'trainings' | 'jobs' }, ...harmless: ('NotFound' | 'AlreadyExists' | 'Conflict')[]): Promise<void> {
    const answer = await this.#options.transport.request({ ...request, deadlineSeconds: writeSeconds }).catch((error: unknown) => {
      if (harmless.some((reason) => isApiFault(error, reason))) return null;
      throw error;
    });
    const version = versionOf(answer);
    if (version !== undefined && training.name !== undefined) this.#options.storesOf(training.namespace)[store].waitFor({ namespace: training.namespace, name: training.name }, version);
  }
}

interface Complaint {
  readonly message: string;
  readonly metadata: { readonly creationTimestamp?: string };
  readonly lastTimestamp?: string | null;
  readonly eventTime?: string | null;
}

/** Milliseconds since 1970; newer writers of events leave the older of both fields empty. */
function lastTimeOf({ lastTimestamp, eventTime, metadata }: Complaint): number {
  return Date.parse(lastTimestamp ?? eventTime ?? metadata.creationTimestamp ?? '') || 0;
}

function controllerOf(object: SeenJob | Pod | null) {
  return object?.metadata.ownerReferences?.find(({ controller }) => controller === true);
}

/** A Status, which the removal of an object that is gone at once answers with, has none. */
function versionOf(answer: unknown): string | undefined {
  return (answer as { readonly metadata?: { readonly resourceVersion?: string } } | null)?.metadata?.resourceVersion || undefined;
}

/** Without what was asked of whom. */
function wordsOfServer({ message }: ApiFault): string {
  return /answers \d+ \w+: (.*)$/s.exec(message)?.[1] ?? message;
}
