import type { Observation } from '../api/observations.ts';

/** What the 2019 study says of one autoencoder, 200 epochs. */
export interface StudyAutoencoder {
  readonly seconds: number;
  /** Mean absolute errors; the study's text calls them MSE. */
  readonly trainError: number;
  /** With dropout on and batch statistics, as its code validated. */
  readonly validationError: number;
  /** Films a second with all four flips: computed from its hours and the positives of CheXpert. */
  readonly imagesPerSecond: number;
}

/** Name of the study whose figures stand beside ours. */
export const studySource = 'CheXpert autoencoder study, Dec 2019 (Mooseburger1/CSE6250), headline table';

/** Its headline table, in label order. */
export const studyAutoencoders: Readonly<Record<Observation, StudyAutoencoder>> = {
  Lung_Lesion: { seconds: duration(4, 20), trainError: 0.0688, validationError: 0.0849, imagesPerSecond: 471 },
  Atelectasis: { seconds: duration(15, 17), trainError: 0.06697, validationError: 0.06802, imagesPerSecond: 485 },
  No_Finding: { seconds: duration(10, 50), trainError: 0.06674, validationError: 0.06792, imagesPerSecond: 459 },
  Edema: { seconds: duration(23, 3), trainError: 0.06759, validationError: 0.06853, imagesPerSecond: 504 },
  Lung_Opacity: { seconds: duration(18, 45), trainError: 0.06728, validationError: 0.06742, imagesPerSecond: 1251 },
  Cardiomegaly: { seconds: duration(12, 30), trainError: 0.06653, validationError: 0.06812, imagesPerSecond: 480 },
  Pleural_Other: { seconds: duration(1, 41), trainError: 0.06965, validationError: 0.0942, imagesPerSecond: 465 },
  Fracture: { seconds: duration(4, 31), trainError: 0.06885, validationError: 0.06939, imagesPerSecond: 445 },
  Pneumonia: { seconds: duration(3, 2), trainError: 0.06901, validationError: 0.0761, imagesPerSecond: 442 },
  Enlarged_Cardiomediastinum: { seconds: duration(5, 13), trainError: 0.06859, validationError: 0.07279, imagesPerSecond: 460 },
  Pleural_Effusion: { seconds: duration(38, 56), trainError: 0.06739, validationError: 0.06729, imagesPerSecond: 492 },
  Pneumothorax: { seconds: duration(18, 41), trainError: 0.07175, validationError: 0.07536, imagesPerSecond: 231 },
  Support_Devices: { seconds: duration(19, 0), trainError: 0.06812, validationError: 0.06843, imagesPerSecond: 1357 },
  Consolidation: { seconds: duration(7, 22), trainError: 0.06864, validationError: 0.06875, imagesPerSecond: 446 },
};

/** Two weeks by hand on several machines, just over 500 dollars, known from the bill. */
export const studyTotals = { gpuHours: 183, wallDays: 14, spentDollars: 500 };

/** Its combined model, architecture 2: stopped after 2 epochs in 48 hours. */
export const studyCombined = { parameters: 442_198_592, epochs: 2, loss: 1.26, hoursPerEpoch: { low: 12, high: 14 } };

/** Best AUC per study of the CheXpert paper on its 200 validation studies, any policy for uncertain labels (Irvin et al. 2019, table 3). */
export const publishedAuc: Readonly<Partial<Record<Observation, number>>> = {
  Atelectasis: 0.858,
  Cardiomegaly: 0.854,
  Consolidation: 0.939,
  Edema: 0.941,
  Pleural_Effusion: 0.936,
};

/** What the study did that keeps its figures from being compared with ours, and what stands here instead. */
export const studyDefects: readonly { readonly study: string; readonly here: string }[] = [
  { study: 'Its “MSE” is a mean absolute error.', here: 'Both are named for what they are; the errors above are mean absolute errors.' },
  {
    study: 'It validated with dropout on and with the statistics of the batch.',
    here: 'Validation runs without dropout and with moving statistics, so validation errors are not the same measure.',
  },
  { study: 'Films of one patient lie on both sides of its split.', here: 'A split made here is by patient.' },
  { study: 'Contrast was equalised twice, and the backbone got pixels on another scale than its weights expect.', here: 'At most once, and on the right scale.' },
  {
    study: 'One softmax over findings that occur together bounds its accuracy at 43.3 %; the 74 % it names are those of some part of the data.',
    here: 'Accuracy is not compared. AUC by observation is what counts here.',
  },
  { study: 'Nothing showed whether the autoencoders help.', here: 'Where the model has a backbone, it is trained without them too.' },
];

function duration(hours: number, minutes: number): number {
  return (hours * 60 + minutes) * 60;
}
