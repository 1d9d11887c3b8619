import { readFileSync } from 'node:fs';
import path from 'node:path';
import { kubectl } from './kubectl.ts';
import { images } from './layout.ts';

const file = path.join(import.meta.dirname, '../../manifests/install.yaml');

/** Where the operator lives. */
export const system = 'chex-system';

/** Installs manifests/install.yaml with the images built here, and waits until a replica is ready. */
export function installOperator(): void {
  kubectl(['apply', '--server-side', '--force-conflicts', '--filename=-'], manifest());
  kubectl(['wait', '--for=condition=Established', 'crd/chextrainings.chex.dev', '--timeout=60s']);
  // The images of an earlier build have the same name.
  kubectl(['--namespace', system, 'rollout', 'restart', 'deployment/chex-operator']);
  kubectl(['--namespace', system, 'rollout', 'status', 'deployment/chex-operator', '--timeout=180s']);
}

/** Removes everything of it, and with the definition every training. */
export function removeOperator(): void {
  kubectl(['delete', '--ignore-not-found', '--timeout=180s', '--filename=-'], manifest());
}

/** What the operators say, the newest last. */
export function operatorLog(): string {
  return kubectl(['--namespace', system, 'logs', '--selector=app.kubernetes.io/name=chex-operator', '--prefix', '--tail=100']);
}

function manifest(): string {
  return readFileSync(file, 'utf8').replaceAll(/chex-(operator|worker):\d+\.\d+\.\d+/g, (_, name: keyof typeof images) => images[name]);
}
