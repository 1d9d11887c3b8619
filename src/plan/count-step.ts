import type { Pod } from '../api/kubernetes.ts';
import type { StepRecord } from '../api/status.ts';
import type { Money } from './cost/money.ts';
import type { Pricing } from './cost/spending.ts';
import type { Counts } from './count-pods.ts';
import { countPods } from './count-pods.ts';
import type { Observed } from './decide.ts';
import type { Plan } from './plan.ts';
import { containerResources, resourcesOf } from './resources.ts';
import type { StepView } from './step-state.ts';

/** The sums of a step with the Pods that are seen now. Once its end is recorded nothing is added but a price that was missing. */
export function countStep({ planned, record, pods, removed }: StepView, plan: Plan, { observed, pricing }: { observed: Observed; pricing: Pricing }): Counts {
  const rateOf = (pod: Pick<Pod, 'spec'>): Money | undefined => {
    const priced = pricing.rateOf(pod);
    return priced !== null && 'perHour' in priced ? priced.perHour : undefined;
  };
  const resources = containerResources(resourcesOf(plan.training.spec, planned));
  const counting = { now: observed.now, rateOf, rateOn: (nodeName: string) => rateOf({ spec: { nodeName, containers: [{ resources }] } }), answers: observed.progress };
  return countPods(planned.outcome === null ? record : finished(record), planned.outcome === null ? [...pods, ...removed] : [], counting);
}

function finished({ pods: _pods, ...record }: StepRecord): StepRecord {
  return record;
}
