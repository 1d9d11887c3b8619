import { globSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { openStorage } from '../../src/storage/open.ts';
import type { Storage } from '../../src/storage/storage.ts';
import { run } from './command.ts';
import { s3 } from './layout.ts';

const main = path.join(import.meta.dirname, '../../src/main.ts');

/** Small phantom films of 40 patients, in the form of CheXpert. */
export const phantoms = `s3://${s3.bucket}/phantoms`;

/** The cluster's S3 server, from this machine. */
export function openFilms(): Storage {
  Object.assign(process.env, { AWS_ACCESS_KEY_ID: s3.credentials.accessKeyId, AWS_SECRET_ACCESS_KEY: s3.credentials.secretAccessKey });
  return openStorage({ endpoint: s3.endpoint, forcePathStyle: true, checksums: 'Auto' });
}

/** Makes the films and uploads them, unless they are there. */
export async function uploadPhantoms(storage: Storage): Promise<void> {
  if ((await storage.head(`${phantoms}/valid.csv`)) !== null) return;
  const folder = mkdtempSync(path.join(tmpdir(), 'chex-phantoms-'));
  try {
    run(process.execPath, [main, 'synthesise', '--out', folder, '--patients', '40', '--seed', '3', '--size', '64']);
    // The table that tells that all are there comes last.
    const files = globSync('**/*.{jpg,csv}', { cwd: folder }).sort((a, b) => Number(a === 'valid.csv') - Number(b === 'valid.csv'));
    for (const file of files) await storage.write(`${phantoms}/${file}`, readFileSync(path.join(folder, file)));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
