import { run } from './command.ts';
import { isThisMachine, kubectl } from './kubectl.ts';
import { containerdSocket } from './layout.ts';

/**
 * `kill -9` of the process in a Pod of one container: it can say no goodbye. On a cluster that is not this machine's the
 * Pod is removed without grace, the nearest that the API offers. Throws where nothing runs in the Pod.
 */
export function killPod(namespace: string, name: string): void {
  if (!isThisMachine) {
    kubectl(['--namespace', namespace, 'delete', 'pod', name, '--grace-period=0', '--force']);
    return;
  }
  const id = kubectl(['--namespace', namespace, 'get', 'pod', name, '--output=jsonpath={.status.containerStatuses[0].containerID}']);
  run('ctr', ['--address', containerdSocket, '--namespace', 'k8s.io', 'tasks', 'kill', '--signal', 'SIGKILL', id.replace('containerd://', '')]);
}
