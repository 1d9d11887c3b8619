/** A cluster in memory with a virtual clock: Pods end as a script says, Jobs follow the rules of the Job controller. */
import assert from 'node:assert/strict';
import type { Job, Pod } from '../../src/api/kubernetes.ts';
import { completionIndexAnnotation } from '../../src/api/labels.ts';
import type { Observation } from '../../src/api/observations.ts';
import type { Progress } from '../../src/api/progress.ts';
import type { TrainingStatus } from '../../src/api/status.ts';
import type { ChexTraining } from '../../src/api/training.ts';
import type { Cluster, ClusterEvent, JobIdentity, JobKey } from '../../src/kube/cluster.ts';
import { clusterBackoff, indexOf, jobController } from '../../src/local/job-controller.ts';
import { isFinished } from '../../src/plan/step-state.ts';
import type { Step } from '../../src/plan/step.ts';
import { stepSchema } from '../../src/plan/step.ts';
import { aResult } from '../results.ts';

export interface PodScript {
  readonly seconds: number;
  /** Films a second that it tells; default 100. */
  readonly imagesPerSecond?: number;
  /** Default 0. */
  readonly exitCode?: number;
  /** Termination message; a result where the exit code is 0. */
  readonly message?: string;
}

/** How the `attempt`-th Pod (from 1) of a step ends. */
export type Script = (pod: { step: Step; name: Observation | Exclude<Step['stage'], 'autoencoders'>; index: number; attempt: number }) => PodScript;

export class FakeCluster implements Cluster {
  now = Date.parse('2026-01-01T00:00:00Z');
  training: ChexTraining;
  readonly events: ClusterEvent[] = [];
  writes = 0;
  refusal: string | null = null;
  readonly #script: Script;
  readonly #jobs = new Map<string, Job>();
  readonly #pods = new Map<string, { pod: Pod; script: PodScript; startedAt: number }>();
  readonly #attempts = new Map<string, number>();
  #uids = 0;

  constructor(training: ChexTraining, script: Script = () => ({ seconds: 60 })) {
    this.training = training;
    this.#script = script;
  }

