import type { LogLevel } from './options.ts';
import { logLevels } from './options.ts';

export type Fields = Readonly<Record<string, unknown>>;

/** One line of JSON for each call that is important enough. */
export type Log = (level: LogLevel, message: string, fields?: Fields) => void;

export interface LogOptions {
  readonly level: LogLevel;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  readonly write: (line: string) => void;
}

export function openLog({ level: least, now, write }: LogOptions): Log {
  return (level, message, fields = {}) => {
    if (logLevels.indexOf(level) < logLevels.indexOf(least)) return;
    write(JSON.stringify({ time: new Date(now()).toISOString(), level, message, ...fields }));
  };
}

/** What went wrong, for a field of a line. */
export function wordsOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
