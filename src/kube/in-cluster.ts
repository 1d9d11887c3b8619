import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { Connection } from './connection.ts';
import { connectTo } from './connection.ts';

export interface InClusterOptions {
  /** KUBERNETES_SERVICE_HOST and KUBERNETES_SERVICE_PORT of the Pod. */
  readonly host: string;
  readonly port: string;
  /** Where the service account's files are mounted. */
  readonly folder?: string;
}

/** As a Pod connects: by its service account. Throws an Error where its files are missing. */
export async function connectInCluster({ host, port, folder = '/var/run/secrets/kubernetes.io/serviceaccount' }: InClusterOptions): Promise<Connection> {
  const read = async (name: string) => {
    try {
      return (await readFile(path.join(folder, name), 'utf8')).trim();
    } catch (error) {
      const file = path.join(folder, name);
      throw new Error(`Cannot connect by the service account: ${file} cannot be read; mount the service account's token into the Pod, or pass a kubeconfig`, { cause: error });
    }
  };
  return connectTo({
    url: `https://${host.includes(':') ? `[${host}]` : host}:${port}`,
    namespace: await read('namespace'),
    tls: { ca: await read('ca.crt') },
    // The kubelet renews both in place, the token each hour.
    identify: async () => ({ headers: { Authorization: `Bearer ${await read('token')}` }, tls: { ca: await read('ca.crt') } }),
  });
}
