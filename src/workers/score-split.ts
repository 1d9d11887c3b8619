import { batchesInOrder, readPixels } from '../training/batches.ts';
import type { FilmSet } from '../training/films.ts';
import { labelsOf } from '../training/head-data.ts';
import { scoredAtATime, scoresByFilm } from '../training/score.ts';
import type { Heads } from './heads.ts';
import { partOf } from './progress-part.ts';
import { Interrupted } from './tools.ts';
import type { Tools } from './tools.ts';

/** A film of the records and what both models say of it. */
export interface ScoredFilm {
  readonly path: string;
  readonly patient: string;
  /** 14 labels: 0, 1, 2 = uncertain. */
  readonly labels: Uint8Array;
  /** Probabilities in the order of the head's outputs. */
  readonly scores: Float32Array;
  readonly baselineScores: Float32Array | null;
}

export interface ScoreOptions {
  readonly films: FilmSet;
  readonly heads: Heads;
  /** Outputs of the heads. */
  readonly outputs: number;
  readonly tools: Tools;
}

/** Scores all films of a set, in order, by the passes of `chex predict`. */
export async function scoreSplit({ films, heads, outputs, tools }: ScoreOptions): Promise<ScoredFilm[]> {
  const report = partOf(tools, { from: 0.95, to: 1, message: 'scores of the validation films' });
  const scored: ScoredFilm[] = [];
  for (const visits of batchesInOrder(films.count, scoredAtATime)) {
    if (tools.signal.aborted) throw new Interrupted();
    const { scores, baselineScores } = await scoreBatch(heads, await readPixels(films, visits), outputs);
    for (const [index, { film }] of visits.entries()) {
      scored.push(await scoredFilm({ films, film, scores: scores[index], baselineScores: baselineScores?.[index] ?? null }));
    }
    report({ ratio: scored.length / films.count });
  }
  return scored;
}

/** The baseline is fed with the features of the combined model's backbone, where that is frozen. */
async function scoreBatch({ combined, baseline, features }: Heads, image: Uint8Array, outputs: number): Promise<{ scores: Float32Array[]; baselineScores: Float32Array[] | null }> {
  const { score, ...backbone } = await combined.predict({ image }, ['score', ...features.backbone]);
  const scores = scoresByFilm(score, outputs);
  if (baseline === null) return { scores, baselineScores: null };
  return { scores, baselineScores: scoresByFilm((await baseline.predict({ image, ...backbone }, ['score'])).score, outputs) };
}

async function scoredFilm({ films, film, scores, baselineScores }: { films: FilmSet; film: number; scores: Float32Array | undefined; baselineScores: Float32Array | null }): Promise<ScoredFilm> {
  if (scores === undefined) throw new Error(`Cannot score film ${film}: the engine gave too few scores`);
  const features = await films.features(film);
  const text = (name: string) => new TextDecoder().decode(features.get(name));
  return { path: text('path'), patient: text('patient'), labels: await labelsOf(films, film), scores, baselineScores };
}
