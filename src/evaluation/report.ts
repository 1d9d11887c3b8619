import { averagePrecision } from './average-precision.ts';
import { bootstrapAuc, bootstrapPair } from './bootstrap.ts';
import type { Resampling } from './bootstrap.ts';
import { brier } from './brier.ts';
import { compareBaseline, headFigures, rankBaseline } from './compare-baseline.ts';
import { compareStudy } from './compare-study.ts';
import { judgeRankings, meanOfKnown, rankFilms, resamples, resamplingOf } from './judge-films.ts';
import type { JudgedAuc, RankedObservation } from './judge-films.ts';
import type { AutoencoderOutcome, ReportInput } from './report-input.ts';
import type { JudgedObservation, Report, ReportedAutoencoder } from './report-schema.ts';
import { judgeStudies } from './studies.ts';
import { judgeSubgroups } from './subgroups.ts';
import { sumCosts } from './sum-costs.ts';
import { chooseThreshold } from './threshold.ts';

/** report.json: every figure, computed from the predictions and what is known of the run. The same input gives the same report. */
export function buildReport(input: ReportInput): Report {
  const { training, account } = input;
  const autoencoders = input.autoencoders.map((outcome) => reportAutoencoder(outcome, input));
  const cost = { currency: account.currency, spent: sumCosts(account.entries.map((entry) => entry.cost)), priceSource: account.priceSource, priceDate: account.priceDate };
  const stages = account.entries.map((entry) => ({ ...entry }));
  const seconds = account.workedSeconds;
  const { architecture, head, backbone, backbonePretrained } = input.combined;
  return {
    version: 1,
    finishedAt: account.finishedAt,
    training: { ...training },
    settings: input.settings,
    data: {
      films: { ...input.data.films },
      patients: input.data.patients === null ? null : { ...input.data.patients },
      patientsInBothSplits: input.data.patientsInBothSplits,
    },
    autoencoders,
    combined: {
      ...headFigures(input.combined),
      ...{ architecture, head, backbone, backbonePretrained },
      sources: input.autoencoders.map(({ observation }) => observation),
    },
    ...judgePredictions(input),
    stages,
    cost,
    seconds,
    study: compareStudy({ autoencoders, stages, seconds, cost }),
    skipped: input.missing.map((one) => ({ ...one })),
    rejected: { count: input.data.rejected.count, reasons: [...input.data.rejected.reasons] },
    versions: { ...input.versions },
    engine: input.engine,
    device: input.device,
  };
}

function reportAutoencoder({ history: _, examples: __, ...outcome }: AutoencoderOutcome, { account }: ReportInput): ReportedAutoencoder {
  const entry = account.entries.find(({ stage, observation }) => stage === 'autoencoders' && observation === outcome.observation);
  return { ...outcome, attempts: entry?.attempts ?? null, cost: entry?.cost ?? null };
}

type Judged = Pick<Report, 'observations' | 'macro' | 'intervals' | 'baseline' | 'perStudy' | 'subgroups'>;

function judgePredictions(input: ReportInput): Judged {
  const { films, observations, training } = input;
  const rankings = rankFilms(films, observations);
  const resampling = resamplingOf(films, training.seed);
  const compared = judgeBaseline(input, rankings, resampling);
  const judgement = judgeRankings(rankings, compared?.intervals ?? bootstrapAuc(rankings, resampling));
  return {
    observations: judgement.observations.map(({ ranking, ...area }) => ({ ...judgeObservation(ranking, input), ...area })),
    macro: { ...judgement.macro, averagePrecision: meanOfKnown(rankings.map(averagePrecision)).mean },
    intervals: { level: 0.95, unit: 'patient', patients: new Set(resampling.patients).size, resamples },
    baseline: compared?.baseline ?? null,
    perStudy: judgeStudies(input),
    subgroups: judgeSubgroups(films, judgement, training.seed),
  };
}

/** Both models on the same resamples: the intervals of ours, and the comparison; null without a baseline. */
function judgeBaseline(input: ReportInput, ours: readonly RankedObservation[], resampling: Resampling) {
  const theirs = rankBaseline(input);
  if (input.baseline === null || theirs === null) return null;
  const { difference, ...intervals } = bootstrapPair(ours, theirs, resampling);
  return { intervals, baseline: compareBaseline(input.baseline, { ours, baseline: theirs, difference }) };
}

function judgeObservation(ranking: RankedObservation, { films, combined }: ReportInput): Omit<JudgedObservation, keyof JudgedAuc> {
  const { observation, positives, negatives } = ranking;
  return {
    ...{ observation, positives, negatives },
    uncertain: films.length - positives - negatives,
    averagePrecision: averagePrecision(ranking),
    brier: combined.head === 'Sigmoid' ? brier(ranking) : null,
    ...(chooseThreshold(ranking) ?? { threshold: null, recall: null, specificity: null }),
  };
}
