import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import type { Job, Pod } from '../api/kubernetes.ts';
import { completionIndexAnnotation, controllerUidLabel, jobNameLabel } from '../api/labels.ts';
import { containerName } from '../plan/pod.ts';
import { exitCodes } from '../plan/exit-error.ts';
import type { WorkerExit } from './worker-process.ts';

/** The Pod of a worker that starts now; `index` is null where the Job is not Indexed, `now` is ISO 8601. */
export function startedPod(job: Job, { index, now }: { index: number | null; now: string }): Pod {
  const { name, namespace, uid: jobUid = '' } = job.metadata;
  const uid = randomUUID();
  return {
    metadata: {
      name: `${name}${index === null ? '' : `-${index}`}-${uid.slice(0, 5)}`,
      namespace,
      uid,
      labels: { ...job.spec.template.metadata.labels, [jobNameLabel]: name, [controllerUidLabel]: jobUid },
      ...(index === null ? {} : { annotations: { [completionIndexAnnotation]: String(index) } }),
      ownerReferences: [{ apiVersion: 'batch/v1', kind: 'Job', name, uid: jobUid, controller: true }],
      creationTimestamp: now,
    },
    spec: { nodeName: hostname() },
    status: { phase: 'Running', startTime: now },
  };
}

/** The Pod after its worker ended. One that was interrupted has saved: it counts as disrupted, not as failed. */
export function endedPod(pod: Pod, { exitCode, message }: WorkerExit, finishedAt: string): Pod {
  const startedAt = pod.status.startTime;
  const terminated = { exitCode, message, finishedAt, ...(startedAt === undefined ? {} : { startedAt }) };
  return {
    ...pod,
    status: {
      ...pod.status,
      phase: exitCode === exitCodes.done ? 'Succeeded' : 'Failed',
      ...(exitCode === exitCodes.interrupted ? { conditions: [{ type: 'DisruptionTarget', status: 'True', reason: 'Interrupted' }] } : {}),
      containerStatuses: [{ name: containerName, state: { terminated } }],
    },
  };
}
