const multiples: Readonly<Record<string, number>> = {
  ...{ '': 1, m: 1e-3, u: 1e-6, n: 1e-9 },
  ...{ k: 1e3, M: 1e6, G: 1e9, T: 1e12, P: 1e15, E: 1e18 },
  ...{ Ki: 2 ** 10, Mi: 2 ** 20, Gi: 2 ** 30, Ti: 2 ** 40, Pi: 2 ** 50, Ei: 2 ** 60 },
};

/** Number of a Kubernetes quantity such as `500m`, `16Gi` or `1e3`; NaN of anything else. */
export function parseQuantity(text: string): number {
  const [, digits = '', suffix = ''] = /^([+-]?[0-9.]+(?:[eE][+-]?[0-9]+)?)([a-zA-Z]*)$/.exec(text) ?? [];
  return digits === '' ? NaN : Number(digits) * (multiples[suffix] ?? NaN);
}
