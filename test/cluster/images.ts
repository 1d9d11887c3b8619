import { copyFileSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { provideBaseImage } from './base-image.ts';
import { output, run } from './command.ts';
import { containerdSocket, folder, images } from './layout.ts';

const checkout = path.join(import.meta.dirname, '../..');
const pause = 'localhost/pause:1';

/** The project's two images from its own Dockerfile. Quick where nothing has changed: layers are kept. */
export function buildImages(): void {
  provideBaseImage();
  for (const [target, tag] of Object.entries({ 'chex-operator': images.operator, 'chex-worker': images.worker })) {
    console.error(`Building the image ${tag} …`);
    run('buildah', ['bud', '--quiet', '--isolation=chroot', '--pull=never', '--layers', '--target', target, '--tag', tag, checkout]);
  }
}

/** What keeps a Pod's namespaces: a program that does nothing. */
export function buildPauseImage(): void {
  if (output('buildah', ['images', '--quiet', pause]) !== null) return;
  const context = mkdtempSync(path.join(tmpdir(), 'chex-pause-'));
  try {
    copyFileSync('/usr/bin/busybox', path.join(context, 'busybox'));
    writeFileSync(path.join(context, 'Dockerfile'), 'FROM scratch\nCOPY busybox /busybox\nENTRYPOINT ["/busybox", "sleep", "2147483647"]\n');
    run('buildah', ['bud', '--quiet', '--isolation=chroot', '--tag', pause, context]);
  } finally {
    rmSync(context, { recursive: true, force: true });
  }
}

/** Into the cluster's containerd, each unless it is there. */
export function loadImages(): void {
  for (const image of [pause, images.operator, images.worker]) {
    const id = output('buildah', ['images', '--quiet', '--no-trunc', image])?.trim();
    const record = path.join(folder, `${image.replaceAll(/[/:]/g, '-')}.loaded`);
    if (id === undefined || (existsSync(record) && readFileSync(record, 'utf8') === id)) continue;
    console.error(`Loading the image ${image} …`);
    load(image);
    writeFileSync(record, id);
  }
}

function load(image: string): void {
  const scratch = mkdtempSync(path.join(tmpdir(), 'chex-image-'));
  const archive = path.join(scratch, 'image.tar');
  try {
    run('buildah', ['push', '--quiet', image, `docker-archive:${archive}:${image}`]);
    run('ctr', ['--address', containerdSocket, '--namespace=k8s.io', 'image', 'import', archive]);
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}
