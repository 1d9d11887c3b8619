import type { Pod, SeenJob } from '../api/kubernetes.ts';
import type { Progress } from '../api/progress.ts';
import type { CountedPod, StepRecord } from '../api/status.ts';
import type { StepResult } from './result.ts';

type Shown = Pick<StepRecord, 'progress' | 'epoch' | 'epochs' | 'loss' | 'imagesPerSecond' | 'inputWaitRatio' | 'remainingSeconds' | 'message'>;

export interface Heard {
  readonly pods: readonly Pod[];
  /** Answers of running Pods, by Pod uid. */
  readonly answers: ReadonlyMap<string, Progress>;
  readonly record: StepRecord;
  /** The Pods with what is counted of each, and the seconds of all that ever worked. */
  readonly counted: readonly CountedPod[];
  readonly seconds: number;
}

/**
 * How far an active step is, from the answers of its running Pods. A Pod that does not answer, since a long batch keeps
 * it, is taken at its last word; a new one goes on from where the one before was, and at its speed, until it tells its own.
 */
export function progressOf(job: SeenJob, { pods, answers, record, counted, seconds }: Heard): Shown {
  const heard = pods.flatMap((pod) => answers.get(pod.metadata.uid ?? '') ?? []);
  if (job.spec.completionMode === 'Indexed') return progressOfIndexed(job, heard, seconds);
  const [answer] = heard;
  if (answer === undefined) return lastWord(record, counted);
  return {
    progress: answer.ratio,
    ...known({ epoch: answer.epoch, epochs: answer.epochs, loss: answer.loss, imagesPerSecond: answer.imagesPerSecond ?? record.imagesPerSecond, inputWaitRatio: answer.inputWaitRatio, remainingSeconds: answer.remainingSeconds, message: answer.message }),
  };
}

/** What a finished step shows. */
export function progressOfResult(result: StepResult): Shown {
  if (result.stage !== 'autoencoders' && result.stage !== 'combined') return { progress: 1 };
  const { loss, epochs } = result;
  const speed = result.stage === 'autoencoders' ? { imagesPerSecond: result.imagesPerSecond } : {};
  return { progress: 1, epoch: epochs, epochs, loss, ...speed };
}

/** From this share on, the time that the shards took so far tells how long the others take. */
const tellingShare = 0.05;

/** Shards that are done, and the parts of those being made. */
function progressOfIndexed({ spec, status }: SeenJob, heard: readonly Progress[], worked: number): Shown {
  const parts = heard.reduce((sum, { ratio }) => sum + ratio, 0);
  const progress = Math.min(1, ((status?.succeeded ?? 0) + parts) / Math.max(1, spec.completions));
  const speeds = heard.flatMap(({ imagesPerSecond }) => imagesPerSecond ?? []);
  return {
    progress,
    message: `${status?.succeeded ?? 0} of ${spec.completions} shards`,
    ...(speeds.length > 0 ? { imagesPerSecond: speeds.reduce((sum, speed) => sum + speed, 0) } : {}),
    ...(progress >= tellingShare ? { remainingSeconds: ((1 - progress) * worked) / progress / spec.parallelism } : {}),
  };
}

function lastWord({ progress, epoch, epochs, loss, imagesPerSecond, inputWaitRatio, remainingSeconds, pods = [] }: StepRecord, counted: readonly CountedPod[]): Shown {
  const isSame = counted.some(({ uid }) => pods.some((pod) => pod.uid === uid));
  return known({ progress, epoch, epochs, loss, imagesPerSecond, ...(isSame ? { inputWaitRatio, remainingSeconds } : {}) });
}

function known<T extends object>(values: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as { [K in keyof T]?: Exclude<T[K], undefined> };
}
