import { existsSync } from 'node:fs';
import { run } from './command.ts';
import { address, network } from './layout.ts';

const handle = `/run/netns/${network}`;

/** Where a program runs in the cluster's network: `nsenter`, because `ip netns exec` hides the cgroups. */
export function inNetwork(program: string, args: readonly string[]): [program: string, args: readonly string[]] {
  return ['nsenter', [`--net=${handle}`, program, ...args]];
}

/** A network namespace with the bridge that is the node's address: this machine's own network is never touched. */
export function createNetwork(): void {
  run('ip', ['netns', 'add', network]);
  const ip = (...args: string[]) => run(...inNetwork('ip', args));
  ip('link', 'set', 'lo', 'up');
  ip('link', 'add', 'cni0', 'type', 'bridge');
  ip('address', 'add', `${address}/24`, 'dev', 'cni0');
  ip('link', 'set', 'cni0', 'up');
  run(...inNetwork('sh', ['-c', 'echo 1 > /proc/sys/net/ipv4/ip_forward']));
}

/** Its bridge, addresses and rules go with it. */
export function removeNetwork(): void {
  if (existsSync(handle)) run('ip', ['netns', 'delete', network]);
}
