/** Films scored at a time: the report's and `chex predict`'s are the same passes. */
export const scoredAtATime = 16;

/** Probabilities of each film by output: n rows of k. */
export function scoresByFilm(score: Float32Array, outputs: number): Float32Array[] {
  return Array.from({ length: score.length / outputs }, (_, film) => score.slice(film * outputs, (film + 1) * outputs));
}
