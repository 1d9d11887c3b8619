import { copyFileSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { provideBaseImage } from './base-image.ts';
import { askBuildah, buildah } from './buildah.ts';
import { run } from './command.ts';
import { containerdSocket, folder, images } from './layout.ts';

const checkout = path.join(import.meta.dirname, '../..');
const pause = 'localhost/pause:1';

// With a name of their own the stages outlive the pruning, and only what has changed is built anew.
const stages = {
  'operator-packages': 'localhost/chex-operator-packages:dev',
  'worker-packages': 'localhost/chex-worker-packages:dev',
  native: 'localhost/chex-native:dev',
  'chex-operator': 'localhost/chex-operator:dev',
  'chex-worker': 'localhost/chex-worker:dev',
};

/** The project's two images from its own Dockerfile. Quick where nothing has changed: layers are kept. */
export function buildImages(): void {
  provideBaseImage();
  for (const [target, tag] of Object.entries(stages)) {
    console.error(`Building the image ${tag} …`);
    buildah('bud', '--quiet', '--isolation=chroot', '--pull=never', '--layers', '--target', target, '--tag', tag, checkout);
  }
  buildah('rmi', '--prune', '--force');
}

/** What keeps a Pod's namespaces: a program that does nothing. */
export function buildPauseImage(): void {
  if (askBuildah('images', '--quiet', pause) !== null) return;
  const context = mkdtempSync(path.join(tmpdir(), 'chex-pause-'));
  try {
    copyFileSync('/usr/bin/busybox', path.join(context, 'busybox'));
    writeFileSync(path.join(context, 'Dockerfile'), 'FROM scratch\nCOPY busybox /busybox\nENTRYPOINT ["/busybox", "sleep", "2147483647"]\n');
    buildah('bud', '--quiet', '--isolation=chroot', '--tag', pause, context);
  } finally {
    rmSync(context, { recursive: true, force: true });
  }
}

/** Into the cluster's containerd, each unless it is there. */
export function loadImages(): void {
  for (const [built, image] of [[pause, pause], [stages['chex-operator'], images.operator], [stages['chex-worker'], images.worker]] as const) {
    const id = askBuildah('images', '--quiet', '--no-trunc', built);
    const record = path.join(folder, `${image.replaceAll(/[/:]/g, '-')}.loaded`);
    if (id === null || (existsSync(record) && readFileSync(record, 'utf8') === id)) continue;
    console.error(`Loading the image ${image} …`);
    load(built, image);
    writeFileSync(record, id);
  }
}

function load(built: string, image: string): void {
  const scratch = mkdtempSync(path.join(tmpdir(), 'chex-image-'));
  const archive = path.join(scratch, 'image.tar');
  try {
    buildah('push', '--quiet', built, `docker-archive:${archive}:${image}`);
    run('ctr', ['--address', containerdSocket, '--namespace=k8s.io', 'image', 'import', archive]);
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}
