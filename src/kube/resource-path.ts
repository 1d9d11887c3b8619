import { apiVersion, group } from '../api/schema.ts';

/** A kind of object as paths name it; the group of the oldest ones is empty. */
export interface ResourceType {
  readonly group: string;
  readonly version: string;
  readonly resource: string;
}

export const resourceTypes = {
  trainings: { group, version: apiVersion.slice(group.length + 1), resource: 'chextrainings' },
  jobs: { group: 'batch', version: 'v1', resource: 'jobs' },
  pods: { group: '', version: 'v1', resource: 'pods' },
  nodes: { group: '', version: 'v1', resource: 'nodes' },
  events: { group: '', version: 'v1', resource: 'events' },
  leases: { group: 'coordination.k8s.io', version: 'v1', resource: 'leases' },
} as const satisfies Readonly<Record<string, ResourceType>>;

/** `/apis/batch/v1/namespaces/default/jobs/a`; without a name the list, without a namespace that of all of them. */
export function resourcePath(type: ResourceType, place: { readonly namespace?: string | undefined; readonly name?: string; readonly subresource?: 'status' | 'log' } = {}): string {
  const { namespace, name, subresource } = place;
  const root = type.group === '' ? `/api/${type.version}` : `/apis/${type.group}/${type.version}`;
  return [root, ...(namespace === undefined ? [] : ['namespaces', namespace]), type.resource, ...(name === undefined ? [] : [name]), ...(subresource === undefined ? [] : [subresource])].join('/');
}
