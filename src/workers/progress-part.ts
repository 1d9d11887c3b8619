import type { Tools } from './tools.ts';

export interface ProgressPart {
  /** Where the part begins and ends within its step, 0 to 1. */
  readonly from: number;
  readonly to: number;
  readonly message: string;
}

/** `tools.report` for a part of a step: its ratio becomes that of the whole; what is left of the part says nothing of the rest. */
export function partOf(tools: Tools, { from, to, message }: ProgressPart): Tools['report'] {
  return ({ remainingSeconds: _, ...progress }) => tools.report({ ...progress, ratio: from + progress.ratio * (to - from), message });
}
