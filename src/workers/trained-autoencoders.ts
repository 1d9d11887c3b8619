import type { Observation } from '../api/observations.ts';
import { layout } from '../plan/layout.ts';
import type { AutoencoderResult } from '../plan/result.ts';
import { exitCodes, ExitError } from '../plan/exit-error.ts';
import type { CombinedStep } from '../plan/step.ts';
import { readJson } from '../storage/read-json.ts';
import { autoencoderSummarySchema } from './autoencoder-summary.ts';
import type { AutoencoderSummary } from './autoencoder-summary.ts';
import { readDone } from './read-done.ts';
import type { Tools } from './tools.ts';

/** A finished autoencoder: what it reported and what the report shows of it. */
export interface TrainedAutoencoder {
  readonly observation: Observation;
  readonly result: AutoencoderResult;
  readonly summary: AutoencoderSummary;
}

/** The autoencoders the step names, in its order. Throws 66 where one is missing or is not the one that is meant. */
export async function readTrainedAutoencoders(step: CombinedStep, tools: Tools): Promise<TrainedAutoencoder[]> {
  const trained: TrainedAutoencoder[] = [];
  for (const { observation, digest } of step.autoencoders) {
    const paths = layout(step.root).autoencoder(observation);
    const done = demand(await readDone(tools.storage, paths.done), { uri: paths.done, observation });
    const summary = autoencoderSummarySchema.parse(demand(await readJson(tools.storage, paths.summary), { uri: paths.summary, observation }));
    if (done.digest !== digest || summary.digest !== digest || done.result.stage !== 'autoencoders') {
      throw new ExitError(exitCodes.missingInput, `Cannot use the autoencoder of ${observation}: ${paths.folder} holds one made with other settings; run the training again, so that it is trained anew`);
    }
    trained.push({ observation, result: done.result, summary });
  }
  return trained;
}

function demand<Content>(content: Content | null, { uri, observation }: { uri: string; observation: Observation }): Content {
  if (content !== null) return content;
  throw new ExitError(exitCodes.missingInput, `Cannot use the autoencoder of ${observation}: ${uri} is not there, so it is not finished; run the training again`);
}
