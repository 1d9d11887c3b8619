/**
 * The 14 CheXpert observations in label order (the 2019 study's own order, not the column order of the table).
 * The position is the label in the records and the output of the combined model.
 */
export const observations = [
  'Lung_Lesion',
  'Atelectasis',
  'No_Finding',
  'Edema',
  'Lung_Opacity',
  'Cardiomegaly',
  'Pleural_Other',
  'Fracture',
  'Pneumonia',
  'Enlarged_Cardiomediastinum',
  'Pleural_Effusion',
  'Pneumothorax',
  'Support_Devices',
  'Consolidation',
] as const;

export type Observation = (typeof observations)[number];

/** Label index of an observation, 0 to 13. */
export function labelOf(observation: Observation): number {
  return observations.indexOf(observation);
}

/** The name people and CheXpert's table use: `Lung_Lesion` to `Lung Lesion`. */
export function titleOf(observation: Observation): string {
  return observation.replaceAll('_', ' ');
}

/** The same observations in label order; the given list stays as it is. */
export function inLabelOrder(some: readonly Observation[]): Observation[] {
  return observations.filter((observation) => some.includes(observation));
}
