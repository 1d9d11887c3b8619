import type { TrainingSpec } from './schema.ts';
import type { TrainingStatus } from './status.ts';

/** A ChexTraining as the operator and `chex run` hold it: parsed, with every default. */
export interface ChexTraining {
  readonly metadata: {
    readonly namespace: string;
    readonly name: string;
    /** Identity of this object; one a local run where no cluster gives one. */
    readonly uid: string;
    readonly generation: number;
    readonly resourceVersion?: string;
    readonly deletionTimestamp?: string;
  };
  readonly spec: TrainingSpec;
  readonly status?: TrainingStatus;
}
