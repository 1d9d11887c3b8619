import { observations } from '../api/observations.ts';
import type { ReportedAutoencoder, Report } from './report-schema.ts';
import { studyAutoencoders, studyCombined, studyDefects, studySource, studyTotals } from './study-figures.ts';

/** The 2019 study's figures beside ours. Hours are not comparable between machines and data; films a second are. */
export function compareStudy(ours: Pick<Report, 'autoencoders' | 'stages' | 'seconds' | 'cost'>): Report['study'] {
  const rows = observations.map((observation) => {
    const trained = ours.autoencoders.find((one) => one.observation === observation);
    return { observation, study: { ...studyAutoencoders[observation] }, ours: trained === undefined ? null : ourFigures(trained) };
  });
  const allTrained = rows.every((row) => row.ours !== null);
  return {
    source: studySource,
    autoencoders: rows,
    autoencoderHours: {
      study: rows.reduce((sum, row) => sum + row.study.seconds, 0) / 3600,
      ours: allTrained ? rows.reduce((sum, row) => sum + (row.ours?.seconds ?? 0), 0) / 3600 : null,
    },
    gpuHours: { study: studyTotals.gpuHours, ours: gpuHours(ours.stages) },
    wallDays: { study: studyTotals.wallDays, ours: ours.seconds / 86_400 },
    spentDollars: { study: studyTotals.spentDollars, ours: ours.cost.currency === 'USD' ? ours.cost.spent : null },
    defects: studyDefects.map((defect) => ({ ...defect })),
    combined: studyCombined,
  };
}

function gpuHours(stages: Report['stages']): number | null {
  const seconds = stages.reduce<number | null>((sum, step) => (sum === null || step.gpus === null ? null : sum + step.seconds * step.gpus), 0);
  return seconds === null ? null : seconds / 3600;
}

function ourFigures({ seconds, lossKind, loss, imagesPerSecond }: ReportedAutoencoder): NonNullable<Report['study']['autoencoders'][number]['ours']> {
  const isError = lossKind === 'MeanAbsoluteError';
  return { seconds, trainError: isError ? loss.train : null, validationError: isError ? loss.validation : null, imagesPerSecond };
}
