import type { Pod } from '../api/kubernetes.ts';
import { stepTitle } from './job.ts';
import type { Plan, PlannedStep } from './plan.ts';
import { maxParallelOf } from './schedule.ts';
import type { StepView } from './step-state.ts';
import type { Verdict } from './verdict.ts';

/** Why a step is not running yet: every wait has its reason. */
export function waitReason(plan: Plan, view: StepView, verdict: Verdict): string {
  if (view.state === 'stopping') return 'Its worker saves a checkpoint and stops';
  switch (verdict.kind) {
    case 'suspended':
      return view.record.attempts === 0 ? 'Suspended before it began' : 'Suspended; it goes on from its last checkpoint';
    case 'failing':
    case 'failed':
      return 'Nothing is started any more: the training cannot succeed';
    case 'going':
    case 'succeeded': {
      if (view.state === 'ready') return `Waits for a free place (maxParallel ${maxParallelOf(plan)})`;
      const missing = view.planned.needs.filter((key) => !isRecorded(plan.steps.find((step) => step.key === key)));
      return `Waits for ${namesOf(plan, missing)}`;
    }
  }
}

/** What the cluster says of an active step whose Pod does not run: image, node, quota. */
export function pendingReason(pods: readonly Pod[], warning: string | undefined): string | undefined {
  if (pods.length === 0) return warning;
  const [pod] = pods;
  if (pod?.status.phase !== 'Pending') return undefined;
  const unscheduled = pod.status.conditions?.find(({ type, status }) => type === 'PodScheduled' && status === 'False');
  const waiting = pod.status.containerStatuses?.map(({ state }) => state?.waiting).find((state) => state !== undefined);
  return unscheduled?.message ?? waiting?.message ?? waiting?.reason;
}

function isRecorded(step: PlannedStep | undefined): boolean {
  return step === undefined || step.outcome !== null || step.skipped !== undefined;
}

function namesOf(plan: Plan, keys: readonly PlannedStep['key'][]): string {
  const steps = plan.steps.filter(({ key }) => keys.includes(key));
  if (steps.length > 1) return `${steps.length} autoencoders`;
  return steps.map((step) => stepTitle(step)).join(', ') || 'the result of the stage before';
}
