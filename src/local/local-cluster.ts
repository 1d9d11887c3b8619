import { randomUUID } from 'node:crypto';
import type { Job, Pod } from '../api/kubernetes.ts';
import type { TrainingStatus } from '../api/status.ts';
import type { ChexTraining } from '../api/training.ts';
import type { Cluster, ClusterEvent, JobIdentity, JobKey } from '../kube/cluster.ts';
import { decisivePod, terminationOf } from '../plan/pod-result.ts';
import type { Backoff } from './job-controller.ts';
import { jobController } from './job-controller.ts';
import { endedPod, startedPod } from './local-pod.ts';
import { titleOfPod, warningsIn } from './worker-warnings.ts';
import type { WorkerProcess } from './worker-process.ts';

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

/** A worker that failed, with all that it said. */
export interface WorkerFailure {
  /** Name of its Pod. */
  readonly pod: string;
  /** Of its step: `Pleural Effusion`. */
  readonly title: string;
  /** Its last words, whole. */
  readonly message: string;
  /** The end of its log. */
  readonly log: string;
}

interface LocalPod {
  readonly pod: Pod;
  readonly worker: WorkerProcess;
}

interface LocalJob {
  readonly job: Job;
  readonly pods: ReadonlyMap<string, LocalPod>;
}

/** The cluster of one training on one machine: a Job is a controller in this process, a Pod is a child process. */
export class LocalCluster implements Cluster {
  readonly #options: LocalClusterOptions;
  readonly #jobs = new Map<string, LocalJob>();
  readonly #timers = new Set<NodeJS.Timeout>();
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
    for (const { pods } of this.#jobs.values()) for (const { worker } of pods.values()) worker.kill();
    this.#notify();
  }

