import { spawnSync } from 'node:child_process';
import { homedir } from 'node:os';
import path from 'node:path';

/** Pinned, so that the same chart gives the same bytes on every machine. */
export const helmVersion = '4.3.1';

/** Outside the checkout, since building it takes minutes. Not there until `npm run build:oracles` has built it. */
export const helm = path.join(homedir(), '.cache/chex/helm', helmVersion, 'helm');

export interface HelmRun {
  readonly isOk: boolean;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs helm in the root of the checkout; no cluster, repository or setting of this machine's user has a part in it. */
export function runHelm(...args: readonly string[]): HelmRun {
  const { HOME, PATH } = process.env;
  const ended = spawnSync(helm, args, { cwd: path.join(import.meta.dirname, '..'), encoding: 'utf8', env: { HOME, PATH } });
  if (ended.error !== undefined) throw ended.error;
  return { isOk: ended.status === 0, stdout: ended.stdout, stderr: ended.stderr };
}
