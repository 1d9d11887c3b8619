import type { Node } from '../../api/kubernetes.ts';
import { nodeLabels } from '../../api/labels.ts';
import type { Plan, PlannedStep } from '../plan.ts';
import { containerResources, gpuResource, resourcesOf } from '../resources.ts';
import { schedulingOf } from '../scheduling-of.ts';
import { instances } from './instances.ts';
import { listRegion } from './list-prices.ts';
import type { Priced } from './node-price.ts';
import { podRate } from './pod-rate.ts';

type Step = Pick<PlannedStep, 'stage' | 'observation'>;

/**
 * What an hour of a Pod of this step will cost, before any node has taken it: as on a node of `instanceType`, else of the
 * one that its node selector asks for, else of the autoencoders'. Where none tells, only a price of every node holds, and
 * the whole of it.
 */
export function plannedRate(step: Step, plan: Plan, instanceType: string | undefined): Priced {
  const { spec } = plan.training;
  const type = instanceType ?? plannedInstance(step, plan);
  const node = plannedNode(step, plan, type);
  const pod = { spec: { nodeName: node.metadata.name, containers: [{ resources: containerResources(resourcesOf(spec, step)) }] } };
  const priced = podRate(pod, new Map([[node.metadata.name, node]]), { own: spec.prices, table: plan.settings.prices });
  if (priced !== null && 'perHour' in priced) return priced;
  return { missing: type === undefined ? 'which machine it will run on is not known' : `no price is known of ${type}` };
}

/** The machine that a step asks for; undefined where it takes any. */
export function plannedInstance(step: Step, { training: { spec } }: Pick<Plan, 'training'>): string | undefined {
  return [schedulingOf(step, spec), spec.autoencoders.scheduling].map(({ nodeSelector }) => nodeSelector?.[nodeLabels.instanceType]).find((type) => type !== undefined);
}

function plannedNode(step: Step, { training: { spec } }: Plan, instanceType: string | undefined): Node {
  // The list is of one region, and what it foresees is foreseen for that one.
  const region = spec.prices === undefined ? { [nodeLabels.region]: listRegion } : {};
  const labels = { ...region, ...schedulingOf(step, spec).nodeSelector, ...(instanceType === undefined ? {} : { [nodeLabels.instanceType]: instanceType }) };
  const size = instances[instanceType ?? ''];
  if (size === undefined) return { metadata: { name: 'to come', labels } };
  const allocatable = { cpu: String(size.cpus), memory: `${size.memoryGibibytes}Gi`, ...(size.gpus === undefined ? {} : { [gpuResource]: String(size.gpus) }) };
  return { metadata: { name: 'to come', labels }, status: { allocatable } };
}
