import { doneSchema } from '../plan/result.ts';
import type { Done } from '../plan/result.ts';
import { exitCodes, ExitError } from '../plan/exit-error.ts';
import { readJson } from '../storage/read-json.ts';
import type { Storage } from '../storage/storage.ts';

/** What a done.json says; null when it is absent. Throws ExitError 78 where another version wrote it. */
export async function readDone(storage: Storage, uri: string): Promise<Done | null> {
  const content = await readJson(storage, uri);
  if (content === null) return null;
  const parsed = doneSchema.safeParse(content);
  if (parsed.success) return parsed.data;
  const at = parsed.error.issues[0]?.path.join('.');
  throw new ExitError(
    exitCodes.configuration,
    `Cannot read ${uri}: another version of chex-operator wrote it${at === undefined || at === '' ? '' : ` (${at} differs)`}. Go on with that version, train under another metadata.name, or remove this file to have the step done anew.`,
    { cause: parsed.error },
  );
}
