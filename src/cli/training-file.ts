import { pathToFileURL } from 'node:url';
import { parseDocument } from 'yaml';
import type { Issue, ParsedTraining, Place } from '../api/parse.ts';
import { parseTraining } from '../api/parse.ts';
import { ExitError } from '../plan/step.ts';
import { openStorage } from '../storage/open.ts';
import { isStorageError } from '../storage/storage.ts';

/**
 * Reads a training from a YAML (or JSON) file. Throws ExitError 66 when the file is missing, 65 when it is not
 * YAML, 78 with every fault and its path when the resource is wrong.
 */
export async function readTraining(file: string, place: Place = 'machine'): Promise<ParsedTraining> {
  const parsed = parseTraining(await readYaml(file), place);
  if (!parsed.ok) throw new ExitError(78, faultsOf(file, parsed.issues));
  return parsed.training;
}

/** All faults, a line each: `training.yaml: spec.seed: must be a number, not "x"`. */
function faultsOf(file: string, issues: readonly Issue[]): string {
  const count = issues.length === 1 ? '1 fault' : `${issues.length} faults`;
  return [`${file} has ${count}:`, ...issues.map(({ path, message }) => `  ${path === '' ? 'the document' : path}: ${message}`)].join('\n');
}

async function readYaml(file: string): Promise<unknown> {
  const storage = openStorage({ forcePathStyle: false, checksums: 'Auto' });
  const bytes = await storage.read(pathToFileURL(file).href).catch((cause: unknown) => {
    if (isStorageError(cause, 'NotFound')) throw new ExitError(66, `Cannot read ${file}: there is no such file. Name a training with -f FILE.`);
    throw cause;
  });
  const document = parseDocument(new TextDecoder().decode(bytes));
  const [fault] = document.errors;
  if (fault) throw new ExitError(65, `Cannot read ${file} as YAML: ${fault.message.trim()}`);
  return document.toJS();
}
