import { existsSync, globSync, readFileSync, readdirSync, readlinkSync, rmdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { output, run } from './command.ts';
import { containerdSocket, folder } from './layout.ts';
import { removeNetwork } from './network.ts';
import { endProcess, recordedProcesses } from './processes.ts';

/** Ends and removes all of the cluster, from any state; what is cached stays. Does nothing where there is none. */
export async function removeCluster(): Promise<void> {
  const processes = existsSync(folder) ? recordedProcesses() : [];
  // Before the Pods: it would start them anew.
  if (processes.includes('kubelet')) await endProcess('kubelet');
  endContainers();
  for (const name of processes.filter((each) => each !== 'kubelet')) await endProcess(name);
  endShims();
  unmountAll();
  removeCgroups();
  removeNetwork();
  removeElsewhere();
  rmSync(folder, { recursive: true, force: true });
}

/** What the network plugin and the kubelet write in places that cannot be chosen. */
function removeElsewhere(): void {
  for (const file of globSync('/var/lib/cni/results/chex-cluster-*')) rmSync(file);
  for (const link of globSync('/var/log/containers/*.log')) if (readlinkSync(link).startsWith(folder)) rmSync(link);
}

function endContainers(): void {
  const ctr = ['--address', containerdSocket, '--namespace=k8s.io', 'tasks'];
  const ids = existsSync(containerdSocket) ? (output('ctr', [...ctr, 'list', '--quiet']) ?? '') : '';
  for (const id of ids.split('\n').filter((line) => line !== '')) output('ctr', [...ctr, 'delete', '--force', id]);
}

/** Those whose containerd died before it could end them. */
function endShims(): void {
  for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
    const words = commandOf(pid);
    if (words[0]?.includes('containerd-shim') && words.includes(containerdSocket)) process.kill(Number(pid), 'SIGKILL');
  }
}

function commandOf(pid: string): readonly string[] {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0');
  } catch {
    return [];
  }
}

/** The last mounted first: volumes, root file systems, network namespaces of Pods. */
function unmountAll(): void {
  const places = readFileSync('/proc/self/mounts', 'utf8').split('\n').map((line) => line.split(' ')[1] ?? '').filter((place) => place.startsWith(`${folder}/`));
  for (const place of places.reverse()) run('umount', ['--lazy', place]);
}

/** What the kubelet made; a group that still has processes is another kubelet's and stays. */
function removeCgroups(): void {
  const groups = globSync(['/sys/fs/cgroup/kubepods/**/', '/sys/fs/cgroup/*/kubepods/**/']);
  for (const group of groups.sort((a, b) => b.length - a.length)) {
    try {
      rmdirSync(path.normalize(group));
    } catch {
      // It is in use.
    }
  }
}
