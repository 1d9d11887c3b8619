/**
 * Seconds until all are done on `places` machines, each taking the next in order when it is free. `busy` are those
 * already running, which hold a place from the start even where they are more than the places.
 */
export function makespan(durations: readonly number[], places: number, busy: readonly number[] = []): number {
  const waiting = [...durations];
  const free = Math.max(1, places);
  // Places above the limit end with what runs on them and take nothing new.
  const ends = busy.toSorted((left, right) => left - right);
  const surplus = ends.splice(free);
  const machines = [...ends, ...new Array<number>(Math.max(0, free - ends.length)).fill(0)];
  let last = Math.max(0, ...surplus, ...machines);
  for (const duration of waiting) {
    const first = machines.indexOf(Math.min(...machines));
    const end = (machines[first] ?? 0) + duration;
    machines[first] = end;
    last = Math.max(last, end);
  }
  return last;
}

/** The fewest places with which it takes no longer than with one for each. */
export function fewestPlaces(durations: readonly number[]): number {
  const least = makespan(durations, durations.length);
  for (let places = 1; places < durations.length; places += 1) {
    if (makespan(durations, places) <= least) return places;
  }
  return Math.max(1, durations.length);
}
