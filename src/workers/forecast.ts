/** From this share on, the time that a worker took so far tells how long the rest takes. */
const tellingShare = 0.05;

/**
 * Seconds left of a step at the mean pace since its first report, which is where an earlier run of it stopped. The
 * function it returns is told each ratio (0 to 1) and answers null until the pace says something.
 */
export function startForecast(now: () => number): (ratio: number) => number | null {
  let first: { readonly at: number; readonly ratio: number } | null = null;
  return (ratio) => {
    first ??= { at: now(), ratio };
    const gained = ratio - first.ratio;
    return gained < tellingShare ? null : ((1 - ratio) * (now() - first.at)) / 1000 / gained;
  };
}
