/** How a step ended, as the exit code and the last words that its Job records (product.md, section 4). */
import { exitCodes, ExitError } from '../plan/exit-error.ts';
import { EngineError } from '../engines/engine.ts';
import { AddressError } from '../metrics/progress-server.ts';
import { LockHeldError, LockLostError } from '../storage/lock.ts';
import type { StorageErrorKind } from '../storage/storage.ts';
import { StorageError } from '../storage/storage.ts';
import { Interrupted } from './tools.ts';

export interface Exit {
  readonly code: number;
  readonly message: string;
}

const storageExits: Record<StorageErrorKind, number> = {
  NotFound: exitCodes.missingInput,
  AccessDenied: exitCodes.configuration,
  Configuration: exitCodes.configuration,
  // What a retry may cure.
  PreconditionFailed: 1,
  Damaged: 1,
  NoSpace: 1,
  Unavailable: 1,
  Aborted: exitCodes.interrupted,
};

/** The exit that a failure means. An error nobody foresaw is 1: counted and retried. */
export function exitOf(error: unknown): Exit {
  if (error instanceof ExitError) return { code: error.exitCode, message: error.message };
  if (error instanceof Interrupted) return { code: exitCodes.interrupted, message: error.message };
  if (error instanceof StorageError) return { code: storageExits[error.kind], message: error.message };
  if (isConfiguration(error)) return { code: exitCodes.configuration, message: error.message };
  return { code: 1, message: error instanceof Error ? error.message : String(error) };
}

function isConfiguration(error: unknown): error is Error {
  return [LockHeldError, LockLostError, AddressError, EngineError].some((kind) => error instanceof kind);
}
