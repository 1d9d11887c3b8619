/** A command that cannot go on: a sentence for people and the exit code for scripts (product.md, section 4). */
export class CommandError extends Error {
  readonly exitCode: number;
  constructor(exitCode: number, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'CommandError';
    this.exitCode = exitCode;
  }
}
