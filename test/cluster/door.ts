import { address, network } from './layout.ts';
import { startProcess } from './processes.ts';

/** Hands what comes to a port of this machine's loopback to the same port of the node, in the cluster's network. */
export function openDoor(name: string, port: number): void {
  const inside = `nsenter --net=/run/netns/${network} socat STDIO TCP\\:${address}\\:${port}`;
  startProcess(name, ['socat', `TCP-LISTEN:${port},bind=127.0.0.1,reuseaddr,fork`, `EXEC:${inside}`], { isOutside: true });
}