  get jobs(): Job[] {
    return [...this.#jobs.values()];
  }
  get running(): Job[] {
    return this.jobs.filter((job) => !isFinished(job));
  }

  async getTraining(): Promise<ChexTraining | null> {
    return this.training;
  }
  async children() {
    return { jobs: this.jobs, pods: [...this.#pods.values()].map(({ pod }) => pod) };
  }
  async getJob({ name }: JobKey): Promise<Job | null> {
    return this.#jobs.get(name) ?? null;
  }
  async warnings(): Promise<readonly string[]> {
    return this.refusal === null ? [] : [this.refusal];
  }
  async createJob(job: Job): Promise<void> {
    if (this.#jobs.has(job.metadata.name)) return;
    this.writes += 1;
    this.#jobs.set(job.metadata.name, { ...job, metadata: { ...job.metadata, uid: `job-${(this.#uids += 1)}`, creationTimestamp: this.#time() } });
    this.#settle();
  }
  async removeJob({ name, uid }: JobIdentity): Promise<void> {
    const job = this.#jobs.get(name);
    if (job?.metadata.uid !== uid) return;
    this.writes += 1;
    this.#jobs.set(name, { ...job, metadata: { ...job.metadata, deletionTimestamp: this.#time() } });
    this.#settle();
  }
  async applyStatus(_training: ChexTraining, status: TrainingStatus): Promise<void> {
    this.writes += 1;
    this.training = { ...this.training, status };
  }
  async readProgress(pod: Pod): Promise<string | null> {
    const found = this.#pods.get(pod.metadata.uid ?? '');
    if (!found) return null;
    const { seconds, imagesPerSecond = 100 } = found.script;
    const passed = (this.now - found.startedAt) / 1000;
    const ratio = Math.min(1, passed / seconds);
    // As a worker foresees its end: from a twentieth on.
    const left = ratio < 0.05 ? {} : { remainingSeconds: Math.max(0, seconds - passed) };
    return JSON.stringify({ ratio, imagesPerSecond, ...left, updatedAt: this.now } satisfies Progress);
  }
  async emit(_training: ChexTraining, event: ClusterEvent): Promise<void> {
    this.events.push(event);
  }

  /** Moves the clock to the next thing that happens, at most so far; Pods end as their script says. */
  advance(seconds: number): void {
    const ends = [...this.#pods.values()].filter(({ pod }) => pod.status.phase === 'Running').map(({ startedAt, script }) => startedAt + script.seconds * 1000);
    this.now = Math.max(this.now, Math.min(this.now + seconds * 1000, ...ends));
    for (const { pod, startedAt, script } of this.#pods.values()) if (pod.status.phase === 'Running' && startedAt + script.seconds * 1000 <= this.now) this.#end(pod, script);
    this.#settle();
  }

  /** Removes a Job at once with its Pods, as somebody with a heavy hand does. */
  vanish(name: string): void {
    const job = this.#jobs.get(name);
    this.#jobs.delete(name);
    for (const [uid, { pod }] of this.#pods) if (pod.metadata.ownerReferences?.[0]?.uid === job?.metadata.uid) this.#pods.delete(uid);
  }

  /** Takes the node from a step's running Pods: they are disrupted, not failed. */
  disrupt(stage: string): void {
    for (const { pod } of this.#pods.values()) {
      if (pod.status.phase !== 'Running' || this.#stepOf(pod).stage !== stage) continue;
      this.#end({ ...pod, status: { ...pod.status, conditions: [{ type: 'DisruptionTarget', status: 'True' }] } }, { seconds: 0, exitCode: 143 });
    }
    this.#settle();
  }

  #settle(): void {
    for (const [name, job] of this.#jobs) {
      const { status, start, stop } = jobController(job, this.#podsOf(job), { now: this.now, backoff: clusterBackoff });
      this.#jobs.set(name, { ...job, status });
      for (const index of start) if (this.refusal === null) this.#start(job, index);
      for (const pod of stop) this.#end(pod, { seconds: 0, exitCode: 143, message: 'interrupted after saving' });
      if (job.metadata.deletionTimestamp !== undefined) this.vanish(name);
    }
  }

  #start(job: Job, index: number): void {
    const uid = `pod-${(this.#uids += 1)}`;
    const metadata = { name: uid, namespace: 'default', uid, annotations: { [completionIndexAnnotation]: String(index) }, ownerReferences: [{ apiVersion: 'batch/v1', kind: 'Job', name: job.metadata.name, uid: job.metadata.uid ?? '' }] };
    const pod: Pod = { metadata, status: { phase: 'Running', startTime: this.#time() } };
    const step = stepOfJob(job);
    const name = step.stage === 'autoencoders' ? step.observation : step.stage;
    const attempt = (this.#attempts.get(`${name}/${index}`) ?? 0) + 1;
    this.#attempts.set(`${name}/${index}`, attempt);
    this.#pods.set(uid, { pod, script: this.#script({ step, name, index, attempt }), startedAt: this.now });
  }

  #end(pod: Pod, { exitCode = 0, message }: PodScript): void {
    const found = this.#pods.get(pod.metadata.uid ?? '');
    assert.ok(found);
    const terminated = { exitCode, message: message ?? (exitCode === 0 ? JSON.stringify(aResult(this.#stepOf(pod).stage)) : ''), finishedAt: this.#time() };
    this.#pods.set(pod.metadata.uid ?? '', { ...found, pod: { ...pod, status: { ...pod.status, phase: exitCode === 0 ? 'Succeeded' : 'Failed', containerStatuses: [{ name: 'worker', state: { terminated } }] } } });
  }

  #podsOf(job: Job): Pod[] {
    return [...this.#pods.values()].map(({ pod }) => pod).filter(({ metadata }) => metadata.ownerReferences?.[0]?.uid === job.metadata.uid).sort((left, right) => indexOf(left) - indexOf(right));
  }
  #stepOf(pod: Pod): Step {
    const job = this.#jobs.get(pod.metadata.ownerReferences?.[0]?.name ?? '');
    assert.ok(job);
    return stepOfJob(job);
  }
  #time(): string {
    return new Date(this.now).toISOString();
  }
}

/** The message of a Job to its worker: every Job of every scenario is held against the schema. */
export function stepOfJob(job: Job): Step {
  return stepSchema.parse(JSON.parse(job.spec.template.spec.containers[0]?.env.find(({ name }) => name === 'CHEX_STEP')?.value ?? ''));
}
