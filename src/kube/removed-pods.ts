import type { Pod } from '../api/kubernetes.ts';
import { chexLabels } from '../api/labels.ts';
import type { Clock } from './clock.ts';
import type { TrainingKey } from './cluster.ts';

const keptMilliseconds = 60_000;

/**
 * Pods in the last form that the cluster gave them, for a minute after they were removed: a Job that is removed takes
 * its Pods with it as soon as they have ended, mostly before anybody has looked at how. One that was removed by force
 * never ended, and is not kept.
 */
export class RemovedPods {
  readonly #clock: Clock;
  /** Of each training, the longest gone first. */
  readonly #pods = new Map<string, { readonly pod: Pod; readonly at: number }[]>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  note(pod: Pod): void {
    const name = pod.metadata.labels?.[chexLabels.training];
    if (name === undefined || pod.status.containerStatuses?.[0]?.state?.terminated === undefined) return;
    const key = textOf({ namespace: pod.metadata.namespace, name });
    this.#pods.set(key, [...(this.#pods.get(key) ?? []), { pod, at: this.#clock.now() }]);
    this.#forget();
  }

  of(training: TrainingKey): readonly Pod[] {
    this.#forget();
    return (this.#pods.get(textOf(training)) ?? []).map(({ pod }) => pod);
  }

  #forget(): void {
    const oldest = this.#clock.now() - keptMilliseconds;
    for (const [key, entries] of this.#pods) {
      const left = entries.filter(({ at }) => at >= oldest);
      if (left.length === 0) this.#pods.delete(key);
      else if (left.length < entries.length) this.#pods.set(key, left);
    }
  }
}

function textOf({ namespace, name }: TrainingKey): string {
  return `${namespace}/${name}`;
}
