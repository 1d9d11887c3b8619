import { copyFileSync, cpSync, existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { askBuildah, buildah } from './buildah.ts';
import { run } from './command.ts';

/** As the Dockerfile names it. */
const image = 'docker.io/library/node:24.21.0-bookworm-slim';
const npm = 'npm@11.6.2';

const certificates = 'etc/ssl/certs/ca-certificates.crt';

/**
 * The image that the Dockerfile builds on. Where no registry can be reached a stand-in gets its name: Debian by
 * debootstrap, the Node that runs this, npm, and the certificates that this machine trusts.
 */
export function provideBaseImage(): void {
  if (askBuildah('images', '--quiet', image) !== null) return;
  if (askBuildah('pull', '--quiet', '--retry=0', image) !== null) return;
  console.error(`Making a stand-in of ${image}, which cannot be pulled …`);
  const root = mkdtempSync(path.join(tmpdir(), 'chex-base-image-'));
  try {
    run('debootstrap', ['--variant=minbase', 'bookworm', root]);
    copyFileSync(process.execPath, path.join(root, 'usr/local/bin/node'));
    run('npm', ['install', '--global', '--prefix', path.join(root, 'usr/local'), '--ignore-scripts', '--no-fund', '--no-audit', npm]);
    trustAsThisMachine(root);
    for (const each of ['var/cache/apt/archives', 'var/lib/apt/lists', 'dev']) rmSync(path.join(root, each), { recursive: true, force: true });
    commit(root);
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
}

/** For packages from registries; in the second place too, from where Debian writes the first anew. */
function trustAsThisMachine(root: string): void {
  if (!existsSync(`/${certificates}`)) return;
  for (const place of [certificates, 'usr/local/share/ca-certificates/this-machine.crt']) {
    mkdirSync(path.dirname(path.join(root, place)), { recursive: true });
    cpSync(`/${certificates}`, path.join(root, place), { dereference: true });
  }
}

function commit(root: string): void {
  const container = askBuildah('from', 'scratch');
  if (container === null) throw new Error('buildah cannot begin an image: `buildah from scratch` says why');
  try {
    buildah('copy', '--quiet', container, root, '/');
    buildah('config', '--env', `NODE_EXTRA_CA_CERTS=/${certificates}`, '--env', 'PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin', container);
    buildah('commit', '--quiet', container, image);
  } finally {
    buildah('rm', container);
  }
}
