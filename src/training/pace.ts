const windowMilliseconds = 30_000;

export interface Pace {
  readonly imagesPerSecond: number;
  readonly remainingSeconds: number;
}

/**
 * Speed over the last half minute, and what it means for the rest. The function it returns is told after each batch
 * how many films are done and how many there are; it answers null until it has seen time pass.
 */
export function startPace(now: () => number): (done: number, total: number) => Pace | null {
  const marks: { at: number; done: number }[] = [];
  return (done, total) => {
    const at = now();
    marks.push({ at, done });
    while (marks.length > 2 && at - (marks[1]?.at ?? at) >= windowMilliseconds) marks.shift();
    const first = marks[0];
    if (first === undefined || first.at === at || first.done === done) return null;
    const imagesPerSecond = ((done - first.done) * 1000) / (at - first.at);
    return { imagesPerSecond, remainingSeconds: (total - done) / imagesPerSecond };
  };
}
