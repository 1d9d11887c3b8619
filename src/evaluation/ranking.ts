/** Films with a known label, in ascending order of score: sorted once, ranked as often as weights change. */
export interface Ranking {
  /** Position of each film in the list it came from, ascending by score. */
  readonly items: Uint32Array;
  /** 1 = present, 0 = absent; in the order of `items`. */
  readonly positive: Uint8Array;
  /** Score of each film, in the order of `items`. */
  readonly scores: Float64Array;
  /** Where each run of equal scores ends (exclusive), ascending. */
  readonly tieEnds: Uint32Array;
  readonly positives: number;
  readonly negatives: number;
}

/** Orders films by score; films whose label is 2 (uncertain) are left out. Throws on any other label than 0, 1, 2 and on a score that is no number. */
export function rank(labels: ArrayLike<number>, scores: ArrayLike<number>): Ranking {
  const known: number[] = [];
  for (let i = 0; i < labels.length; i++) {
    const label = labels[i];
    if (label === 2) continue;
    if (label !== 0 && label !== 1) throw new Error(`Cannot rank films: film ${i} has the label ${label}, not 0, 1 or 2`);
    if (!Number.isFinite(scores[i])) throw new Error(`Cannot rank films: film ${i} has the score ${scores[i]}`);
    known.push(i);
  }
  const items = Uint32Array.from(known).sort((a, b) => (scores[a] ?? 0) - (scores[b] ?? 0));
  const ordered = Float64Array.from(items, (item) => scores[item] ?? 0);
  const positive = Uint8Array.from(items, (item) => labels[item] ?? 0);
  const positives = positive.reduce((sum, one) => sum + one, 0);
  return { items, positive, scores: ordered, tieEnds: tieEnds(ordered), positives, negatives: items.length - positives };
}

/** Whether both labels occur: without that no ranking metric exists. */
export function hasBothLabels(ranking: Ranking): boolean {
  return ranking.positives > 0 && ranking.negatives > 0;
}

function tieEnds(ascending: Float64Array): Uint32Array {
  const ends: number[] = [];
  for (let i = 1; i <= ascending.length; i++) {
    if (i === ascending.length || ascending[i] !== ascending[i - 1]) ends.push(i);
  }
  return Uint32Array.from(ends);
}
