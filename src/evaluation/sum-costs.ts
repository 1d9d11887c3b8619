/** Exact to the millionths that amounts have; null as soon as one is not known, since a part is not the whole, and where there is none. */
export function sumCosts(costs: readonly (number | null)[]): number | null {
  const millionths = costs.reduce<number | null>((sum, cost) => (sum === null || cost === null ? null : sum + Math.round(cost * 1e6)), 0);
  return costs.length === 0 || millionths === null ? null : millionths / 1e6;
}
