/** The Pods of a cluster in memory: each ends as its script says, on a virtual clock. */
import assert from 'node:assert/strict';
import type { Job, Pod } from '../../src/api/kubernetes.ts';
import { completionIndexAnnotation, jobNameLabel } from '../../src/api/labels.ts';
import type { Observation } from '../../src/api/observations.ts';
import type { Progress } from '../../src/api/progress.ts';
import { indexOf } from '../../src/local/job-controller.ts';
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
  /** From this share on it moves no more, and does not end by itself. */
  readonly standsStillAt?: number;
  /** It answers nobody. */
  readonly isMute?: boolean;
  /** Seconds between its checkpoints; default: it saves none. */
  readonly savedEvery?: number;
  /** How long it takes to save and end once it is asked to; default 0. */
  readonly stopSeconds?: number;
}

/** How the `attempt`-th Pod (from 1) of a step ends. */
export type Script = (pod: { step: Step; name: Observation | Exclude<Step['stage'], 'autoencoders'>; index: number; attempt: number }) => PodScript;

interface FakePod {
  readonly pod: Pod;
  readonly step: Step;
  readonly script: PodScript;
  readonly startedAt: number;
  /** When it ends next, and how; Infinity: never by itself. */
  readonly endsAt: number;
  readonly end: Pick<PodScript, 'exitCode' | 'message'>;
  /** Its node does not answer: it cannot be stopped. */
  readonly isLost?: boolean;
}

const interrupted = { exitCode: 143, message: 'interrupted after saving' };

export class FakePods {
  readonly #now: () => number;
  readonly #script: Script;
  readonly #removed: { readonly pod: Pod; readonly at: number }[] = [];
  readonly #pods = new Map<string, FakePod>();
  readonly #attempts = new Map<string, number>();
  #uids = 0;

  constructor(script: Script, now: () => number) {
    this.#script = script;
    this.#now = now;
  }

