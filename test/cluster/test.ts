/**
 * `npm run test:cluster`: the end-to-end suite, on the cluster of KUBECONFIG, else on this machine's, which is started
 * for it and ended afterwards unless it was up before. The operator is installed, and removed at the end.
 */
import { globSync } from 'node:fs';
import path from 'node:path';
import { run } from './command.ts';
import { isAnswering } from './control-plane.ts';
import { installOperator, removeOperator } from './operator.ts';
import { removeCluster } from './remove-cluster.ts';

const isOurs = process.env['KUBECONFIG'] === undefined && !isAnswering();
const files = process.argv.length > 2 ? process.argv.slice(2) : globSync(path.join(import.meta.dirname, 'end-to-end/*.e2e.ts')).sort();

try {
  run(process.execPath, [path.join(import.meta.dirname, 'up.ts')]);
  try {
    installOperator();
    run(process.execPath, ['--test', '--test-concurrency=1', ...files]);
  } finally {
    removeOperator();
  }
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
} finally {
  if (isOurs) await removeCluster();
}
