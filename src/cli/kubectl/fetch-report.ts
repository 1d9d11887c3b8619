import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { parseTraining } from '../../api/parse.ts';
import type { TrainingObject } from '../../kube/training-object.ts';
import { layout, rootOf } from '../../plan/layout.ts';
import { ExitError } from '../../plan/exit-error.ts';
import { openStorage } from '../../storage/open.ts';
import { isStorageError } from '../../storage/storage.ts';

export interface FetchOptions {
  readonly folder: string;
  /** The S3 server as it is reached from here; by default as from the cluster. */
  readonly endpoint?: string;
}

/** Copies the report of a training into a folder, with the S3 keys of whoever asks; the path of its page. Throws ExitError 1 with where it lies. */
export async function fetchReport(training: TrainingObject, { folder, endpoint }: FetchOptions): Promise<string> {
  const { namespace, name } = training.metadata;
  const parsed = parseTraining(training, 'cluster');
  if (!parsed.ok) throw new ExitError(1, `Cannot fetch the report of ${namespace}/${name}: the training is not understood; is this program older than the operator?`);
  const { spec } = parsed.training;
  const { report } = layout(rootOf(spec.output.uri, { namespace, name }));
  const storage = openStorage({ ...spec.storage, ...(endpoint === undefined ? {} : { endpoint }) });
  try {
    if ((await storage.head(report.html)) === null) throw new ExitError(1, `${namespace}/${name} has no report yet: ${training.status?.message ?? 'it has not started'}`);
    for (const uri of [report.html, report.json, report.predictions, report.modelCard]) {
      if ((await storage.head(uri)) === null) continue;
      await storage.write(pathToFileURL(path.resolve(folder, path.posix.basename(uri))).href, await storage.read(uri));
    }
  } catch (error) {
    if (!isStorageError(error)) throw error;
    throw new ExitError(1, `Cannot fetch the report of ${namespace}/${name}: ${error.message}. It lies at ${report.html}; your own S3 keys are used for this (AWS_ACCESS_KEY_ID, AWS_PROFILE), never those of the cluster.`, { cause: error });
  }
  return path.resolve(folder, 'report.html');
}
