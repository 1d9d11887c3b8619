import type { Feeds, Model } from '../engines/engine.ts';
import type { FrozenSource } from './frozen-source.ts';
import { computeSources } from './frozen-source.ts';

/** Films scored at a time: the report's and `chex predict`'s are the same passes. */
export const scoredAtATime = 16;

/** What heads are fed with to score films, uint8 [n, size, size]: in full precision, unlike the features of training. */
export async function scoringFeeds(sources: readonly FrozenSource[], pixels: Uint8Array): Promise<Feeds> {
  return { image: pixels, ...(await computeSources(sources, pixels)) };
}

/** Probabilities of each film by output: n rows of k. */
export async function scoreFilms(head: Model, feeds: Feeds, outputs: number): Promise<Float32Array[]> {
  const { score } = await head.predict(feeds, ['score']);
  return Array.from({ length: score.length / outputs }, (_, film) => score.slice(film * outputs, (film + 1) * outputs));
}
