import type { Observation } from '../../src/api/observations.ts';

/** Hours and minutes of the study's 14 autoencoders (its headline table), by label. */
export const study: Readonly<Record<Observation, readonly [hours: number, minutes: number]>> = {
  Lung_Lesion: [4, 20],
  Atelectasis: [15, 17],
  No_Finding: [10, 50],
  Edema: [23, 3],
  Lung_Opacity: [18, 45],
  Cardiomegaly: [12, 30],
  Pleural_Other: [1, 41],
  Fracture: [4, 31],
  Pneumonia: [3, 2],
  Enlarged_Cardiomediastinum: [5, 13],
  Pleural_Effusion: [38, 56],
  Pneumothorax: [18, 41],
  Support_Devices: [19, 0],
  Consolidation: [7, 22],
};

export function studyMinutes(observation: Observation): number {
  const [hours, minutes] = study[observation];
  return hours * 60 + minutes;
}
