import { memoryStorage } from '../../src/storage/memory.ts';
import type { Storage } from '../../src/storage/storage.ts';

export const uri = 'memory://hospital/CheXpert-v1.0-small';

/** The header of CheXpert's tables. */
export const header = 'Path,Sex,Age,Frontal/Lateral,AP/PA,No Finding,Enlarged Cardiomediastinum,Cardiomegaly,Lung Opacity,Lung Lesion,Edema,Consolidation,Pneumonia,Atelectasis,Pneumothorax,Pleural Effusion,Pleural Other,Fracture,Support Devices';

/** A row of such a table, blank in every label that is not given by its place in the table, from 0. */
export function aRow(path: string, labels: Readonly<Record<number, string>> = {}, rest = 'Female,68,Frontal,AP'): string {
  return [path, rest, ...Array.from({ length: 14 }, (_, column) => labels[column] ?? '')].join(',');
}

/** A data set in memory: file below `uri` to its content. */
export async function aDataset(files: Readonly<Record<string, string>>): Promise<Storage> {
  const storage = memoryStorage();
  for (const [name, content] of Object.entries(files)) await storage.write(`${uri}/${name}`, new TextEncoder().encode(content));
  return storage;
}
