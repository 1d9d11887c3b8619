/** Exit codes of a worker. Those of sysexits.h are never retried; any other is counted and retried. */
export const exitCodes = {
  done: 0,
  usage: 64,
  data: 65,
  missingInput: 66,
  configuration: 78,
  /** SIGTERM or SIGINT, after the checkpoint was saved. */
  interrupted: 143,
} as const;
export const finalExitCodes: readonly number[] = [64, 65, 66, 78];

/** A command or a step that cannot go on: the sentence says what, where and what to do; the code says whether to retry. */
export class ExitError extends Error {
  readonly exitCode: number;
  constructor(exitCode: number, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'ExitError';
    this.exitCode = exitCode;
  }
}
