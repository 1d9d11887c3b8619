import { homedir } from 'node:os';
import path from 'node:path';
import { output, run } from './command.ts';

// Its own store: what is pruned here is nobody else's.
const store = ['--root', path.join(homedir(), '.cache/chex/images'), '--runroot', '/run/chex-images'];

/** Runs buildah on the images of this project. Throws where it fails. */
export function buildah(...args: readonly string[]): void {
  run('buildah', [...store, ...args]);
}

/** What buildah prints, or null where it fails, such as for an image that is not there. */
export function askBuildah(...args: readonly string[]): string | null {
  return output('buildah', [...store, ...args])?.trim() ?? null;
}
