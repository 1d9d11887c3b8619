/** A cluster in memory with a virtual clock: Pods end as a script says, Jobs follow the rules of the Job controller. */
import type { Job, Node, Pod } from '../../src/api/kubernetes.ts';
import { appLabels, jobNameLabel, queueNameLabel } from '../../src/api/labels.ts';
import type { TrainingStatus } from '../../src/api/status.ts';
import type { ChexTraining } from '../../src/api/training.ts';
import { ApiFault } from '../../src/kube/api-fault.ts';
import type { Cluster, ClusterEvent, JobIdentity, JobKey } from '../../src/kube/cluster.ts';
import { clusterBackoff, jobController } from '../../src/local/job-controller.ts';
import { isFinished } from '../../src/plan/step-state.ts';
import type { Script } from './fake-pods.ts';
import { FakePods } from './fake-pods.ts';

export type { PodScript, Script } from './fake-pods.ts';
export { stepOfJob } from './fake-pods.ts';

/** The operator dies at a write, before or after the cluster has taken it. */
export class Crash extends Error {}

export interface FakeClusterOptions {
  /** Kueue is there, and suspends every Job that has a queue. */
  readonly hasKueue?: boolean;
  /** Asked at every write. */
  readonly crash?: () => 'before' | 'after' | null;
}

export class FakeCluster implements Cluster {
  now = Date.parse('2026-01-01T00:00:00Z');
  readonly events: ClusterEvent[] = [];
  writes = 0;
  refusal: string | null = null;
  /** Why no Job may be made, in the words of the API server; null while they may. */
  jobRefusal: string | null = null;
  /** By name; Pods run on `node-1`. */
  readonly nodes = new Map<string, Node>([['node-1', { metadata: { name: 'node-1' } }]]);
  readonly openCost = new Map<string, string>();
  readonly pods: FakePods;
  readonly #options: FakeClusterOptions;
  readonly #jobs = new Map<string, Job>();
  #training: ChexTraining;
  #uids = 0;
  #versions = 0;

  constructor(training: ChexTraining, script: Script = () => ({ seconds: 60 }), options: FakeClusterOptions = {}) {
    this.#training = training;
    this.#options = options;
    this.pods = new FakePods(script, () => this.now);
  }

