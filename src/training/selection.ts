import type { EpochLosses } from './position.ts';

export interface EarlyStopping {
  /** Least fall of the validation loss that counts. */
  readonly minDelta: number;
  /** Epochs without such a fall before stopping. */
  readonly patience: number;
}

/** The epoch (from 1) of least validation loss, the first of equals; null before there is one. */
export function bestEpochOf(history: readonly EpochLosses[], objective: string): number | null {
  let best: { epoch: number; loss: number } | null = null;
  for (const [index, { validation }] of history.entries()) {
    const loss = validation?.[objective];
    if (loss !== undefined && (best === null || loss < best.loss)) best = { epoch: index + 1, loss };
  }
  return best?.epoch ?? null;
}

/** Whether the validation loss has not fallen enough for `patience` epochs; never without validation films. */
export function hasStalled(history: readonly EpochLosses[], { objective, rule }: { objective: string; rule: EarlyStopping | null }): boolean {
  if (rule === null) return false;
  let least = Infinity;
  let waited = 0;
  for (const { validation } of history) {
    const loss = validation?.[objective];
    if (loss === undefined) return false;
    waited = loss < least - rule.minDelta ? 0 : waited + 1;
    if (waited === 0) least = loss;
  }
  return waited >= rule.patience;
}
