import { homedir } from 'node:os';
import path from 'node:path';
import { monotonicClock } from '../../kube/clock.ts';
import { connectByKubeconfig } from '../../kube/connection.ts';
import { People } from '../../kube/people.ts';
import { silentObserver } from '../../kube/request-observer.ts';
import { Transport } from '../../kube/transport.ts';

/** Which cluster and namespace; as kubectl takes them. */
export interface AccessOptions {
  readonly kubeconfig?: string;
  readonly context?: string;
  readonly namespace?: string;
}

export interface Access {
  readonly people: People;
  /** The given namespace, else that of the kubeconfig's context. */
  readonly namespace: string;
  close(): Promise<void>;
}

/** Connects as kubectl would. Throws an Error that names the kubeconfig. */
export async function openAccess({ kubeconfig, context, namespace }: AccessOptions, version: string): Promise<Access> {
  const connection = await connectByKubeconfig({ file: kubeconfig ?? path.join(homedir(), '.kube/config'), context });
  const transport = new Transport({ connection, clock: monotonicClock, userAgent: `kubectl-chex/${version}`, limit: { perSecond: 0, burst: 0 }, mayWrite: () => true, observer: silentObserver });
  return { people: new People(transport), namespace: namespace ?? connection.namespace, close: () => connection.close() };
}
