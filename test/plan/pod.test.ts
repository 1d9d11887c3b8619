import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Job } from '../../src/api/kubernetes.ts';
import { doNotDisruptAnnotation, queueNameLabel } from '../../src/api/labels.ts';
import type { TrainingSpecInput } from '../../src/api/schema.ts';
import { aTraining, someSettings } from '../builders.ts';
import { drive } from '../fakes/drive.ts';
import { FakeCluster, stepOfJob } from '../fakes/fake-cluster.ts';

const onCpu = { resources: { gpu: 0 } };
const specs: readonly { name: string; spec: Partial<TrainingSpecInput> }[] = [
  { name: 'the defaults', spec: {} },
  { name: 'the CPU', spec: { autoencoders: onCpu, combined: { backbone: 'Small', ...onCpu } } },
  { name: 'everything that a Pod takes over', spec: {
    storage: { secretName: 's3', serviceAccountName: 'chest' },
    queueName: 'gpus',
    preprocess: { size: 1024, augment: 'Materialise' },
    autoencoders: { scheduling: { nodeSelector: { zone: 'a' }, tolerations: [{ key: 'spot', operator: 'Exists' }], priorityClassName: 'low', runtimeClassName: 'nvidia' } },
  } },
];

async function jobsOf(spec: Partial<TrainingSpecInput>, settings = someSettings()): Promise<Job[]> {
  const cluster = new FakeCluster(aTraining({ ...spec, observations: ['Edema', 'Fracture'] }));
  await drive(cluster, { settings });
  assert.equal(cluster.jobs.length, 5);
  return cluster.jobs;
}

const ofStage = (jobs: readonly Job[], stage: string) => jobs.find((job) => stepOfJob(job).stage === stage)?.spec.template;

/** The rules of Pod Security `restricted`, and our own beside them. */
function demandRestricted({ spec: { template: { spec: pod } } }: Job): void {
  assert.deepEqual([pod.securityContext.runAsNonRoot, pod.securityContext.seccompProfile.type], [true, 'RuntimeDefault']);
  assert.ok(pod.securityContext.runAsUser > 0 && pod.securityContext.runAsGroup > 0);
  assert.deepEqual([pod.automountServiceAccountToken, pod.enableServiceLinks, pod.restartPolicy], [false, false, 'Never']);
  for (const { securityContext } of pod.containers) assert.deepEqual(securityContext, { allowPrivilegeEscalation: false, readOnlyRootFilesystem: true, capabilities: { drop: ['ALL'] } });
  for (const volume of pod.volumes) assert.ok('emptyDir' in volume && /^[1-9]\d*Gi$/.test(volume.emptyDir.sizeLimit));
  assert.deepEqual(pod.containers.flatMap(({ volumeMounts }) => volumeMounts.map(({ mountPath }) => mountPath)), ['/tmp']);
  assert.deepEqual(Object.keys(pod).filter((key) => key.startsWith('host')), []);
}

for (const { name, spec } of specs) {
  test(`renderJob() makes Pods that the restricted level admits, for ${name}`, async () => {
    for (const job of await jobsOf(spec)) demandRestricted(job);
  });
}

test('renderJob() puts GPU Pods on GPU nodes, and keeps them there; others ask for none', async () => {
  const jobs = await jobsOf({ autoencoders: { scheduling: { tolerations: [{ key: 'spot', operator: 'Exists' }] } }, combined: { backbone: 'Small', ...onCpu } });
  const [gpu, cpu] = [ofStage(jobs, 'autoencoders'), ofStage(jobs, 'combined')];
  assert.deepEqual(gpu?.metadata.annotations, { [doNotDisruptAnnotation]: 'true' });
  assert.deepEqual(gpu?.spec.tolerations, [{ key: 'nvidia.com/gpu', operator: 'Exists', effect: 'NoSchedule' }, { key: 'spot', operator: 'Exists' }]);
  assert.deepEqual(gpu?.spec.containers[0]?.resources.limits, { memory: '16Gi', 'nvidia.com/gpu': '1' });
  assert.deepEqual([cpu?.metadata.annotations, cpu?.spec.tolerations, cpu?.spec.containers[0]?.resources.limits], [undefined, undefined, { memory: '16Gi' }]);
});

