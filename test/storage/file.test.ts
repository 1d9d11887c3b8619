import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileStorage } from '../../src/storage/file.ts';
import { testStorage } from './contract.ts';

testStorage('fileStorage()', async (t) => {
  const folder = await mkdtemp(path.join(tmpdir(), 'chex storage-'));
  t.after(() => rm(folder, { recursive: true, force: true }));
  return { storage: fileStorage(), root: `file://${folder}` };
});
