import { z } from 'zod';
import type { Step } from '../plan/step.ts';
import { exitCodes, ExitError } from '../plan/exit-error.ts';
import { stepSchema } from '../plan/step.ts';

/** The step that CHEX_STEP holds as JSON; throws ExitError 64 or 78 saying what is wrong. */
export function parseStep(text: string | undefined): Step {
  if (text === undefined) {
    throw new ExitError(exitCodes.usage, 'Cannot run a step: CHEX_STEP is not set. `chex run` and the operator set it for their workers.');
  }
  const parsed = stepSchema.safeParse(parseJson(text));
  if (parsed.success) return parsed.data;
  const faults = parsed.error.issues.map((issue) => `${z.core.toDotPath(issue.path)}: ${issue.message}`).join('; ');
  throw new ExitError(exitCodes.configuration, `Cannot run a step: CHEX_STEP is not one that this version knows: ${faults}`);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new ExitError(exitCodes.usage, `Cannot run a step: CHEX_STEP is not JSON: ${String(cause)}`, { cause });
  }
}
