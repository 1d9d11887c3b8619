import type { ObjectMeta } from '../api/kubernetes.ts';
import { parseTraining } from '../api/parse.ts';
import type { TrainingStatus } from '../api/status.ts';
import type { ChexTraining } from '../api/training.ts';
import type { KubeObject } from './store.ts';

/** A ChexTraining as it travels. */
export interface TrainingObject extends KubeObject {
  readonly metadata: ObjectMeta & { readonly uid: string; readonly generation: number };
  readonly spec: unknown;
  readonly status?: TrainingStatus;
}

/** The cluster admitted what this operator does not understand: its CRD is of another version. No retry helps. */
export class InvalidTraining extends Error {
  override readonly name = 'InvalidTraining';
}

/** As the rest of the program holds it. Throws InvalidTraining with all faults. */
export function asTraining(object: TrainingObject): ChexTraining {
  const { namespace, name, uid, generation, resourceVersion, deletionTimestamp } = object.metadata;
  const found = parseTraining(object, 'cluster');
  if (!found.ok) {
    const faults = found.issues.map(({ path, message }) => `${path} ${message}`).join('; ');
    throw new InvalidTraining(`Cannot understand ${namespace}/${name}: ${faults}. Bring the CustomResourceDefinition and the operator to the same version, or correct the training.`);
  }
  return {
    metadata: { namespace, name, uid, generation, ...(resourceVersion === undefined ? {} : { resourceVersion }), ...(deletionTimestamp === undefined ? {} : { deletionTimestamp }) },
    spec: found.training.spec,
    ...(object.status === undefined ? {} : { status: object.status }),
  };
}
