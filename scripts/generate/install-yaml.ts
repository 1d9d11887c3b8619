/** manifests/install.yaml: the chart with its default values and a namespace, for `kubectl apply --server-side -f`. */
import { existsSync } from 'node:fs';
import { helm, helmVersion, runHelm } from '../helm.ts';

const namespace = 'chex-system';

const head = `# Generated from charts/chex-operator by \`npm run generate\`.
apiVersion: v1
kind: Namespace
metadata:
  name: ${namespace}
  labels:
    app.kubernetes.io/part-of: chex-operator
    pod-security.kubernetes.io/enforce: restricted
`;

/** Its text; null, with a word about it, where helm is not built: a fault under CHEX_REQUIRE_ORACLES=1. Throws an Error when the chart cannot be rendered. */
export function installYaml(): string | null {
  if (!existsSync(helm)) {
    console.error(`SKIPPED manifests/install.yaml, neither compared nor written: helm ${helmVersion} is not built. Run \`npm run build:oracles\`.`);
    if (process.env['CHEX_REQUIRE_ORACLES'] === '1') process.exitCode = 1;
    return null;
  }
  const { isOk, stdout, stderr } = runHelm('template', 'chex-operator', 'charts/chex-operator', '--namespace', namespace);
  if (!isOk) throw new Error(`Cannot render charts/chex-operator: ${stderr}`);
  return head + stdout;
}
