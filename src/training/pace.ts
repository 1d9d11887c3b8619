const windowMilliseconds = 30_000;

export interface Pace {
  readonly imagesPerSecond: number;
  readonly remainingSeconds: number;
  /** 0 to 1: of the time of training steps, what was spent on waiting for their films; absent where no time has passed. */
  readonly inputWaitRatio?: number;
}

/** Milliseconds so far: of waiting for batches, and of steps. */
export interface Spent {
  readonly waiting: number;
  readonly stepping: number;
}

/**
 * Speed over the last half minute, and what it means for the rest. The function it returns is told after each batch
 * how many films are done, how many there are and where the time went; it answers null until it has seen time pass.
 */
export function startPace(now: () => number): (done: number, total: number, spent: Spent) => Pace | null {
  const marks: ({ at: number; done: number } & Spent)[] = [];
  return (done, total, spent) => {
    const at = now();
    marks.push({ at, done, ...spent });
    while (marks.length > 2 && at - (marks[1]?.at ?? at) >= windowMilliseconds) marks.shift();
    const first = marks[0];
    if (first === undefined || first.at === at || first.done === done) return null;
    const imagesPerSecond = ((done - first.done) * 1000) / (at - first.at);
    const waiting = spent.waiting - first.waiting;
    const both = waiting + spent.stepping - first.stepping;
    return { imagesPerSecond, remainingSeconds: (total - done) / imagesPerSecond, ...(both > 0 ? { inputWaitRatio: waiting / both } : {}) };
  };
}
