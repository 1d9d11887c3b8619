import type { Job, Pod } from '../api/kubernetes.ts';
import type { Progress } from '../api/progress.ts';
import type { StepRecord } from '../api/status.ts';
import type { StepResult } from './result.ts';

type Shown = Pick<StepRecord, 'progress' | 'epoch' | 'epochs' | 'loss' | 'imagesPerSecond' | 'remainingSeconds' | 'message'>;

/**
 * How far an active step is, from the answers of its running Pods. What is not answered keeps its last value where
 * that stays true (epoch, loss) and becomes unknown where it does not (speed).
 */
export function progressOf(job: Job, { pods, answers, record }: { pods: readonly Pod[]; answers: ReadonlyMap<string, Progress>; record: StepRecord }): Shown {
  const heard = pods.flatMap((pod) => answers.get(pod.metadata.uid ?? '') ?? []);
  if (job.spec.completionMode === 'Indexed') return progressOfIndexed(job, heard);
  const [answer] = heard;
  if (answer === undefined) return kept(record);
  return {
    progress: answer.ratio,
    ...known({ epoch: answer.epoch, epochs: answer.epochs, loss: answer.loss, imagesPerSecond: answer.imagesPerSecond, remainingSeconds: answer.remainingSeconds }),
    ...(answer.message === undefined ? {} : { message: answer.message }),
  };
}

/** What a finished step shows. */
export function progressOfResult(result: StepResult): Shown {
  if (result.stage !== 'autoencoders' && result.stage !== 'combined') return { progress: 1 };
  const { loss, epochs } = result;
  const speed = result.stage === 'autoencoders' ? { imagesPerSecond: result.imagesPerSecond } : {};
  return { progress: 1, epoch: epochs, epochs, loss, ...speed };
}

/** Shards that are done, and the parts of those being made. */
function progressOfIndexed({ spec, status }: Job, heard: readonly Progress[]): Shown {
  const parts = heard.reduce((sum, { ratio }) => sum + ratio, 0);
  const progress = Math.min(1, ((status?.succeeded ?? 0) + parts) / Math.max(1, spec.completions));
  const speeds = heard.flatMap(({ imagesPerSecond }) => imagesPerSecond ?? []);
  return {
    progress,
    message: `${status?.succeeded ?? 0} of ${spec.completions} shards`,
    ...(speeds.length > 0 ? { imagesPerSecond: speeds.reduce((sum, speed) => sum + speed, 0) } : {}),
  };
}

function kept({ progress, epoch, epochs, loss }: StepRecord): Shown {
  return known({ progress, epoch, epochs, loss });
}

function known<T extends object>(values: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as { [K in keyof T]?: Exclude<T[K], undefined> };
}
