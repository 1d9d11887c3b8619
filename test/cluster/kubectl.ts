import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { binaries } from './binaries.ts';
import { kubeconfig } from './layout.ts';

const built = path.join(binaries, 'kubectl');
export const kubectlProgram = existsSync(built) ? built : 'kubectl';

/** Whether it is the cluster that `up` starts, not one of KUBECONFIG. */
export const isThisMachine = [undefined, kubeconfig].includes(process.env['KUBECONFIG']);

/** Tests of two made-up GPUs take this as their options. */
export const madeUpGpus = { skip: isThisMachine ? false : 'it needs the node with two made-up GPUs that `npm run cluster:up` starts where KUBECONFIG is not set' };

/** What kubectl prints, on the cluster of KUBECONFIG, else on this machine's. Throws what it complains of. */
export function kubectl(args: readonly string[], input?: string): string {
  const { status, stdout, stderr, error } = call(args, input);
  if (status === 0) return stdout;
  throw new Error(`\`kubectl ${args.join(' ')}\` failed: ${error === undefined ? stderr.trim() : error.message}`);
}

/** The same as an answer: null where it fails, such as before something is there. */
export function askKubectl(...args: readonly string[]): string | null {
  const { status, stdout } = call(['--request-timeout=5s', ...args]);
  return status === 0 ? stdout : null;
}

function call(args: readonly string[], input?: string) {
  const env = { ...process.env, KUBECONFIG: process.env['KUBECONFIG'] ?? kubeconfig };
  return spawnSync(kubectlProgram, args, { encoding: 'utf8', env, maxBuffer: 1 << 28, ...(input === undefined ? {} : { input }) });
}
