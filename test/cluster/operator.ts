import path from 'node:path';
import { kubectl } from './kubectl.ts';

const file = path.join(import.meta.dirname, '../../manifests/install.yaml');

/** Where the operator lives. */
export const system = 'chex-system';

/** Installs manifests/install.yaml, and waits until a replica is ready. */
export function installOperator(): void {
  kubectl(['apply', '--server-side', '--force-conflicts', '--filename', file]);
  kubectl(['wait', '--for=condition=Established', 'crd/chextrainings.chex.dev', '--timeout=60s']);
  // The node's GPUs are made up: who asks for one trains on the CPU.
  const args = [{ op: 'add', path: '/spec/template/spec/containers/0/args/-', value: '--worker-env=CHEX_REQUIRE_GPU=false' }];
  kubectl(['--namespace', system, 'patch', 'deployment/chex-operator', '--type=json', '--patch', JSON.stringify(args)]);
  // The images of an earlier build have the same name.
  kubectl(['--namespace', system, 'rollout', 'restart', 'deployment/chex-operator']);
  kubectl(['--namespace', system, 'rollout', 'status', 'deployment/chex-operator', '--timeout=180s']);
}

/** Removes everything of it, and with the definition every training. */
export function removeOperator(): void {
  kubectl(['delete', '--ignore-not-found', '--timeout=180s', '--filename', file]);
}

/** What the operators say, the newest last. */
export function operatorLog(): string {
  return kubectl(['--namespace', system, 'logs', '--selector=app.kubernetes.io/name=chex-operator', '--prefix', '--tail=100']);
}
