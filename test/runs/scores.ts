import assert from 'node:assert/strict';
import { parse } from 'csv-parse/sync';

/** Fails unless what `chex predict` gives for the validation films is what the report's predictions.csv says, to 1e-6. */
export function assertSameScores({ predicted, reported, observations }: { predicted: string; reported: string; observations: readonly string[] }): void {
  const [ours, theirs] = [predicted, reported].map((text) => parse<Record<string, string>>(text, { columns: true })) as [Record<string, string>[], Record<string, string>[]];
  assert.ok(theirs.length > 0);
  assert.equal(ours.length, theirs.length);
  for (const row of theirs) {
    const same = ours.find(({ path }) => row['path']!.endsWith(path!));
    assert.ok(same, `${row['path']} is not predicted`);
    for (const observation of observations) {
      assert.ok(Math.abs(Number(same[observation]) - Number(row[`${observation}_score`])) <= 1e-6, `${row['path']} ${observation}`);
    }
  }
}
