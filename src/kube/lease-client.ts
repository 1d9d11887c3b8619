import { isApiFault } from './api-fault.ts';
import type { Lease, LeaseApi } from './lease.ts';
import { resourcePath, resourceTypes } from './resource-path.ts';
import type { ObjectKey } from './store.ts';
import type { Transport } from './transport.ts';

/** The Lease of this name. The transport must be without fence and limit: who may write is decided here. */
export function leaseApi(transport: Transport, { namespace, name }: ObjectKey): LeaseApi {
  const [list, one] = [resourcePath(resourceTypes.leases, { namespace }), resourcePath(resourceTypes.leases, { namespace, name })];
  const type = { apiVersion: 'coordination.k8s.io/v1', kind: 'Lease' };
  return {
    get: (signal) => orNull(transport.request({ method: 'GET', path: one, signal }), 'NotFound'),
    create: (spec, signal) => orNull(transport.request({ method: 'POST', path: list, body: { ...type, metadata: { namespace, name }, spec }, signal }), 'AlreadyExists'),
    update: (lease, signal) => orNull(transport.request({ method: 'PUT', path: one, body: { ...lease, ...type }, signal }), 'Conflict', 'NotFound'),
  };
}

async function orNull(answer: Promise<unknown>, ...reasons: ('NotFound' | 'AlreadyExists' | 'Conflict')[]): Promise<Lease | null> {
  try {
    return (await answer) as Lease;
  } catch (error) {
    if (reasons.some((reason) => isApiFault(error, reason))) return null;
    throw error;
  }
}
