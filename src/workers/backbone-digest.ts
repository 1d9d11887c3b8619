import { createHash } from 'node:crypto';
import { exitCodes, ExitError } from '../plan/exit-error.ts';
import type { CombinedStep } from '../plan/step.ts';
import { isStorageError } from '../storage/storage.ts';
import type { Tools } from './tools.ts';

/** sha256 of the file of the frozen backbone's weights; null where the step names none. Throws ExitError 66 where it is missing. */
export async function backboneDigestOf(step: CombinedStep, { storage, signal }: Tools): Promise<string | null> {
  if (step.backbone !== 'InceptionResNetV2' || step.backboneWeightsUri === undefined) return null;
  const hash = createHash('sha256');
  try {
    for await (const piece of storage.stream(step.backboneWeightsUri, { signal })) hash.update(piece);
  } catch (error) {
    if (!isStorageError(error, 'NotFound')) throw error;
    throw new ExitError(exitCodes.missingInput, `Cannot load the frozen networks: ${step.backboneWeightsUri} is not there; see combined.backboneWeightsUri`, { cause: error });
  }
  return hash.digest('hex');
}
