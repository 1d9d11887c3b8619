import { openRandom } from '../../random/random.ts';
import type { Random } from '../../random/random.ts';
import type { Chest } from './chest.ts';
import type { Severities } from './phantom.ts';
import { findings } from './signs.ts';

export interface PhantomPatient {
  /** `patient00001`. */
  readonly id: string;
  readonly sex: 'Male' | 'Female';
  /** Years. */
  readonly age: number;
  readonly films: readonly PhantomFilm[];
}

export interface PhantomFilm {
  /** `study1`; films of one study show the same findings. */
  readonly study: string;
  /** `view1_frontal`, as the film's file is called. */
  readonly name: string;
  readonly view: Chest['view'];
  /** Empty for laterals, as in CheXpert's tables. */
  readonly projection: 'AP' | 'PA' | '';
  readonly severities: Severities;
  readonly width: number;
  readonly height: number;
}

const healthy = 0.18;
const devicesInHealthy = 0.08;
const prevalence = 0.19;
const lateralInStudy = 0.2;
const lasting = 0.5;

/** The `number`-th patient (from 1) of a seed: 1 to 4 films in studies, with findings that partly last. */
export function describePatient({ seed, number, size }: { seed: number; number: number; size?: number | undefined }): PhantomPatient {
  const id = `patient${String(number).padStart(5, '0')}`;
  const random = openRandom(seed, `${id} history`);
  const sex = random.uniform() < 0.55 ? 'Male' : 'Female';
  const age = 18 + Math.round(72 * Math.sqrt(random.uniform(0.05, 1)));
  const wanted = drawFilms(random);
  const films: PhantomFilm[] = [];
  let severities: Severities = {};
  for (let study = 1; films.length < wanted; study++) {
    severities = drawSeverities(random, severities);
    const views: Chest['view'][] = films.length + 1 < wanted && random.uniform() < lateralInStudy ? ['frontal', 'lateral'] : ['frontal'];
    for (const [index, view] of views.entries()) {
      const projection = view === 'lateral' ? '' : random.uniform() < 0.7 ? 'AP' : 'PA';
      films.push({ study: `study${study}`, name: `view${index + 1}_${view}`, view, projection, severities, ...drawSize(random, size) });
    }
  }
  return { id, sex, age, films };
}

/** 1 to 4, two on average. */
function drawFilms(random: Random): number {
  const chance = random.uniform();
  return 1 + [0.4, 0.7, 0.9].filter((share) => chance >= share).length;
}

/** What a study finds: nothing, or each finding on its own, half of those of the study before with its severity. */
function drawSeverities(random: Random, before: Severities): Severities {
  const isHealthy = random.uniform() < healthy;
  const drawn = findings.map((finding) => {
    const chance = isHealthy ? (finding === 'Support_Devices' ? devicesInHealthy : 0) : prevalence;
    const severity = random.uniform() < chance ? random.uniform(0.1, 1) : 0;
    const last = before[finding] ?? 0;
    return [finding, !isHealthy && last > 0 && random.uniform() < lasting ? last : severity] as const;
  });
  return Object.fromEntries(drawn.filter(([, severity]) => severity > 0));
}

// Films of CheXpert-v1.0-small are 270 to 320 pixels wide and 280 to 350 high.
function drawSize(random: Random, size: number | undefined): { width: number; height: number } {
  const [width, height] = size === undefined ? [random.uniform(270, 321), random.uniform(280, 351)] : [size * random.uniform(0.9, 1), size * random.uniform(0.95, 1.1)];
  return { width: Math.floor(width), height: Math.floor(height) };
}
