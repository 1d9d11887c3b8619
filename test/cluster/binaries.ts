import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync } from 'node:fs';
import { homedir } from 'node:os';
import path from 'node:path';
import { run } from './command.ts';

const kubernetes = '1.36.3';
const versitygw = 'github.com/versity/versitygw/cmd/versitygw@v1.8.0';

const programs = {
  kubectl: 'k8s.io/kubernetes/cmd/kubectl',
  etcd: 'go.etcd.io/etcd/server/v3',
  'kube-apiserver': 'k8s.io/kubernetes/cmd/kube-apiserver',
  'kube-controller-manager': 'k8s.io/kubernetes/cmd/kube-controller-manager',
  'kube-scheduler': 'k8s.io/kubernetes/cmd/kube-scheduler',
  'kube-proxy': 'k8s.io/kubernetes/cmd/kube-proxy',
  kubelet: 'k8s.io/kubernetes/cmd/kubelet',
};

const source = path.join(import.meta.dirname, 'programs');
const [major, minor] = kubernetes.split('.');
const version = 'k8s.io/component-base/version';
// Without them the server reports a placeholder as its version, and kubectl refuses to parse it.
const versionFlags = `-X ${version}.gitVersion=v${kubernetes} -X ${version}.gitMajor=${major} -X ${version}.gitMinor=${minor}`;

const key = createHash('sha256').update(readFileSync(path.join(source, 'go.sum'))).update(versionFlags).update(versitygw).digest('hex');

/** The folder of the cluster's programs, outside the checkout, keyed by their versions. */
export const binaries = path.join(homedir(), '.cache/chex/cluster', `${kubernetes}-${key.slice(0, 12)}`);

/** Builds what is missing, from the Go module proxy: about 10 minutes on 2 cores, once. Throws where Go is missing or a build fails. */
export function buildBinaries(): void {
  mkdirSync(binaries, { recursive: true });
  for (const [name, module] of Object.entries(programs)) {
    build(path.join(binaries, name), (output) => {
      run(go(), ['build', '-trimpath', '-tags', 'providerless', '-ldflags', `-s -w ${versionFlags}`, '-o', output, module], { cwd: source });
    });
  }
  if (!existsSync(path.join(binaries, 'versitygw'))) {
    console.error('Building versitygw …');
    run(go(), ['install', versitygw], { env: { GOBIN: binaries } });
  }
}

/** Under another name until it is whole: a build that was interrupted is not taken for a program. */
function build(program: string, make: (output: string) => void): void {
  if (existsSync(program)) return;
  console.error(`Building ${path.basename(program)} …`);
  make(`${program}.partial`);
  renameSync(`${program}.partial`, program);
}

function go(): string {
  const found = ['/usr/local/go/bin/go', '/usr/bin/go', '/usr/local/bin/go'].find((file) => existsSync(file));
  if (found === undefined) throw new Error('Go is not installed. Kubernetes is built from its sources: install Go 1.26 (https://go.dev/dl), or set KUBECONFIG to use a cluster of your own');
  return found;
}
