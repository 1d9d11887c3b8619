import { cpSync, mkdirSync } from 'node:fs';
import path from 'node:path';
import { binaries } from './binaries.ts';
import { output } from './command.ts';
import { askKubectl, kubectl } from './kubectl.ts';
import { address, containerdSocket, folder, innerKubeconfig, kubeconfig, node } from './layout.ts';
import { lastWords, startProcess } from './processes.ts';
import { waitUntil } from './wait-until.ts';

const settings = path.join(import.meta.dirname, 'settings');

/** What a cloud would say of it, so that GPUs and prices can be tried. */
const labels = {
  'node.kubernetes.io/instance-type': 'p3.2xlarge',
  'topology.kubernetes.io/region': 'us-east-1',
  'topology.kubernetes.io/zone': 'us-east-1a',
  'karpenter.sh/capacity-type': 'spot',
};
const gpus = 2;

export async function startContainerd(): Promise<void> {
  cpSync(path.join(settings, '10-bridge.conflist'), path.join(folder, 'cni/10-bridge.conflist'));
  startProcess('containerd', ['containerd', '--config', path.join(settings, 'containerd.toml')]);
  await waitUntil(() => output('ctr', ['--address', containerdSocket, 'version']) !== null, { seconds: 60, sentence: () => `containerd is not ready. Its last words:\n${lastWords('containerd')}` });
}

/** The one node, ready for Pods, with made-up GPUs. */
export async function startNode(): Promise<void> {
  mkdirSync(path.join(folder, 'kubelet'), { recursive: true });
  startProcess('kubelet', [
    path.join(binaries, 'kubelet'),
    `--config=${path.join(settings, 'kubelet.yaml')}`,
    `--kubeconfig=${innerKubeconfig}`,
    `--root-dir=${path.join(folder, 'kubelet')}`,
    `--cert-dir=${path.join(folder, 'kubelet-certificates')}`,
    `--node-ip=${address}`,
    `--hostname-override=${node}`,
    `--node-labels=${Object.entries(labels).map(([name, value]) => `${name}=${value}`).join(',')}`,
  ]);
  startProcess('kube-proxy', [path.join(binaries, 'kube-proxy'), `--config=${path.join(settings, 'kube-proxy.yaml')}`]);
  const sentence = () => `the node is not ready. The kubelet's last words:\n${lastWords('kubelet')}`;
  await waitUntil(() => ask('get', 'node', node, '--output=jsonpath={.status.conditions[?(@.type=="Ready")].status}') === 'True', { seconds: 120, sentence });
  advertiseGpus();
  // Pods are refused before it is there.
  await waitUntil(() => ask('get', 'serviceaccount', 'default') !== null, { seconds: 60, sentence: () => `no service account is made. The controller manager's last words:\n${lastWords('kube-controller-manager')}` });
}

function advertiseGpus(): void {
  const patch = ['capacity', 'allocatable'].map((field) => ({ op: 'add', path: `/status/${field}/nvidia.com~1gpu`, value: String(gpus) }));
  kubectl(['--kubeconfig', kubeconfig, 'patch', 'node', node, '--subresource=status', '--type=json', '--patch', JSON.stringify(patch)]);
}

function ask(...args: readonly string[]): string | null {
  return askKubectl('--kubeconfig', kubeconfig, '--namespace=default', ...args);
}
