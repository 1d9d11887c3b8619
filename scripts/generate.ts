/**
 * `npm run generate` writes every generated file from its source; `npm run verify` fails when one differs.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { chartCrd } from './generate/chart-crd.ts';
import { crdYaml } from './generate/crd-yaml.ts';
import { installYaml } from './generate/install-yaml.ts';
import { dashboardJson } from './generate/dashboards/dashboard.ts';
import { operator } from './generate/dashboards/operator.ts';
import { training } from './generate/dashboards/training.ts';
import { trainings } from './generate/dashboards/trainings.ts';
import { helmValues } from './generate/helm-values.ts';
import { imagingKernels, kernels } from './generate/kernels.ts';
import { lives } from './generate/lives.ts';
import { metricsReference } from './generate/metrics-reference.ts';
import { reference } from './generate/reference.ts';

const root = path.join(import.meta.dirname, '..');
const isVerifying = process.argv.includes('--verify');

settle({
  'manifests/crd.yaml': Buffer.from(crdYaml()),
  'charts/chex-operator/templates/crd.yaml': Buffer.from(chartCrd()),
  'docs/reference.md': Buffer.from(reference()),
  ...Object.fromEntries([trainings, training, operator].map((dashboard) => [`charts/chex-operator/dashboards/${dashboard.uid}.json`, Buffer.from(dashboardJson(dashboard))])),
  'docs/metrics.md': Buffer.from(await metricsReference()),
  'docs/helm.md': Buffer.from(helmValues()),
  'src/engines/kernels.wasm': await kernels(),
  'src/imaging/kernels.ts': await imagingKernels(),
  ...(await lives()),
});
// After the chart's own generated file, since helm reads the chart from the disk.
const install = installYaml();
if (install !== null) settle({ 'manifests/install.yaml': Buffer.from(install) });

function present(file: string): Buffer | null {
  try {
    return readFileSync(path.join(root, file));
  } catch {
    return null;
  }
}

/** Each file by its path in the repository, written or compared. */
function settle(files: Readonly<Record<string, Uint8Array>>): void {
  for (const [file, content] of Object.entries(files)) {
    if (present(file)?.equals(content) === true) continue;
    if (isVerifying) {
      console.error(`${file} differs from its source: run \`npm run generate\` and commit it.`);
      process.exitCode = 1;
    } else {
      mkdirSync(path.dirname(path.join(root, file)), { recursive: true });
      writeFileSync(path.join(root, file), content);
      console.error(`wrote ${file}`);
    }
  }
}
