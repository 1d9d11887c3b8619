import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { TrainingStatus } from '../../src/api/status.ts';
import { endOf } from '../../src/cli/run-end.ts';
import { layout } from '../../src/plan/layout.ts';
import { openStorage } from '../../src/storage/open.ts';

test('endOf() says where the report is, also in a folder with a per cent sign and a hash, and how long each stage took', async () => {
  const stage = (name: string, seconds: number) => ({ stage: name, state: 'succeeded', run: 1, attempts: 1, seconds });
  const status = { conditions: [{ type: 'Succeeded', status: 'True' }], stages: [stage('catalog', 1), stage('preprocess', 9), stage('autoencoders', 90)] } as unknown as TrainingStatus;
  const lines: string[] = [];
  const storage = openStorage({ forcePathStyle: false, checksums: 'Auto' });
  const code = await endOf({ status, logs: [], hasLostWork: false, paths: layout('file:///data/50%/a#b'), storage, print: (line) => lines.push(line) });
  assert.equal(code, 0);
  assert.deepEqual(lines, [
    'Time of the workers: catalog 1 s (1 %), preprocess 9 s (9 %), autoencoders 1:30 (90 %)',
    'The report: /data/50%/a#b/report/report.html',
  ]);
});
