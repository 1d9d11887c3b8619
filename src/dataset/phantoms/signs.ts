import type { Observation } from '../../api/observations.ts';
import { fracture, supportDevices } from './hard-signs.ts';
import { cardiomegaly, enlargedCardiomediastinum } from './heart-signs.ts';
import { atelectasis, consolidation, edema, lungLesion, lungOpacity, pneumonia } from './lung-signs.ts';
import { pleuralEffusion, pleuralOther, pneumothorax } from './pleural-signs.ts';
import type { Sign } from './sign.ts';

export type Finding = Exclude<Observation, 'No_Finding'>;

/** The sign of each finding, in the order in which they are drawn; the later cover the earlier. */
export const signs: Readonly<Record<Finding, Sign>> = {
  Cardiomegaly: cardiomegaly,
  Enlarged_Cardiomediastinum: enlargedCardiomediastinum,
  Lung_Opacity: lungOpacity,
  Edema: edema,
  Pleural_Effusion: pleuralEffusion,
  Atelectasis: atelectasis,
  Consolidation: consolidation,
  Pneumonia: pneumonia,
  Pneumothorax: pneumothorax,
  Pleural_Other: pleuralOther,
  Lung_Lesion: lungLesion,
  Fracture: fracture,
  Support_Devices: supportDevices,
};

export const findings = Object.keys(signs) as readonly Finding[];
