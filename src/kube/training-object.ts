import type { ObjectMeta } from '../api/kubernetes.ts';
import { parseTraining } from '../api/parse.ts';
import type { TrainingStatus } from '../api/status.ts';
import type { ChexTraining } from '../api/training.ts';
import type { KubeObject } from './store.ts';

/** A ChexTraining as it travels, as far as we look at it. */
export interface TrainingObject extends KubeObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: Pick<ObjectMeta, 'namespace' | 'name' | 'resourceVersion' | 'deletionTimestamp'> & { readonly uid: string; readonly generation: number };
  readonly spec: unknown;
  readonly status?: TrainingStatus;
}

/** The cluster admitted what this operator does not understand: its CRD is or was of another version. No retry helps. */
export class InvalidTraining extends Error {
  override readonly name = 'InvalidTraining';
  /** As much of it as is understood. */
  readonly training: Pick<ChexTraining, 'metadata' | 'status'>;

  constructor(message: string, training: InvalidTraining['training']) {
    super(message);
    this.training = training;
  }
}

/** As the rest of the program holds it. Throws InvalidTraining with all faults. */
export function asTraining(object: TrainingObject): ChexTraining {
  const { namespace, name, uid, generation, resourceVersion, deletionTimestamp } = object.metadata;
  const known = {
    metadata: { namespace, name, uid, generation, ...(resourceVersion === undefined ? {} : { resourceVersion }), ...(deletionTimestamp === undefined ? {} : { deletionTimestamp }) },
    ...(object.status === undefined ? {} : { status: object.status }),
  };
  const found = parseTraining(object, 'cluster');
  if (found.ok) return { ...known, spec: found.training.spec };
  const faults = found.issues.map(({ path, message }) => `${path} ${message}`).join('; ');
  // The remedy first, since long messages are cut.
  throw new InvalidTraining(`Cannot understand ${namespace}/${name}. Correct it, or bring the CustomResourceDefinition and the operator to the same version: ${faults}`, known);
}
