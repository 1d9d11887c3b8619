import type { Pod, SeenJob } from '../api/kubernetes.ts';
import type { Stall } from '../api/status.ts';
import type { Observed } from './decide.ts';
import { stepTitle } from './job.ts';
import { mostStalls } from './movement.ts';
import { progressPort } from './pod.ts';
import type { StepView } from './step-state.ts';
import { capitalised } from './verdict.ts';

/** What keeps a step from moving although it should. */
export interface Hindrance {
  readonly reason: 'JobRefused' | 'NodeUnreachable' | 'PodsRefused' | 'NoProgress';
  /** What, where, since when and what to do. */
  readonly message: string;
}

/** Its time to end is in `deletionTimestamp` already; a healthy node is no later than this. */
const latestSeconds = 60;

/** The gravest one of a step that is not over; null where it moves, or waits for its turn. */
export function hindranceOf(view: StepView, observed: Observed, stall: Stall | undefined): Hindrance | null {
  if (['succeeded', 'failed', 'skipped'].includes(view.state)) return null;
  const unmade = view.isPending ? observed.refusals.get(view.record.job?.name ?? '') : undefined;
  if (unmade !== undefined) return { reason: 'JobRefused', message: `The cluster refuses the Job of ${stepTitle(view.planned)}; lift what forbids it, and it goes on by itself: ${unmade}` };
  const stuck = [...view.pods, ...podsOf(view.strays, observed)].find((pod) => isStuck(pod, observed.now));
  if (stuck !== undefined) return unreachable(stuck);
  const refusal = view.state === 'active' && view.pods.length === 0 ? observed.warnings.get(view.job?.metadata.uid ?? '') : undefined;
  if (refusal !== undefined) return { reason: 'PodsRefused', message: refusalMessage(view, refusal) };
  return stall === undefined ? null : { reason: 'NoProgress', message: stallMessage(view, stall) };
}

function podsOf(jobs: readonly SeenJob[], { pods }: Observed): Pod[] {
  const uids = jobs.map(({ metadata }) => metadata.uid);
  return pods.filter(({ metadata }) => metadata.ownerReferences?.some(({ uid }) => uids.includes(uid)));
}

function isStuck({ metadata: { deletionTimestamp }, spec, status: { phase } }: Pod, now: number): boolean {
  if (deletionTimestamp === undefined || spec?.nodeName === undefined || phase === 'Succeeded' || phase === 'Failed') return false;
  return now - Date.parse(deletionTimestamp) > latestSeconds * 1000;
}

/** Whether its worker still writes, only the node knows: nothing else may begin before it has said so. The remedy first, since long messages are cut. */
function unreachable({ metadata, spec }: Pod): Hindrance {
  const node = spec?.nodeName ?? '';
  return {
    reason: 'NodeUnreachable',
    message: `Node ${node} does not answer. If it is gone for good: kubectl taint nodes ${node} node.kubernetes.io/out-of-service=nodeshutdown:NoExecute. Pod ${metadata.name} should have ended by ${metadata.deletionTimestamp}`,
  };
}

/** The name of a Pod that never was tells nobody anything. */
function refusalMessage({ planned }: StepView, refusal: string): string {
  const words = refusal.replace(/^Error creating: (pods "[^"]*" is forbidden: )?/, '');
  return `The cluster refuses the Pods of ${stepTitle(planned)}; lift what forbids them, and it goes on by itself: ${words}`;
}

function stallMessage({ planned }: StepView, { since, times, pods }: Stall): string {
  return `${capitalised(stepTitle(planned))} stood still since ${since} (Pod ${pods}): stopped, it goes on from its last checkpoint. Stall ${times} of at most ${mostStalls} in a row`;
}

/** Why a step that stood still too often is given up. */
export function stallFailure({ since, pods }: Stall): string {
  return `It stood still ${mostStalls} times in a row, the last since ${since} (Pod ${pods}). It hangs, or a NetworkPolicy keeps the operator from its port ${progressPort}; for slow steps raise autoencoders.progressDeadlineSeconds`;
}
