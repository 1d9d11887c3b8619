import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { Tensor, Tensors } from '../engines/engine.ts';
import type { Storage } from '../storage/storage.ts';
import { positionSchema } from './position.ts';
import { bytesOf, decodeSafetensors, encodeSafetensors } from './safetensors.ts';

const descriptionSchema = z.strictObject({
  digest: z.string(),
  run: z.int(),
  engine: z.string(),
  threads: z.int(),
  updates: z.int(),
  /** null in a file of the best weights, from which no training goes on. */
  position: positionSchema.nullable(),
  /** Epoch (from 1) of the best weights known then. */
  bestEpoch: z.int().nullable(),
});

/** What a checkpoint says of itself: the JSON in its metadata `chex`. */
export type Description = z.output<typeof descriptionSchema>;

export interface CheckpointFile {
  readonly description: Description;
  /** Groups of tensors, such as `weights`. */
  readonly groups: Readonly<Record<string, Tensors>>;
}

/** Writes a safetensors file, whole or not at all; a tensor is called `<group>/<name>`, `sha256` covers everything. */
export async function writeCheckpointFile(storage: Storage, uri: string, { description, groups }: CheckpointFile): Promise<void> {
  const tensors = new Map<string, Tensor>();
  for (const [group, members] of Object.entries(groups)) {
    for (const [name, tensor] of members) tensors.set(`${group}/${name}`, tensor);
  }
  const chex = JSON.stringify(description);
  await storage.write(uri, encodeSafetensors({ metadata: { chex, sha256: checksum(chex, tensors) }, tensors }));
}

/** Throws an Error that says what is wrong with a file that is damaged or none, StorageError where it cannot be had. */
export async function readCheckpointFile(storage: Storage, uri: string): Promise<CheckpointFile> {
  const { metadata, tensors } = await decodeSafetensors(storage.stream(uri));
  const chex = metadata['chex'] ?? '';
  if (metadata['sha256'] !== checksum(chex, tensors)) throw new Error('its checksum is wrong');
  const groups: Record<string, Map<string, Tensor>> = {};
  for (const [path, tensor] of tensors) {
    const slash = path.indexOf('/');
    (groups[path.slice(0, slash)] ??= new Map()).set(path.slice(slash + 1), tensor);
  }
  return { description: descriptionSchema.parse(JSON.parse(chex)), groups };
}

function checksum(chex: string, tensors: Tensors): string {
  const hash = createHash('sha256').update(chex);
  for (const [path, { shape, values }] of tensors) hash.update(`${path}:${shape.join()};`).update(bytesOf(values));
  return hash.digest('hex');
}
