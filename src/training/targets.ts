import type { Observation } from '../api/observations.ts';
import { labelOf } from '../api/observations.ts';

/** What an uncertain label is in training. */
export type UncertaintyPolicy = 'Ones' | 'Zeros' | 'Ignore';

export interface TargetOptions {
  /** Outputs of the head, in label order. */
  readonly observations: readonly Observation[];
  readonly head: 'Sigmoid' | 'Softmax';
  /** Ignore where an observation is not named. */
  readonly uncertain: Readonly<Record<string, UncertaintyPolicy>>;
}

/** What the head's loss compares with: `target` [n, k] in 0 to 1, `weight` [n, k] (Sigmoid) or [n, 1] (Softmax). */
export interface Targets {
  readonly target: Float32Array;
  readonly weight: Float32Array;
}

/**
 * Targets of films from their labels, 14 bytes each (0, 1, 2 = uncertain; blank is 0).
 * Sigmoid: an ignored label has weight 0. Softmax: a film with k positives has target 1 / k and weight k, which stands
 * for the study's k one-hot copies; a film without positives has weight 0.
 */
export function targetsOf(films: readonly Uint8Array[], options: TargetOptions): Targets {
  const width = options.observations.length;
  const target = new Float32Array(films.length * width);
  const known = new Float32Array(films.length * width).fill(1);
  for (const [film, labels] of films.entries()) {
    for (const [output, observation] of options.observations.entries()) {
      const value = valueOf(labels[labelOf(observation)] ?? 0, options.uncertain[observation] ?? 'Ignore');
      if (value === null) known[film * width + output] = 0;
      else target[film * width + output] = value;
    }
  }
  return options.head === 'Sigmoid' ? { target, weight: known } : shared(target, films.length);
}

function valueOf(label: number, policy: UncertaintyPolicy): 0 | 1 | null {
  if (label !== 2) return label === 1 ? 1 : 0;
  return policy === 'Ignore' ? null : policy === 'Ones' ? 1 : 0;
}

/** Each film's ones become shares of 1, their number its weight. */
function shared(target: Float32Array, films: number): Targets {
  const width = target.length / films;
  const weight = new Float32Array(films);
  for (let film = 0; film < films; film++) {
    const row = target.subarray(film * width, (film + 1) * width);
    const positives = row.reduce((sum, value) => sum + value, 0);
    weight[film] = positives;
    if (positives > 0) row.set(row.map((value) => value / positives));
  }
  return { target, weight };
}
