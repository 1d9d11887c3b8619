/** How long the pauses between tries become. */
export interface BackoffBounds {
  readonly firstMilliseconds: number;
  readonly longestMilliseconds: number;
}

/**
 * Milliseconds to pause after so many failures in a row (1 or more): doubled each time, up to twice that by chance (0 to 1),
 * so that many who failed together do not return together, and never more than the longest.
 */
export function backoffMilliseconds(failures: number, { firstMilliseconds, longestMilliseconds }: BackoffBounds, chance: number): number {
  return Math.min(longestMilliseconds, firstMilliseconds * 2 ** (failures - 1) * (1 + chance));
}
