import { z } from 'zod';
import type { Step } from '../plan/step.ts';
import { exitCodes, stepSchema } from '../plan/step.ts';
import { StepError } from './tools.ts';

/** The step that CHEX_STEP holds as JSON; throws StepError 64 or 78 saying what is wrong. */
export function parseStep(text: string | undefined): Step {
  if (text === undefined) {
    throw new StepError(exitCodes.usage, 'Cannot run a step: CHEX_STEP is not set. `chex run` and the operator set it for their workers.');
  }
  const parsed = stepSchema.safeParse(parseJson(text));
  if (parsed.success) return parsed.data;
  const faults = parsed.error.issues.map((issue) => `${z.core.toDotPath(issue.path)}: ${issue.message}`).join('; ');
  throw new StepError(exitCodes.configuration, `Cannot run a step: CHEX_STEP is not one that this version knows: ${faults}`);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new StepError(exitCodes.usage, `Cannot run a step: CHEX_STEP is not JSON: ${String(cause)}`, { cause });
  }
}