  get all(): Pod[] {
    return [...this.#pods.values()].map(({ pod }) => pod);
  }

  /** Milliseconds since 1970; Infinity when nothing happens any more. */
  get nextEnd(): number {
    return Math.min(Infinity, ...this.#running().map(({ endsAt }) => endsAt));
  }

  of(job: Job): Pod[] {
    return this.all.filter((pod) => isOf(job, pod)).sort((left, right) => indexOf(left) - indexOf(right));
  }

  /** Throws when another Pod of the same step still writes. */
  start(job: Job, index: number): void {
    const step = stepOfJob(job);
    const name = step.stage === 'autoencoders' ? step.observation : step.stage;
    assert.ok(!this.#running().some((other) => nameOf(other.step) === name && indexOf(other.pod) === index), `two Pods of ${name} run`);
    const attempt = (this.#attempts.get(`${name}/${index}`) ?? 0) + 1;
    this.#attempts.set(`${name}/${index}`, attempt);
    const uid = `pod-${(this.#uids += 1)}`;
    const ownerReferences = [{ apiVersion: 'batch/v1', kind: 'Job', name: job.metadata.name, uid: job.metadata.uid ?? '', controller: true }];
    const pod: Pod = { metadata: { name: uid, namespace: 'default', uid, labels: { [jobNameLabel]: job.metadata.name }, annotations: { [completionIndexAnnotation]: String(index) }, ownerReferences }, spec: { nodeName: 'node-1' }, status: { phase: 'Running', startTime: this.#time() } };
    const script = this.#script({ step, name, index, attempt });
    this.#pods.set(uid, { pod, step, script, startedAt: this.#now(), endsAt: script.standsStillAt === undefined ? this.#now() + script.seconds * 1000 : Infinity, end: script });
  }

  /** Asks it to end; it takes its time. */
  stop(pod: Pod): void {
    const found = this.#pods.get(pod.metadata.uid ?? '');
    if (found === undefined || found.pod.metadata.deletionTimestamp !== undefined) return;
    const endsAt = this.#now() + (found.script.stopSeconds ?? 0) * 1000;
    this.#set({ ...found, ...(found.isLost || endsAt > found.endsAt ? {} : { endsAt, end: interrupted }), pod: { ...pod, metadata: { ...pod.metadata, deletionTimestamp: this.#time() } } });
    this.endDue();
  }

  /** Ends whatever is due. */
  endDue(): void {
    for (const found of this.#running()) if (found.endsAt <= this.#now()) this.#end(found);
  }

  /** Takes the node from a stage's running Pods: they are evicted. */
  disrupt(stage: string): void {
    for (const found of this.#running()) {
      if (found.step.stage !== stage || found.isLost) continue;
      const conditions = [{ type: 'DisruptionTarget', status: 'True', reason: 'EvictionByEvictionAPI' }];
      this.#end({ ...found, end: { exitCode: 143 }, pod: { ...found.pod, status: { ...found.pod.status, conditions } } });
    }
  }

  /** The node of a stage's running Pods is gone without a word: they neither move nor end. */
  lose(stage: string): void {
    for (const found of this.#running()) if (found.step.stage === stage) this.#set({ ...found, isLost: true, endsAt: Infinity });
  }

  /** As garbage collection does once somebody has said that the node is out of service. */
  removeLost(): void {
    for (const [uid, { isLost }] of this.#pods) if (isLost) this.#pods.delete(uid);
  }

  /** Garbage collection of those whose Job is gone: who still runs is asked to end, and gone when it has ended. */
  collect(jobs: Iterable<Job>): void {
    const owners = [...jobs];
    const orphans = () => this.all.filter((pod) => !owners.some((job) => isOf(job, pod)));
    for (const pod of orphans()) this.stop(pod);
    for (const pod of orphans()) {
      if (pod.status.phase === 'Running') continue;
      this.#pods.delete(pod.metadata.uid ?? '');
      this.#removed.push({ pod, at: this.#now() });
    }
  }

  /** Those that were collected within the last minute. */
  get removed(): Pod[] {
    return this.#removed.filter(({ at }) => at >= this.#now() - 60_000).map(({ pod }) => pod);
  }

  progressOf(pod: Pod): string | null {
    const found = this.#pods.get(pod.metadata.uid ?? '');
    if (found === undefined || found.isLost || found.script.isMute) return null;
    const { seconds, imagesPerSecond = 100, standsStillAt = 1 } = found.script;
    const passed = Math.min((this.#now() - found.startedAt) / 1000, standsStillAt * seconds);
    const ratio = Math.min(1, passed / seconds);
    // As a worker foresees its end: from a twentieth on.
    const left = ratio < 0.05 ? {} : { remainingSeconds: Math.max(0, seconds - passed) };
    const { savedEvery = Infinity } = found.script;
    const saved = passed < savedEvery ? {} : { savedAt: found.startedAt + Math.floor(passed / savedEvery) * savedEvery * 1000 };
    return JSON.stringify({ ratio, imagesPerSecond, ...left, ...saved, updatedAt: found.startedAt + passed * 1000 } satisfies Progress);
  }

  #running(): FakePod[] {
    return [...this.#pods.values()].filter(({ pod }) => pod.status.phase === 'Running');
  }

  #end({ end: { exitCode = 0, message }, ...found }: FakePod): void {
    const { pod } = found;
    const terminated = { exitCode, message: message ?? (exitCode === 0 ? JSON.stringify(aResult(found.step.stage)) : ''), finishedAt: this.#time() };
    const status: Pod['status'] = { ...pod.status, phase: exitCode === 0 ? 'Succeeded' : 'Failed', containerStatuses: [{ name: 'worker', state: { terminated } }] };
    this.#set({ ...found, end: {}, pod: { ...pod, status } });
  }

  #set(found: FakePod): void {
    this.#pods.set(found.pod.metadata.uid ?? '', found);
  }

  #time(): string {
    return new Date(this.#now()).toISOString();
  }
}

function isOf(job: Job, { metadata }: Pod): boolean {
  return metadata.ownerReferences?.[0]?.uid === job.metadata.uid;
}

function nameOf(step: Step): string {
  return step.stage === 'autoencoders' ? step.observation : step.stage;
}

/** The message of a Job to its worker: every Job of every scenario is held against the schema. */
export function stepOfJob(job: Job): Step {
  return stepSchema.parse(JSON.parse(job.spec.template.spec.containers[0]?.env.find(({ name }) => name === 'CHEX_STEP')?.value ?? ''));
}
