import type { Pod, SeenJob } from '../api/kubernetes.ts';
import { stepTitle } from './job.ts';
import type { Plan, PlannedStep } from './plan.ts';
import { maxParallelOf } from './schedule.ts';
import type { StepView } from './step-state.ts';
import type { Verdict } from './verdict.ts';

export const stoppingReason = 'Its worker saves a checkpoint and stops';

export interface Waiting {
  readonly plan: Plan;
  readonly verdict: Verdict;
  /** Steps whose end is seen in this pass or was before. */
  readonly over: ReadonlySet<PlannedStep['key']>;
}

/** Why a step is not running yet: every wait has its reason. */
export function waitReason(view: StepView, { plan, verdict, over }: Waiting): string {
  if (view.state === 'stopping') return stoppingReason;
  if (view.state === 'queued') return queueReason(plan, view);
  if (view.foreign !== undefined) return conflictReason(view.foreign);
  switch (verdict.kind) {
    case 'suspended':
      return view.record.attempts === 0 ? 'Suspended before it began' : 'Suspended; it goes on from its last checkpoint';
    case 'failing':
    case 'failed':
      return 'Nothing is started any more: the training cannot succeed';
    case 'going':
    case 'succeeded': {
      if (view.state === 'ready') return `Waits for a free place (maxParallel ${maxParallelOf(plan)})`;
      const missing = view.planned.needs.filter((key) => !over.has(key));
      return missing.length === 0 ? 'Begins now' : `Waits for ${namesOf(plan, missing)}`;
    }
  }
}

/** What the cluster says of an active step none of whose Pods runs: no node, no image. */
export function pendingReason(pods: readonly Pod[]): string | undefined {
  const pod = pods.find(({ status }) => status.phase === 'Pending');
  if (pod === undefined || pods.some(({ status }) => status.phase === 'Running')) return undefined;
  const unscheduled = pod.status.conditions?.find(({ type, status }) => type === 'PodScheduled' && status === 'False');
  const waiting = pod.status.containerStatuses?.map(({ state }) => state?.waiting).find((state) => state !== undefined);
  return unscheduled?.message ?? waiting?.message ?? waiting?.reason;
}

/** Who has the name that a Job of ours is to have, and what to do. */
export function conflictReason({ metadata: { name, ownerReferences } }: SeenJob): string {
  const owner = ownerReferences?.find(({ controller }) => controller === true);
  return `The name of its Job is taken: ${name} belongs to ${owner === undefined ? 'nobody' : `${owner.kind} ${owner.name}`}. Delete that Job, and it is tried again within a minute`;
}

function queueReason({ training: { spec } }: Plan, { job }: StepView): string {
  if (spec.queueName !== undefined) return `Waits in the queue ${spec.queueName} until Kueue admits it`;
  const name = job?.metadata.name ?? '';
  return `Somebody has suspended its Job: kubectl patch job ${name} --type merge -p '{"spec":{"suspend":false}}'`;
}

function namesOf(plan: Plan, keys: readonly PlannedStep['key'][]): string {
  const steps = plan.steps.filter(({ key }) => keys.includes(key));
  if (steps.length > 1) return `${steps.length} autoencoders`;
  return steps.map((step) => stepTitle(step)).join(', ');
}
