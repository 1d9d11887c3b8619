import { spawnSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { observations } from '../../src/api/observations.ts';
import { openRandom } from '../../src/random/random.ts';
import type { CatalogStep } from '../../src/plan/step.ts';
import { openStorage } from '../../src/storage/open.ts';
import { runCatalog } from '../../src/workers/catalog.ts';
import { alone } from './bench-row.ts';
import type { BenchRow } from './bench-row.ts';

/** Rows of CheXpert-v1.0-small. */
const rows = { train: 223_414, valid: 234 };
const header = 'Path,Sex,Age,Frontal/Lateral,AP/PA,No Finding,Enlarged Cardiomediastinum,Cardiomegaly,Lung Opacity,Lung Lesion,Edema,Consolidation,Pneumonia,Atelectasis,Pneumothorax,Pleural Effusion,Pleural Other,Fracture,Support Devices';
const megabyte = 1e6;

/** Cataloging a table as long as CheXpert's own, in a process of its own whose peak memory is its alone. */
export async function benchCatalog(): Promise<BenchRow[]> {
  const folder = await mkdtemp(path.join(tmpdir(), 'chex-bench-'));
  try {
    await writeFile(path.join(folder, 'train.csv'), tableOf('train'));
    await writeFile(path.join(folder, 'valid.csv'), tableOf('valid'));
    const ended = spawnSync(process.execPath, [import.meta.filename, folder], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] });
    if (ended.status !== 0) throw new Error(`Cannot measure the catalog: its process ended with ${ended.status}`);
    const measured = JSON.parse(ended.stdout) as { seconds: number; peakBytes: number };
    return [
      { ...alone, name: 'catalog of 223,648 rows', unit: 's', value: measured.seconds },
      { ...alone, name: 'catalog of 223,648 rows, peak RSS', unit: 'MB', value: measured.peakBytes / megabyte },
    ];
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** A table of the real one's size and habits: 3.4 films a patient, several studies, three labels of four blank. */
function tableOf(split: 'train' | 'valid'): string {
  const random = openRandom(1, split);
  const lines = [header];
  for (let patient = 1; lines.length <= rows[split]; patient++) {
    const studies = 1 + Math.floor(-2.2 * Math.log(1 - random.uniform()));
    for (let study = 1; study <= studies && lines.length <= rows[split]; study++) lines.push(...studyLines({ split, patient, study }, random.uniform));
  }
  return `${lines.slice(0, rows[split] + 1).join('\n')}\n`;
}

function studyLines(of: { split: string; patient: number; study: number }, uniform: () => number): string[] {
  const folder = `CheXpert-v1.0-small/${of.split}/patient${String(of.patient).padStart(5, '0')}/study${of.study}`;
  const labels = observations.map(() => {
    const chance = uniform();
    return chance < 0.75 ? '' : chance < 0.92 ? '1.0' : chance < 0.96 ? '0.0' : '-1.0';
  }).join(',');
  const frontal = `${folder}/view1_frontal.jpg,Female,${18 + Math.floor(72 * uniform())},Frontal,${uniform() < 0.8 ? 'AP' : 'PA'},${labels}`;
  return uniform() < 0.15 ? [frontal, `${folder}/view2_lateral.jpg,Female,68,Lateral,,${labels}`] : [frontal];
}

async function measure(folder: string): Promise<void> {
  const scratch = new AbortController();
  const uri = pathToFileURL(folder).href;
  const step: CatalogStep = {
    version: 1, stage: 'catalog', training: { namespace: 'default', name: 'bench', uid: 'bench' }, run: 1, rerun: 0,
    digest: '0'.repeat(64), settings: {}, existing: 'Keep', root: `${uri}/runs`, seed: 123,
    storage: { forcePathStyle: false, checksums: 'Auto' }, dataset: { uri, layout: 'Auto' }, observations: [...observations], shards: 64,
  };
  const startedAt = performance.now();
  const result = await runCatalog({
    step,
    tools: {
      storage: openStorage(step.storage), log: () => undefined, report: () => undefined, signal: scratch.signal,
      now: () => performance.now(), scratch: { folder, freeBytes: () => Promise.resolve(Infinity) }, fence: async () => undefined,
    },
  });
  if (result.films.train !== rows.train || result.films.valid !== rows.valid) throw new Error(`Cannot trust the figure: ${JSON.stringify(result)}`);
  console.log(JSON.stringify({ seconds: (performance.now() - startedAt) / 1000, peakBytes: process.resourceUsage().maxRSS * 1024 }));
}

const [, , folder] = process.argv;
if (import.meta.main && folder !== undefined) await measure(folder);
