import { titleOf } from '../../api/observations.ts';
import type { Observation } from '../../api/observations.ts';
import { openRandom } from '../../random/random.ts';
import type { PhantomFilm, PhantomPatient } from './patients.ts';
import { findings } from './signs.ts';
import type { Finding } from './signs.ts';

/** The labels in the order of CheXpert's table. */
const labelColumns: readonly Observation[] = [
  'No_Finding', 'Enlarged_Cardiomediastinum', 'Cardiomegaly', 'Lung_Opacity', 'Lung_Lesion', 'Edema', 'Consolidation',
  'Pneumonia', 'Atelectasis', 'Pneumothorax', 'Pleural_Effusion', 'Pleural_Other', 'Fracture', 'Support_Devices',
];

export const tableHeader: readonly string[] = ['Path', 'Sex', 'Age', 'Frontal/Lateral', 'AP/PA', ...labelColumns.map(titleOf)];
export const truthHeader: readonly string[] = ['Path', ...findings.map(titleOf)];

/** Below this severity nobody mentions a finding, below the second a report is unsure of it. */
const [noticed, certain] = [0.15, 0.3];
/** The experts of the valid split are sure: from here on it is there. */
const threshold = 0.225;
/** How often a report says that a finding is absent, where it is. */
const denied = 0.15;

type Cell = '1.0' | '0.0' | '-1.0' | '';

export interface TableRow {
  readonly seed: number;
  readonly split: 'train' | 'valid';
  /** Path of the film in the table. */
  readonly path: string;
  readonly patient: PhantomPatient;
  readonly film: PhantomFilm;
}

/**
 * A film's row of train.csv or valid.csv, as CheXpert labels them: train from reports, with blanks, few zeros, and -1
 * in a band of low severities; valid by experts, 1 or 0. No Finding is 1 where no finding but devices is 1 or -1.
 */
export function rowOf({ seed, split, path, patient, film }: TableRow): string[] {
  // Films of one study share a report.
  const random = openRandom(seed, `${patient.id} ${film.study} report`);
  const cells = new Map<Observation, Cell>(findings.map((finding) => {
    const severity = film.severities[finding] ?? 0;
    return [finding, split === 'valid' ? expertLabel(severity) : reportLabel(severity, random.uniform())];
  }));
  const isClear = findings.every((finding) => finding === 'Support_Devices' || !['1.0', '-1.0'].includes(cells.get(finding) ?? ''));
  cells.set('No_Finding', isClear ? '1.0' : split === 'valid' ? '0.0' : '');
  const view = film.view === 'frontal' ? 'Frontal' : 'Lateral';
  return [path, patient.sex, String(patient.age), view, film.projection, ...labelColumns.map((observation) => cells.get(observation) ?? '')];
}

/** A film's row of truth.csv: the severity of each sign, 0 for none. */
export function truthOf(path: string, film: PhantomFilm): string[] {
  return [path, ...findings.map((finding: Finding) => (film.severities[finding] ?? 0).toFixed(3))];
}

function expertLabel(severity: number): Cell {
  return severity >= threshold ? '1.0' : '0.0';
}

function reportLabel(severity: number, chance: number): Cell {
  if (severity >= certain) return '1.0';
  if (severity < noticed) return chance < denied ? '0.0' : '';
  return chance < 0.7 ? '-1.0' : chance < 0.85 ? '1.0' : '';
}
