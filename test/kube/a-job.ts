import type { OwnerReference } from '../../src/api/kubernetes.ts';
import type { KubeObject } from '../../src/kube/store.ts';

/** A Job as little as the runtime looks at: name, uid, version, owners, and what else a test wants in its metadata. */
export function aJob(name: string, { uid = `uid-${name}`, version = '1', owners = [], ...metadata }: { uid?: string; version?: string; owners?: readonly string[]; [field: string]: unknown } = {}): KubeObject {
  const ownerReferences = owners.map((owner): OwnerReference => ({ apiVersion: 'chex.dev/v1alpha1', kind: 'ChexTraining', name: owner, uid: owner, controller: true }));
  return { metadata: { namespace: 'default', name, uid, resourceVersion: version, ...(owners.length > 0 ? { ownerReferences } : {}), ...metadata } };
}
