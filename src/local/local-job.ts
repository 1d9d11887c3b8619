import type { Job, Pod } from '../api/kubernetes.ts';
import type { Backoff } from './job-controller.ts';
import { jobController } from './job-controller.ts';
import { endedPod, startedPod } from './local-pod.ts';
import type { WorkerExit, WorkerProcess } from './worker-process.ts';

/** A Pod and the child process that it is. */
export interface LocalPod {
  readonly pod: Pod;
  readonly worker: WorkerProcess;
}

export interface LocalJobOptions {
  /** Starts the worker of a Pod. */
  readonly launch: (worker: { name: string; args: readonly string[]; env: Readonly<Record<string, string>> }) => WorkerProcess;
  /** A worker ended; its Pod runs until this resolves. */
  readonly onExit: (local: LocalPod, exit: WorkerExit) => Promise<void>;
  readonly onChange: () => void;
  readonly backoff: Backoff;
  readonly now: () => number;
}

/** A Job on one machine: its controller turns whenever one of its child processes ended. */
export class LocalJob {
  readonly #options: LocalJobOptions;
  #job: Job;
  /** By uid. */
  readonly #pods = new Map<string, LocalPod>();
  #retry: NodeJS.Timeout | undefined;
  /** Nothing is started any more. */
  #isClosed = false;

  constructor(job: Job, options: LocalJobOptions) {
    this.#job = job;
    this.#options = options;
  }

  get job(): Job {
    return this.#job;
  }

  get pods(): readonly LocalPod[] {
    return [...this.#pods.values()];
  }

  /** It was removed, and no worker of it is left. */
  get isGone(): boolean {
    return this.#job.metadata.deletionTimestamp !== undefined && this.pods.every(({ pod }) => pod.status.phase !== 'Running');
  }

  /** One turn of the controller: the status of the Job, the Pods to start and to stop. */
  advance(): void {
    const { now, backoff } = this.#options;
    const { status, start, stop, retryAt } = jobController(this.#job, this.pods.map(({ pod }) => pod), { now: now(), backoff });
    this.#job = { ...this.#job, status };
    for (const { metadata } of stop) this.#stop(this.#pods.get(metadata.uid ?? ''));
    if (!this.#isClosed) for (const index of start) this.#start(index);
    clearTimeout(this.#retry);
    if (retryAt !== null && !this.#isClosed) this.#retry = setTimeout(() => this.advance(), retryAt - now());
    this.#options.onChange();
  }

  /** Stops its workers; it is gone when they are. */
  remove(): void {
    this.#job = { ...this.#job, metadata: { ...this.#job.metadata, deletionTimestamp: this.#time() } };
    this.advance();
  }

  /** Ends every worker at once; none is started any more. */
  kill(): void {
    this.#isClosed = true;
    for (const { worker } of this.pods) worker.kill();
  }

  /** Ends with no worker left, each with its time to save, and starts none any more. */
  async close(): Promise<void> {
    this.#isClosed = true;
    clearTimeout(this.#retry);
    for (const local of this.pods) if (local.pod.status.phase === 'Running') this.#stop(local);
    await Promise.all(this.pods.map(({ worker }) => worker.exited));
  }

  #start(index: number): void {
    const { launch, onExit } = this.#options;
    const [container] = this.#job.spec.template.spec.containers;
    if (container === undefined) return;
    const isIndexed = this.#job.spec.completionMode === 'Indexed';
    const pod = startedPod(this.#job, { index: isIndexed ? index : null, now: this.#time() });
    const env = { ...Object.fromEntries(container.env.flatMap(({ name, value }) => (value === undefined ? [] : [[name, value]]))), ...(isIndexed ? { JOB_COMPLETION_INDEX: String(index) } : {}) };
    const worker = launch({ name: pod.metadata.name, args: container.args, env });
    this.#keep({ pod, worker });
    void worker.exited.then(async (exit) => {
      await onExit({ pod, worker }, exit);
      this.#keep({ pod: endedPod(pod, exit, this.#time()), worker });
      this.advance();
    });
  }

  /** SIGTERM, and SIGKILL when the grace of the Pod is over. */
  #stop(local: LocalPod | undefined): void {
    if (local === undefined || local.pod.metadata.deletionTimestamp !== undefined) return;
    const { pod, worker } = local;
    this.#keep({ pod: { ...pod, metadata: { ...pod.metadata, deletionTimestamp: this.#time() } }, worker });
    worker.stop();
    const timer = setTimeout(() => worker.kill(), this.#job.spec.template.spec.terminationGracePeriodSeconds * 1000);
    void worker.exited.then(() => clearTimeout(timer));
  }

  #keep(local: LocalPod): void {
    this.#pods.set(local.pod.metadata.uid ?? '', local);
  }

  #time(): string {
    return new Date(this.#options.now()).toISOString();
  }
}
