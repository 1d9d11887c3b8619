import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Pod, SeenJob } from '../../src/api/kubernetes.ts';
import { project } from '../../src/kube/project.ts';
import type { TrainingObject } from '../../src/kube/training-object.ts';
import { jobShape, podShape, trainingShape } from '../../src/kube/shapes.ts';
import { aTraining } from '../builders.ts';
import { drive, stateOf } from '../fakes/drive.ts';
import { FakeCluster } from '../fakes/fake-cluster.ts';

const noise = { managedFields: [{ manager: 'kubelet', fieldsV1: {} }], generateName: 'chest-' };

test('of a Pod what nobody reads is left out, also in its lists', () => {
  const pod: Pod = {
    metadata: { namespace: 'default', name: 'p', uid: 'u', labels: { 'chex.dev/stage': 'catalog' } },
    spec: { nodeName: 'node-1', containers: [{ resources: { requests: { cpu: '1' }, limits: { memory: '1Gi' } } }] },
    status: { phase: 'Failed', conditions: [{ type: 'DisruptionTarget', status: 'True', reason: 'Preempted' }], containerStatuses: [{ name: 'worker', state: { terminated: { exitCode: 1, message: 'last words' } } }] },
  };
  const [container] = pod.status.containerStatuses ?? [];
  const whole = {
    ...pod,
    metadata: { ...pod.metadata, ...noise },
    spec: { ...pod.spec, containers: [{ name: 'worker', ...pod.spec?.containers?.[0] }] },
    status: { ...pod.status, qosClass: 'Guaranteed', conditions: [{ ...pod.status.conditions?.[0], lastProbeTime: null }], containerStatuses: [{ ...container, imageID: 'sha256:0' }] },
  };
  assert.deepEqual(project<Pod>(whole as Pod, podShape), pod);
});

test('of a Pod that ended before its container began, the times that are null are not there', () => {
  const terminated = { exitCode: 137, reason: 'ContainerStatusUnknown', startedAt: null, finishedAt: null };
  const pod = { metadata: { namespace: 'default', name: 'p', uid: 'u' }, status: { phase: 'Failed', containerStatuses: [{ name: 'worker', state: { terminated } }] } };
  assert.deepEqual(project<Pod>(pod as unknown as Pod, podShape).status.containerStatuses?.[0]?.state, { terminated: { exitCode: 137, reason: 'ContainerStatusUnknown' } });
});

test('of a Job neither its Pods nor who wrote it is kept, and everything that is decided by', async () => {
  const cluster = new FakeCluster(aTraining({ observations: ['Edema'] }));
  await drive(cluster, { until: (status) => stateOf(status, 'Edema') === 'active' });
  for (const job of cluster.jobs) {
    const { apiVersion, kind, metadata, spec, status } = job;
    const { completionMode, completions, parallelism } = spec;
    const kept = project<SeenJob>({ ...job, metadata: { ...metadata, ...noise } as SeenJob['metadata'] }, jobShape);
    assert.deepEqual(kept, { apiVersion, kind, metadata, spec: { completionMode, completions, parallelism }, status });
  }
});

test('of a training everything is kept that was written by people or by us, but not what kubectl notes', () => {
  const { metadata, spec } = aTraining({});
  const training = { apiVersion: 'chex.dev/v1alpha1', kind: 'ChexTraining', metadata, spec };
  const annotations = { 'kubectl.kubernetes.io/last-applied-configuration': '{}' };
  const kept = project<TrainingObject>({ ...training, metadata: { ...metadata, ...noise, annotations } as TrainingObject['metadata'] }, trainingShape);
  assert.deepEqual(kept, training);
});