test('renderJob() names the four keys of the Secret, the last two as optional, and never its content', async () => {
  const [job] = await jobsOf({ storage: { secretName: 's3' } });
  assert.deepEqual(job?.spec.template.spec.containers[0]?.env.slice(3), [
    { name: 'AWS_ACCESS_KEY_ID', valueFrom: { secretKeyRef: { name: 's3', key: 'AWS_ACCESS_KEY_ID' } } },
    { name: 'AWS_SECRET_ACCESS_KEY', valueFrom: { secretKeyRef: { name: 's3', key: 'AWS_SECRET_ACCESS_KEY' } } },
    { name: 'AWS_SESSION_TOKEN', valueFrom: { secretKeyRef: { name: 's3', key: 'AWS_SESSION_TOKEN', optional: true } } },
    { name: 'AWS_CA_BUNDLE', valueFrom: { secretKeyRef: { name: 's3', key: 'AWS_CA_BUNDLE', optional: true } } },
  ]);
});

test('renderJob() says where the worker answers, and passes on what the operator puts on every Pod', async () => {
  const [job] = await jobsOf({}, someSettings({ pods: { imagePullSecrets: ['registry'], environment: { NO_PROXY: '.svc' } } }));
  const [worker] = job?.spec.template.spec.containers ?? [];
  assert.deepEqual(worker?.ports, [{ name: 'progress', containerPort: 8080 }]);
  assert.deepEqual(worker?.env.slice(1), [{ name: 'CHEX_PROGRESS', value: '8080' }, { name: 'CHEX_SCRATCH_BYTES', value: String(2 ** 30) }, { name: 'NO_PROXY', value: '.svc' }]);
  assert.deepEqual(job?.spec.template.spec.imagePullSecrets, [{ name: 'registry' }]);
});

test('renderJob() tells a worker how much its /tmp may take before the Pod is evicted', async () => {
  for (const { spec: { template } } of await jobsOf({ preprocess: { size: 598 } })) {
    const { containers, volumes } = template.spec;
    const bytes = Number(containers[0]?.env.find(({ name }) => name === 'CHEX_SCRATCH_BYTES')?.value);
    assert.deepEqual(volumes, [{ name: 'tmp', emptyDir: { sizeLimit: `${bytes / 2 ** 30}Gi` } }]);
  }
});

test('renderJob() leaves it to Kueue whether a Job of a queue is suspended', async () => {
  for (const { metadata, spec } of await jobsOf({ queueName: 'gpus' })) {
    assert.equal(metadata.labels?.[queueNameLabel], 'gpus');
    assert.equal('suspend' in spec, false);
  }
});

test('planTraining() gives a worker as many threads as its Pod asks for CPUs, where nobody says otherwise', async () => {
  const jobs = await jobsOf({ autoencoders: { overrides: [{ observation: 'Fracture', resources: { cpu: '1500m' } }] } }, someSettings({ threads: null }));
  assert.deepEqual(jobs.map(stepOfJob).flatMap((step) => ('threads' in step ? [step.threads] : [])).toSorted(), [1, 4, 4]);
});

test('renderJob() demands of a Pod with a GPU that it uses it, unless whoever installed the operator says otherwise', async () => {
  const demanded = (jobs: readonly Job[]) => jobs.map((job) => job.spec.template.spec.containers[0]?.env.find(({ name }) => name === 'CHEX_REQUIRE_GPU')?.value);
  assert.deepEqual(demanded(await jobsOf({})), [undefined, undefined, 'true', 'true', 'true']);
  assert.deepEqual(demanded(await jobsOf({ autoencoders: onCpu })), [undefined, undefined, undefined, undefined, 'true']);
  const pods = { imagePullSecrets: [], environment: { CHEX_REQUIRE_GPU: 'false' } };
  assert.deepEqual(demanded(await jobsOf({}, { ...someSettings(), pods })), Array(5).fill('false'));
});
