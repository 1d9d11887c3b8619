import { doNotDisruptAnnotation } from '../api/labels.ts';
import type { Container, EnvVar, JobSpec, PodSpec, Toleration } from '../api/kubernetes.ts';
import type { TrainingSpec } from '../api/schema.ts';
import type { Settings } from './plan.ts';
import { containerResources, gpuResource, resourcesOf } from './resources.ts';
import { schedulingOf } from './scheduling-of.ts';
import type { Step } from './step.ts';

/** The worker's only container; its termination message is the step's result. */
export const containerName = 'worker';
/** Where a worker answers `GET /progress`. */
export const progressPort = 8080;

/** Enough to stop at a batch and save; below the two minutes of notice that spot nodes give. */
export const terminationGraceSeconds = 110;
/** Of the image's user, which has no name and no rights. */
const userId = 65532;

/**
 * The Pod of a step, as Pod Security `restricted` admits it: no rights in the cluster, no root, nothing writable but an
 * own /tmp. Its Secret is read by the kubelet alone.
 */
export function podTemplateOf(step: Step, { spec, settings, labels }: { spec: TrainingSpec; settings: Settings; labels: Readonly<Record<string, string>> }): JobSpec['template'] {
  const isOnGpu = resourcesOf(spec, step).gpu > 0;
  // A move costs a GPU more than a half-empty node does.
  const annotations = isOnGpu ? { annotations: { [doNotDisruptAnnotation]: 'true' } } : {};
  return { metadata: { labels, ...annotations }, spec: podSpecOf(step, spec, settings) };
}

function podSpecOf(step: Step, spec: TrainingSpec, settings: Settings): PodSpec {
  const { serviceAccountName } = spec.storage;
  const { imagePullSecrets } = settings.pods;
  return {
    restartPolicy: 'Never',
    terminationGracePeriodSeconds: terminationGraceSeconds,
    automountServiceAccountToken: false,
    enableServiceLinks: false,
    securityContext: { runAsNonRoot: true, runAsUser: userId, runAsGroup: userId, fsGroup: userId, seccompProfile: { type: 'RuntimeDefault' } },
    containers: [workerOf(step, spec, settings)],
    volumes: [{ name: 'tmp', emptyDir: { sizeLimit: `${scratchGibibytes(step, spec)}Gi` } }],
    ...(serviceAccountName === undefined ? {} : { serviceAccountName }),
    ...(imagePullSecrets.length === 0 ? {} : { imagePullSecrets: imagePullSecrets.map((name) => ({ name })) }),
    ...placeOf(step, spec),
  };
}

function workerOf(step: Step, spec: TrainingSpec, settings: Settings): Container {
  return {
    name: containerName,
    image: settings.workerImage,
    args: ['step'],
    env: environmentOf(step, spec, settings),
    ports: [{ name: 'progress', containerPort: progressPort }],
    resources: containerResources(resourcesOf(spec, step)),
    securityContext: { allowPrivilegeEscalation: false, readOnlyRootFilesystem: true, capabilities: { drop: ['ALL'] } },
    volumeMounts: [{ name: 'tmp', mountPath: '/tmp' }],
    terminationMessagePolicy: 'FallbackToLogsOnError',
  };
}

const secretKeys = [
  { key: 'AWS_ACCESS_KEY_ID', optional: false },
  { key: 'AWS_SECRET_ACCESS_KEY', optional: false },
  { key: 'AWS_SESSION_TOKEN', optional: true },
  { key: 'AWS_CA_BUNDLE', optional: true },
] as const;

/** Keys are named one by one: whatever else the Secret holds stays out of the worker. */
function environmentOf(step: Step, spec: TrainingSpec, { pods: { environment } }: Settings): EnvVar[] {
  const { secretName } = spec.storage;
  return [
    { name: 'CHEX_STEP', value: JSON.stringify(step) },
    { name: 'CHEX_PROGRESS', value: String(progressPort) },
    // A worker sees only the disk of its node, which has more.
    { name: 'CHEX_SCRATCH_BYTES', value: String(scratchGibibytes(step, spec) * 2 ** 30) },
    // A GPU that is paid for is used; `workerEnv` of the chart may say otherwise.
    ...(resourcesOf(spec, step).gpu > 0 && environment['CHEX_REQUIRE_GPU'] === undefined ? [{ name: 'CHEX_REQUIRE_GPU', value: 'true' }] : []),
    ...Object.entries(environment).map(([name, value]) => ({ name, value })),
    ...(secretName === undefined ? [] : secretKeys.map(({ key, optional }) => ({ name: key, valueFrom: { secretKeyRef: { name: secretName, key, ...(optional ? { optional } : {}) } } }))),
  ];
}

/** GPU nodes are kept free of other Pods by this taint. */
const gpuToleration: Toleration = { key: gpuResource, operator: 'Exists', effect: 'NoSchedule' };

function placeOf(step: Step, spec: TrainingSpec): Pick<PodSpec, 'nodeSelector' | 'tolerations' | 'priorityClassName' | 'runtimeClassName'> {
  const { nodeSelector, tolerations = [], priorityClassName, runtimeClassName } = schedulingOf(step, spec);
  const tolerated = [...(resourcesOf(spec, step).gpu > 0 ? [gpuToleration] : []), ...tolerations];
  return {
    ...(nodeSelector === undefined ? {} : { nodeSelector }),
    ...(tolerated.length === 0 ? {} : { tolerations: tolerated }),
    ...(priorityClassName === undefined ? {} : { priorityClassName }),
    ...(runtimeClassName === undefined ? {} : { runtimeClassName }),
  };
}

/** Of a whole CheXpert at 299 x 299: copies of the records of one observation, or of all films with the features of the head beside them. */
const scratchOfStudy = { catalog: 1, preprocess: 2, autoencoders: 8, combined: 32 };

/** Most that a step may write to its /tmp; nothing is reserved. A Pod that writes more is evicted, so it is generous, and the worker is told. */
function scratchGibibytes({ stage }: Step, { preprocess: { size, augment } }: TrainingSpec): number {
  const pixels = Math.max(1, (size / 299) ** 2);
  const stored = augment === 'Materialise' ? 4 : 1;
  return Math.ceil(scratchOfStudy[stage] * (stage === 'catalog' ? 1 : pixels * stored));
}
