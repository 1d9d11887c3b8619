/** Weight of the old moving value after n updates: short runs would validate on noise with a fixed 0.99. */
export function rampedMomentum(updates: number): number {
  return Math.min(0.99, (1 + updates) / (10 + updates));
}
