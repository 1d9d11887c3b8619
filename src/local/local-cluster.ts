import { randomUUID } from 'node:crypto';
import type { Job, Node, Pod } from '../api/kubernetes.ts';
import type { TrainingStatus } from '../api/status.ts';
import type { ChexTraining } from '../api/training.ts';
import type { Cluster, ClusterEvent, JobIdentity, JobKey } from '../kube/cluster.ts';
import type { Backoff } from './job-controller.ts';
import type { LocalPod } from './local-job.ts';
import { LocalJob } from './local-job.ts';
import type { WorkerFailure } from './worker-failure.ts';
import { failureOf } from './worker-failure.ts';
import { titleOfPod, warningsIn } from './worker-warnings.ts';
import type { WorkerExit, WorkerProcess } from './worker-process.ts';

/** After the n-th failure of a worker 1 s x 2^(n-1): on one machine nobody waits for a node. */
export const localBackoff: Backoff = { firstSeconds: 1, mostSeconds: 60 };

/** 128 + SIGKILL. */
export const killedExit = 137;

export interface LocalClusterOptions {
  readonly training: ChexTraining;
  /** Starts the worker of a Pod. */
  readonly launch: (worker: { name: string; number: number; args: readonly string[]; env: Readonly<Record<string, string>> }) => WorkerProcess;
  readonly saveStatus: (status: TrainingStatus) => Promise<void>;
  readonly onEvent: (event: ClusterEvent) => void;
  /** A warning that a worker left in its log: told once, after the name of the first that has it. */
  readonly onWarning: (line: string) => void;
  readonly now: () => number;
  readonly backoff?: Backoff;
}

/** The cluster of one training on one machine: a Job is a controller in this process, a Pod is a child process. */
export class LocalCluster implements Cluster {
  readonly #options: LocalClusterOptions;
  readonly #jobs = new Map<string, LocalJob>();
  #status: TrainingStatus | undefined;
  #isSuspended = false;
  /** Nothing is started any more. */
  #isClosed = false;
  #started = 0;
  #hasLostWork = false;
  readonly #warned = new Set<string>();
  #changed = Promise.withResolvers<null>();

  constructor(options: LocalClusterOptions) {
    this.#options = options;
    this.#status = options.training.status;
  }

  /** Like `spec.suspend: true`: workers save and stop, and nothing new is started. */
  suspend(): void {
    this.#isSuspended = true;
    this.#notify();
  }

  /** Ends every worker at once; what was not saved is lost. */
  kill(): void {
    this.#isSuspended = true;
    this.#isClosed = true;
    for (const job of this.#jobs.values()) job.kill();
    this.#notify();
  }

  /** Ends with nothing left: every worker is stopped, each with its time to save, and none is started any more. */
  async close(): Promise<void> {
    this.#isClosed = true;
    await Promise.all([...this.#jobs.values()].map((job) => job.close()));
  }

  /** Whether a worker had to be killed after it was asked to stop: what it did since its last checkpoint is lost. */
  get hasLostWork(): boolean {
    return this.#hasLostWork;
  }

  /** Resolves when a worker ended or something was asked, at the latest after `seconds`. */
  async change(seconds: number): Promise<void> {
    const changed = this.#changed;
    const timer = setTimeout(() => changed.resolve(null), seconds * 1000);
    await changed.promise;
    clearTimeout(timer);
    this.#changed = Promise.withResolvers<null>();
  }

  async getTraining(): Promise<ChexTraining> {
    const { training } = this.#options;
    const spec = this.#isSuspended ? { ...training.spec, suspend: true } : training.spec;
    return { ...training, spec, ...(this.#status === undefined ? {} : { status: this.#status }) };
  }

  /** Nobody refuses one here. */
  refusalOf(): null {
    return null;
  }

  /** None is removed before its end is seen. */
  removedPods(): readonly Pod[] {
    return [];
  }

  async children(): Promise<{ jobs: readonly Job[]; pods: readonly Pod[] }> {
    const jobs = [...this.#jobs.values()];
    return { jobs: jobs.map(({ job }) => job), pods: jobs.flatMap(({ pods }) => pods.map(({ pod }) => pod)) };
  }

  async getJob({ name }: JobKey): Promise<Job | null> {
    return this.#jobs.get(name)?.job ?? null;
  }

  /** Of a Job that is gone none is left: it goes after them. */
  async podsOf({ name }: JobKey): Promise<readonly Pod[]> {
    return this.#jobs.get(name)?.pods.map(({ pod }) => pod) ?? [];
  }

  /** This machine, which nobody else uses and no cloud has labelled. */
  async getNode(name: string): Promise<Node> {
    return { metadata: { name } };
  }

  /** It is of clusters. */
  async openCostPrices(): Promise<ReadonlyMap<string, string>> {
    return new Map();
  }

  /** There is no quota and no admission here. */
  async warnings(): Promise<readonly string[]> {
    return [];
  }

  async createJob({ metadata, ...rest }: Job): Promise<void> {
    const { name } = metadata;
    if (this.#isClosed || this.#jobs.has(name)) return;
    const { launch, backoff = localBackoff, now } = this.#options;
    const created = { ...rest, metadata: { ...metadata, uid: randomUUID(), creationTimestamp: new Date(now()).toISOString() } };
    const job = new LocalJob(created, {
      launch: (worker) => launch({ ...worker, number: ++this.#started }),
      onExit: (local, exit) => this.#onExit(local, exit),
      onChange: () => this.#onChange(name),
      backoff,
      now,
    });
    this.#jobs.set(name, job);
    job.advance();
  }

  async removeJob({ name, uid }: JobIdentity): Promise<void> {
    const present = this.#jobs.get(name);
    if (present?.job.metadata.uid === uid) present.remove();
  }

  async applyStatus(_training: ChexTraining, status: TrainingStatus): Promise<void> {
    await this.#options.saveStatus(status);
    this.#status = status;
  }

  async readProgress(pod: Pod): Promise<string | null> {
    for (const { pods } of this.#jobs.values()) {
      const found = pods.find((local) => local.pod.metadata.uid === pod.metadata.uid);
      if (found) return found.worker.askProgress();
    }
    return null;
  }

  async emit(_training: ChexTraining, event: ClusterEvent): Promise<void> {
    this.#options.onEvent(event);
  }

  /** Of each Job that failed, the worker that decided its end. */
  async failures(): Promise<WorkerFailure[]> {
    const failures = await Promise.all([...this.#jobs.values()].map(failureOf));
    return failures.filter((failure) => failure !== null);
  }

  /** What a worker warned of is told, once, before its Pod counts as ended. */
  async #onExit({ pod, worker }: LocalPod, { exitCode }: WorkerExit): Promise<void> {
    if (this.#isSuspended && exitCode === killedExit) this.#hasLostWork = true;
    for (const message of warningsIn(await worker.readLog())) {
      if (this.#warned.has(message)) continue;
      this.#warned.add(message);
      this.#options.onWarning(`${titleOfPod(pod)}: ${message}`);
    }
  }

  #onChange(name: string): void {
    if (this.#jobs.get(name)?.isGone) this.#jobs.delete(name);
    this.#notify();
  }

  #notify(): void {
    this.#changed.resolve(null);
  }
}
