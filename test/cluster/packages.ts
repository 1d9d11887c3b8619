import { existsSync } from 'node:fs';
import { run } from './command.ts';

/** Debian package to a file of it that shows it is there. */
const packages = {
  containerd: '/usr/bin/containerd',
  runc: '/usr/sbin/runc',
  'containernetworking-plugins': '/usr/lib/cni/bridge',
  iptables: '/usr/sbin/iptables',
  iproute2: '/usr/bin/ip',
  conntrack: '/usr/sbin/conntrack',
  socat: '/usr/bin/socat',
  buildah: '/usr/bin/buildah',
  debootstrap: '/usr/sbin/debootstrap',
  'busybox-static': '/usr/bin/busybox',
};

/** Installs what the cluster takes from Debian. Throws elsewhere, and where apt fails. */
export function installPackages(): void {
  const missing = Object.entries(packages).filter(([, file]) => !existsSync(file)).map(([name]) => name);
  if (missing.length === 0) return;
  if (!existsSync('/usr/bin/apt-get')) throw new Error(`Missing are ${missing.join(', ')}, which are installed on Debian only. Set KUBECONFIG to use a cluster of your own, such as kind`);
  console.error(`Installing ${missing.join(', ')} …`);
  const env = { DEBIAN_FRONTEND: 'noninteractive' };
  run('apt-get', ['update', '-qq'], { env });
  run('apt-get', ['install', '--yes', '-qq', '--no-install-recommends', ...missing], { env });
}
