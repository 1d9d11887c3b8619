import type { TrainingObject } from '../../../src/kube/training-object.ts';
import { aTraining } from '../../builders.ts';
import type { DriveOptions } from '../../fakes/drive.ts';
import { drive } from '../../fakes/drive.ts';
import type { Script } from '../../fakes/fake-cluster.ts';
import { FakeCluster } from '../../fakes/fake-cluster.ts';

/** A training as the API server would give it, as far as `until` says. */
export async function trainingAsSeen(spec: Parameters<typeof aTraining>[0], { script, until }: { script?: Script; until?: NonNullable<DriveOptions['until']> } = {}): Promise<TrainingObject> {
  const cluster = new FakeCluster(aTraining(spec), script);
  await drive(cluster, until === undefined ? {} : { until, passSeconds: 10 });
  const { metadata, spec: parsed, status } = cluster.training;
  return { apiVersion: 'chex.dev/v1alpha1', kind: 'ChexTraining', metadata, spec: parsed, ...(status === undefined ? {} : { status }) } as TrainingObject;
}