  /** Ends with nothing left: every worker is stopped, each with its time to save, and none is started any more. */
  async close(): Promise<void> {
    this.#isClosed = true;
    for (const timer of this.#timers) clearTimeout(timer);
    for (const [name, { job, pods }] of this.#jobs) for (const local of pods.values()) if (local.pod.status.phase === 'Running') this.#stop({ job, name }, local);
    await Promise.all([...this.#jobs.values()].flatMap(({ pods }) => [...pods.values()].map(({ worker }) => worker.exited)));
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

  async children(): Promise<{ jobs: readonly Job[]; pods: readonly Pod[] }> {
    const jobs = [...this.#jobs.values()];
    return { jobs: jobs.map(({ job }) => job), pods: jobs.flatMap(({ pods }) => [...pods.values()].map(({ pod }) => pod)) };
  }

  async getJob({ name }: JobKey): Promise<Job | null> {
    return this.#jobs.get(name)?.job ?? null;
  }

  /** There is no quota and no admission here. */
  async warnings(): Promise<readonly string[]> {
    return [];
  }

  async createJob(job: Job): Promise<void> {
    if (this.#jobs.has(job.metadata.name)) return;
    const metadata = { ...job.metadata, uid: randomUUID(), creationTimestamp: this.#time() };
    this.#jobs.set(job.metadata.name, { job: { ...job, metadata }, pods: new Map() });
    this.#advance(job.metadata.name);
  }

  async removeJob({ name, uid }: JobIdentity): Promise<void> {
    const present = this.#jobs.get(name);
    if (present?.job.metadata.uid !== uid) return;
    const metadata = { ...present.job.metadata, deletionTimestamp: this.#time() };
    this.#jobs.set(name, { ...present, job: { ...present.job, metadata } });
    this.#advance(name);
  }

  async applyStatus(_training: ChexTraining, status: TrainingStatus): Promise<void> {
    await this.#options.saveStatus(status);
    this.#status = status;
  }

  async readProgress(pod: Pod): Promise<string | null> {
    for (const { pods } of this.#jobs.values()) {
      const found = pods.get(pod.metadata.uid ?? '');
      if (found) return found.worker.askProgress();
    }
    return null;
  }

  async emit(_training: ChexTraining, event: ClusterEvent): Promise<void> {
    this.#options.onEvent(event);
  }

  /** Of each Job that failed, the worker that decided its end. */
  async failures(): Promise<WorkerFailure[]> {
    const failedJobs = [...this.#jobs.values()].filter(({ job }) => job.status?.conditions?.some(({ type }) => type === 'Failed'));
    const workers = failedJobs.flatMap(({ pods }) => {
      const pod = decisivePod([...pods.values()].map((local) => local.pod));
      return pods.get(pod?.metadata.uid ?? '') ?? [];
    });
    return Promise.all(workers.map(async ({ pod, worker }) => ({ pod: pod.metadata.name, title: titleOfPod(pod), message: terminationOf(pod)?.message?.trim() ?? '', log: await worker.readLog() })));
  }

  /** One turn of the Job's controller: its status, the Pods to start and to stop. */
  #advance(name: string): void {
    const present = this.#jobs.get(name);
    if (present === undefined) return;
    const pods = [...present.pods.values()].map(({ pod }) => pod);
    const { status, start, stop, retryAt } = jobController(present.job, pods, { now: this.#options.now(), backoff: this.#options.backoff ?? localBackoff });
    const job = { ...present.job, status };
    this.#jobs.set(name, { job, pods: present.pods });
    for (const pod of stop) this.#stop({ job, name }, present.pods.get(pod.metadata.uid ?? ''));
    if (!this.#isClosed) for (const index of start) this.#start(name, index);
    if (retryAt !== null && !this.#isClosed) this.#later(name, retryAt - this.#options.now());
    const isGone = job.metadata.deletionTimestamp !== undefined && pods.every(({ status: { phase } }) => phase !== 'Running');
    if (isGone) this.#jobs.delete(name);
    this.#notify();
  }

  #start(name: string, index: number): void {
    const present = this.#jobs.get(name);
    const container = present?.job.spec.template.spec.containers[0];
    if (present === undefined || container === undefined) return;
    const { job } = present;
    const isIndexed = job.spec.completionMode === 'Indexed';
    const pod = startedPod(job, { index: isIndexed ? index : null, now: this.#time() });
    const env = { ...Object.fromEntries(container.env.flatMap(({ name: key, value }) => (value === undefined ? [] : [[key, value]]))), ...(isIndexed ? { JOB_COMPLETION_INDEX: String(index) } : {}) };
    const worker = this.#options.launch({ name: pod.metadata.name, number: ++this.#started, args: container.args, env });
    this.#setPod(name, { pod, worker });
    void worker.exited.then(async (exit) => {
      if (this.#isSuspended && exit.exitCode === killedExit) this.#hasLostWork = true;
      await this.#passWarnings(pod, worker);
      this.#setPod(name, { pod: endedPod(pod, exit, this.#time()), worker });
      this.#advance(name);
    });
  }

  async #passWarnings(pod: Pod, worker: WorkerProcess): Promise<void> {
    for (const message of warningsIn(await worker.readLog())) {
      if (this.#warned.has(message)) continue;
      this.#warned.add(message);
      this.#options.onWarning(`${titleOfPod(pod)}: ${message}`);
    }
  }

  /** SIGTERM, and SIGKILL when the grace of the Pod is over. */
  #stop({ job, name }: { job: Job; name: string }, found: LocalPod | undefined): void {
    if (found === undefined || found.pod.metadata.deletionTimestamp !== undefined) return;
    const pod = { ...found.pod, metadata: { ...found.pod.metadata, deletionTimestamp: this.#time() } };
    this.#setPod(name, { ...found, pod });
    found.worker.stop();
    const timer = setTimeout(() => found.worker.kill(), job.spec.template.spec.terminationGracePeriodSeconds * 1000);
    void found.worker.exited.then(() => clearTimeout(timer));
  }

  #setPod(name: string, local: LocalPod): void {
    const present = this.#jobs.get(name);
    if (present) this.#jobs.set(name, { ...present, pods: new Map([...present.pods, [local.pod.metadata.uid ?? '', local]]) });
  }

  #later(name: string, milliseconds: number): void {
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      this.#advance(name);
    }, milliseconds);
    this.#timers.add(timer);
  }

  #notify(): void {
    this.#changed.resolve(null);
  }

  #time(): string {
    return new Date(this.#options.now()).toISOString();
  }
}