  get training(): ChexTraining {
    return this.#training;
  }
  /** Every write makes a new version: who read an older one can write no more. */
  set training(training: ChexTraining) {
    this.#training = { ...training, metadata: { ...training.metadata, resourceVersion: String((this.#versions += 1)) } };
  }
  get jobs(): Job[] {
    return [...this.#jobs.values()].filter(({ metadata }) => metadata.ownerReferences?.some(({ uid }) => uid === this.#training.metadata.uid));
  }
  get running(): Job[] {
    return this.jobs.filter((job) => !isFinished(job));
  }

  async getTraining(): Promise<ChexTraining | null> {
    return this.#training;
  }
  async children(): Promise<{ jobs: readonly Job[]; pods: readonly Pod[] }> {
    // Followed by their label, as reflectors do.
    const jobs = this.jobs.filter(({ metadata }) => metadata.labels?.[appLabels.managedBy] === 'chex-operator');
    return { jobs, pods: jobs.flatMap((job) => this.pods.of(job)) };
  }
  refusalOf(): string | null {
    return this.jobRefusal;
  }
  removedPods(): readonly Pod[] {
    return this.pods.removed;
  }
  async getJob({ name }: JobKey): Promise<Job | null> {
    return this.#jobs.get(name) ?? null;
  }
  async podsOf({ name }: JobKey): Promise<readonly Pod[]> {
    return this.pods.all.filter(({ metadata }) => metadata.labels?.[jobNameLabel] === name);
  }
  async getNode(name: string): Promise<Node | null> {
    return this.nodes.get(name) ?? null;
  }
  async openCostPrices(): Promise<ReadonlyMap<string, string>> {
    return this.openCost;
  }
  async warnings(): Promise<readonly string[]> {
    return this.refusal === null ? [] : [this.refusal];
  }
  async createJob(job: Job): Promise<void> {
    if (this.jobRefusal !== null) {
      this.writes += 1;
      throw new ApiFault({ code: 403, reason: 'Forbidden', message: this.jobRefusal });
    }
    this.#write(() => {
      if (this.#jobs.has(job.metadata.name)) return;
      const isQueued = this.#options.hasKueue === true && job.metadata.labels?.[queueNameLabel] !== undefined;
      this.add({ ...job, spec: { ...job.spec, ...(isQueued ? { suspend: true } : {}) } });
    });
  }
  async removeJob({ name, uid }: JobIdentity): Promise<void> {
    this.#write(() => {
      const job = this.#jobs.get(name);
      if (job?.metadata.uid === uid) this.#jobs.set(name, { ...job, metadata: { ...job.metadata, deletionTimestamp: this.#time() } });
    });
  }
  async applyStatus({ metadata }: ChexTraining, status: TrainingStatus): Promise<void> {
    if (metadata.resourceVersion !== this.#training.metadata.resourceVersion) throw new Error('Conflict: the training was changed since it was read');
    this.#write(() => (this.training = { ...this.#training, status }));
  }
  async readProgress(pod: Pod): Promise<string | null> {
    return this.pods.progressOf(pod);
  }
  async emit(_training: ChexTraining, event: ClusterEvent): Promise<void> {
    this.events.push(event);
  }

  /** Puts a Job there as somebody does. */
  add(job: Job): void {
    this.#jobs.set(job.metadata.name, { ...job, metadata: { ...job.metadata, uid: `job-${(this.#uids += 1)}`, creationTimestamp: this.#time() } });
    this.settle();
  }

  /** Moves the clock to the next end of a Pod, at most so far. */
  advance(seconds: number): void {
    this.now = Math.max(this.now, Math.min(this.now + seconds * 1000, this.pods.nextEnd));
    this.settle();
  }

  /** Removes a Job at once, as somebody with a heavy hand does; its Pods take their time. */
  vanish(name: string): void {
    this.#jobs.delete(name);
    this.pods.collect(this.#jobs.values());
  }

  /** What Kueue does with a Job: takes it in, or throws it out. */
  suspend(name: string, suspend: boolean): void {
    const job = this.#jobs.get(name);
    if (job) this.#jobs.set(name, { ...job, spec: { ...job.spec, suspend } });
    this.settle();
  }

  /** What somebody makes of the labels of a Job. */
  relabel(name: string, change: (labels: Readonly<Record<string, string>>) => Record<string, string>): void {
    const job = this.#jobs.get(name);
    if (job) this.#jobs.set(name, { ...job, metadata: { ...job.metadata, labels: change(job.metadata.labels ?? {}) } });
  }

  disrupt(stage: string): void {
    this.pods.disrupt(stage);
    this.settle();
  }

  /** Lets the Job controller look at every Job. */
  settle(): void {
    this.pods.endDue();
    for (const [name, job] of this.#jobs) {
      const { status, start, stop } = jobController(job, this.pods.of(job), { now: this.now, backoff: clusterBackoff });
      this.#jobs.set(name, { ...job, status });
      if (job.spec.suspend !== true && this.refusal === null) for (const index of start) this.pods.start(job, index);
      for (const pod of job.spec.suspend === true ? this.pods.of(job) : stop) this.pods.stop(pod);
      const isStill = this.pods.of(job).every((pod) => pod.status.phase !== 'Running');
      if (job.metadata.deletionTimestamp !== undefined && isStill) this.#jobs.delete(name);
    }
    this.pods.collect(this.#jobs.values());
  }

  #write(commit: () => void): void {
    const crash = this.#options.crash?.() ?? null;
    if (crash === 'before') throw new Crash();
    this.writes += 1;
    commit();
    this.settle();
    if (crash === 'after') throw new Crash();
  }

  #time(): string {
    return new Date(this.now).toISOString();
  }
}
