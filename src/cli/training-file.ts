import { pathToFileURL } from 'node:url';
import type { Issue, ParsedTraining } from '../api/parse.ts';
import { parseTraining } from '../api/parse.ts';
import { exitCodes, ExitError } from '../plan/exit-error.ts';
import { codeOf } from '../storage/file-faults.ts';
import { openStorage } from '../storage/open.ts';
import { isStorageError } from '../storage/storage.ts';
import { parseYaml } from './parse-yaml.ts';

/**
 * Reads a training from a YAML (or JSON) file. Throws ExitError 66 when the file is missing, 65 when it is not
 * one YAML document, 78 with every fault and its path when the resource is wrong.
 */
export async function readTraining(file: string): Promise<ParsedTraining> {
  const content = parseYaml(await readBytes(file));
  if (!content.ok) throw new ExitError(exitCodes.data, `Cannot read a training from ${file}: ${content.fault}.`);
  const parsed = parseTraining(content.document);
  if (!parsed.ok) throw new ExitError(exitCodes.configuration, faultsOf(file, parsed.issues));
  return parsed.training;
}

/** All faults, a line each: `training.yaml: spec.seed: must be a number, not "x"`. */
function faultsOf(file: string, issues: readonly Issue[]): string {
  const count = issues.length === 1 ? '1 fault' : `${issues.length} faults`;
  return [`${file} has ${count}:`, ...issues.map(({ path, message }) => `  ${path}: ${message}`)].join('\n');
}

async function readBytes(file: string): Promise<Uint8Array> {
  const storage = openStorage({ forcePathStyle: false, checksums: 'Auto' });
  return storage.read(pathToFileURL(file).href).catch((error: unknown) => {
    if (!isStorageError(error, 'NotFound')) throw error;
    const state = codeOf(error.cause) === 'EISDIR' ? 'it is a folder' : 'there is no such file';
    throw new ExitError(exitCodes.missingInput, `Cannot read ${file}: ${state}. Name the YAML file of a training with -f.`, { cause: error });
  });
}
