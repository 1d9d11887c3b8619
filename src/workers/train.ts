import { DivergedError } from '../engines/engine.ts';
import { exitCodes, ExitError } from '../plan/exit-error.ts';
import { fit } from '../training/fit.ts';
import type { Fitted, FitOptions } from '../training/fit.ts';
import { Interrupted } from './tools.ts';

/** `fit`, ended as a worker ends: Interrupted after saving, 65 where the loss is no longer a number. */
export async function train(options: FitOptions): Promise<Fitted> {
  try {
    const outcome = await fit(options);
    if (outcome.kind === 'fitted') return outcome;
  } catch (error) {
    if (!(error instanceof DivergedError)) throw error;
    throw new ExitError(exitCodes.data, `${error.message}. The last good checkpoint is kept.`, { cause: error });
  }
  throw new Interrupted();
}
