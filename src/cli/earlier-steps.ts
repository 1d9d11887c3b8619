import type { ChexTraining } from '../api/training.ts';
import type { Draft } from '../plan/drafts.ts';
import { stepTitle } from '../plan/job.ts';
import { layout, rootOf, stepFolder } from '../plan/layout.ts';
import type { Outcome, PlanContext, PlannedStep, StepKey } from '../plan/plan.ts';
import { planTraining } from '../plan/plan.ts';
import type { Done } from '../plan/result.ts';
import { afterChange, differingFields, isDoneOf } from '../plan/result.ts';
import type { Storage } from '../storage/storage.ts';
import { readDone } from '../workers/read-done.ts';

/** What the output folder of a training holds before it starts. */
export interface EarlierSteps {
  /** Results by step of what is finished: nothing of it is done twice. */
  readonly finished: ReadonlyMap<StepKey, Outcome>;
  /** Finished steps that were made with other settings, and in which they differ. */
  readonly differing: readonly DifferingStep[];
}

export interface DifferingStep {
  readonly step: PlannedStep;
  /** Each as `seed (was 1, is 2)`; at least one. */
  readonly fields: readonly string[];
}

/**
 * Reads the done.json of every step that the plan can tell, as the workers will. What only the data and the weights
 * tell (their digests) counts as unchanged: the workers look at those. Throws StorageError, and ExitError 78 where
 * another version wrote a done.json.
 */
export async function readEarlierSteps(storage: Storage, context: PlanContext): Promise<EarlierSteps> {
  const [finished, differing, read] = [new Map<StepKey, Outcome>(), [] as DifferingStep[], new Set<StepKey>()];
  // A step is known when those before it have results: those of differing steps tell enough to compare what follows.
  const results = new Map<StepKey, Outcome>();
  for (;;) {
    const { steps } = planTraining({ ...context, results });
    const known = steps.flatMap((step) => (step.draft === null || read.has(step.key) ? [] : [{ step, draft: step.draft }]));
    if (known.length === 0) return { finished, differing };
    const dones = await Promise.all(known.map(async ({ draft }) => readDone(storage, stepFolder(draft.root, draft).done)));
    for (const [index, { step, draft }] of known.entries()) {
      read.add(step.key);
      const done = dones[index] ?? null;
      if (done === null) continue;
      const outcome: Outcome = { state: 'succeeded', digest: draft.digest, result: done.result };
      const fields = differingFields(done.settings, { ...factsIn(done), ...draft.settings });
      results.set(step.key, outcome);
      if (fields.length > 0) differing.push({ step, fields });
      else if (isDoneOf(done, draft) && (await hasReport(storage, draft))) finished.set(step.key, outcome);
    }
  }
}

function factsIn({ settings: { dataDigest, backboneDigest } }: Done): Done['settings'] {
  return { ...(dataDigest === undefined ? {} : { dataDigest }), ...(backboneDigest === undefined ? {} : { backboneDigest }) };
}

async function hasReport(storage: Storage, { stage, root }: Draft): Promise<boolean> {
  return stage !== 'combined' || (await storage.head(layout(root).report.json)) !== null;
}

const shownSteps = 5;

/** Why a training cannot go on as it stands, with a line for each step it would not reuse; null where it can. */
export function refusalOf({ metadata: { namespace, name }, spec }: ChexTraining, { differing }: EarlierSteps): string | null {
  if (differing.length === 0 || spec.output.existing === 'Replace') return null;
  const lines = differing.slice(0, shownSteps).map(({ step, fields }) => `  ${stepTitle(step)}: ${fields.join('; ')}`);
  const more = differing.length - lines.length;
  return [
    `Cannot run ${namespace}/${name}: ${rootOf(spec.output.uri, { namespace, name })} holds finished work made with other settings:`,
    ...lines,
    ...(more > 0 ? [`  and ${more} more`] : []),
    afterChange,
  ].join('\n');
}
