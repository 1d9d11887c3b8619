import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { binaries } from './binaries.ts';
import { openDoor } from './door.ts';
import { askKubectl } from './kubectl.ts';
import { address, apiPort, folder, innerKubeconfig, kubeconfig } from './layout.ts';
import { lastWords, startProcess } from './processes.ts';
import { waitUntil } from './wait-until.ts';

const certificate = path.join(folder, 'certificates/apiserver.crt');
const signingKey = path.join(folder, 'service-accounts.key');
const tokens = path.join(folder, 'tokens.csv');

/** etcd, API server, controller manager and scheduler; the two kubeconfigs of an administrator. */
export async function startControlPlane(): Promise<void> {
  mkdirSync(folder, { recursive: true });
  const token = randomBytes(16).toString('hex');
  writeFileSync(tokens, `${token},admin,admin,system:masters\n`, { mode: 0o600 });
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  writeFileSync(signingKey, privateKey.export({ type: 'pkcs8', format: 'pem' }), { mode: 0o600 });

  startProcess('etcd', [path.join(binaries, 'etcd'), '--data-dir', path.join(folder, 'etcd'), '--unsafe-no-fsync', '--log-level=warn']);
  startProcess('kube-apiserver', [path.join(binaries, 'kube-apiserver'), ...apiServerFlags]);
  openDoor('api-door', apiPort);
  await waitUntil(() => existsSync(certificate), { seconds: 60, sentence: notReady });
  writeKubeconfig(kubeconfig, `https://localhost:${apiPort}`, token);
  writeKubeconfig(innerKubeconfig, `https://${address}:${apiPort}`, token);
  await waitUntil(() => isAnswering(), { seconds: 180, sentence: notReady });

  const own = [`--kubeconfig=${innerKubeconfig}`, '--leader-elect=false'];
  startProcess('kube-controller-manager', [
    path.join(binaries, 'kube-controller-manager'),
    ...own,
    '--use-service-account-credentials=true',
    `--service-account-private-key-file=${signingKey}`,
    `--root-ca-file=${certificate}`,
  ]);
  startProcess('kube-scheduler', [path.join(binaries, 'kube-scheduler'), ...own]);
}

/** Whether the API answers, by the kubeconfig that an earlier start has left. */
export function isAnswering(): boolean {
  return askKubectl('--kubeconfig', kubeconfig, 'get', '--raw', '/readyz') === 'ok';
}

const apiServerFlags = [
  '--etcd-servers=http://127.0.0.1:2379',
  `--cert-dir=${path.dirname(certificate)}`,
  // On every address of the cluster's network: only so is its certificate good for `localhost` too.
  '--bind-address=0.0.0.0',
  `--advertise-address=${address}`,
  `--secure-port=${apiPort}`,
  '--service-cluster-ip-range=10.0.0.0/24',
  '--service-account-issuer=https://kubernetes.default.svc',
  `--service-account-key-file=${signingKey}`,
  `--service-account-signing-key-file=${signingKey}`,
  `--token-auth-file=${tokens}`,
  '--authorization-mode=Node,RBAC',
  '--allow-privileged=true',
  '--kubelet-preferred-address-types=InternalIP',
];

/** JSON, which is YAML. */
function writeKubeconfig(file: string, server: string, token: string): void {
  const authority = readFileSync(certificate).toString('base64');
  const config = {
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: 'chex', cluster: { server, 'certificate-authority-data': authority } }],
    users: [{ name: 'admin', user: { token } }],
    contexts: [{ name: 'chex', context: { cluster: 'chex', user: 'admin' } }],
    'current-context': 'chex',
  };
  writeFileSync(file, `${JSON.stringify(config, null, 2)}\n`, { mode: 0o600 });
}

const notReady = () => `the API server is not ready. Its last words:\n${lastWords('kube-apiserver')}`;
