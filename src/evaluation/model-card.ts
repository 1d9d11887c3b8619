import { stringify } from 'yaml';
import { titleOf } from '../api/observations.ts';
import { formatAuc, formatCount, formatMoney, formatNumberOf, formatRate, formatSeconds, formatShare, formatTime } from './format.ts';
import type { Preprocessing } from './report-input.ts';
import type { Report } from './report-schema.ts';
import { describeModel, describePreprocessing, sentenceOfAuc, sentenceOfGain, sentenceOfPrice, wordsOfShared } from './sentences.ts';
import { fewestPatients } from './subgroups.ts';
import { recallWanted } from './threshold.ts';

/** model-card.md: what the model is, is for and is worth (Mitchell et al. 2019), with the front matter Hugging Face reads. */
export function renderModelCard(report: Report, preprocessing: Preprocessing): string {
  const { training, data, combined, rejected, cost, versions, engine, device } = report;
  const patients = (split: 'train' | 'valid') => (data.patients === null ? '' : ` of ${formatNumberOf(data.patients[split], 'patient')}`);
  const shared = wordsOfShared(report);
  return `---
${stringify(frontMatter(report))}---

# ${escape(training.name)}

**For research. Not for diagnosis.** No part of this model was tested for the care of patients.

## Model details

A network that gives each chest X-ray a score for ${formatNumberOf(report.observations.length, 'observation')}: ${report.observations.map(({ observation }) => titleOf(observation)).join(', ')}.
${describeModel(combined)} Each autoencoder was trained on the films of its observation.

- Parameters: ${formatCount(combined.parameters)}
- Input: ${describePreprocessing(preprocessing)}
- Made on ${formatTime(report.finishedAt)} by ${Object.entries(versions).map(([name, version]) => `${name} ${version}`).join(', ')}; ${engine} (${escape(device)})

## Intended use

Research on learning from chest X-rays: comparing methods, teaching, reproducing the 2019 study. Out of scope: diagnosis, triage, any decision about a person, films of another kind than those it was trained on.

## Training data

${formatNumberOf(data.films.train, 'film')}${patients('train')} in training, ${formatCount(data.films.valid)}${patients('valid')} in validation${shared === null ? '' : `, ${shared}`}. Digest of the data: \`${training.dataDigest}\`.
${rejected.count === 0 ? 'No film was rejected.' : `${formatNumberOf(rejected.count, 'film')} rejected as unusable.`} The terms of the data set govern what may be done with the model.

## Evaluation

${evaluation(report)}
## Limits

${limits(report)}

## Cost

Time: ${formatSeconds(report.seconds)}. Money: ${formatMoney(cost.spent, cost.currency)} (${escape(sentenceOfPrice(report))}). Energy and CO2 were not measured.

## Reproduction

Seed ${training.seed}, spec \`${training.specDigest}\`. Everything else stands in report.json.
`;
}

function evaluation(report: Report): string {
  const { observations, perStudy, subgroups, intervals } = report;
  const rows = observations.map((one) => [
    titleOf(one.observation),
    one.positives,
    one.negatives,
    formatAuc(one),
    formatShare(one.averagePrecision),
    formatShare(one.brier),
    one.threshold === null ? '–' : formatRate(one.threshold),
    formatShare(one.recall),
    formatShare(one.specificity),
  ]);
  const groups = subgroups.map((group) => [`${group.attribute}: ${escape(group.group)}`, group.films, formatAuc(group), formatShare(group.aucOfAll)]);
  return `${sentenceOfAuc(report)}
${sentenceOfGain(report)}

Intervals are 95 %, from ${formatCount(intervals.resamples)} resamples of patients. The threshold is the highest with recall of at least ${recallWanted.toFixed(2)} on these same films, so recall and specificity at it are in-sample.

${markdownTable(['observation', 'with', 'without', 'ROC AUC', 'average precision', 'Brier score', 'threshold', 'recall', 'specificity'], rows)}
${perStudy === null ? '' : `\nBy study (mean of its films' scores), macro over ${perStudy.macro.observations}: ${formatAuc(perStudy.macro)}.\n`}${
    groups.length === 0
      ? ''
      : `
### Groups

Macro AUC over the observations with both labels in the group, beside all films over the same observations. Groups of fewer than ${fewestPatients} patients have no interval: they are too small to rely on.

${markdownTable(['group', 'films', 'ROC AUC', 'all films'], groups)}
`
  }`;
}

function limits({ observations, skipped }: Report): string {
  const unjudged = observations.filter(({ auc }) => auc === null).map(({ observation }) => titleOf(observation));
  const missing = skipped.map(({ observation, state, reason }) => `${titleOf(observation)} (${state}: ${escape(reason)})`);
  return [
    '- The validation films chose the epoch and the thresholds: the figures are somewhat flattering.',
    "- Labels are the data set's own; CheXpert's come from reports by a rule-based labeller, not from a second reading.",
    ...(unjudged.length === 0 ? [] : [`- Not judged, for lack of one of the labels: ${unjudged.join(', ')}.`]),
    ...(missing.length === 0 ? [] : [`- Without an autoencoder: ${missing.join('; ')}.`]),
  ].join('\n');
}

function markdownTable(head: readonly string[], rows: readonly (readonly (string | number)[])[]): string {
  const line = (cells: readonly (string | number)[]) => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map((_, i) => (i === 0 ? '---' : '---:'))), ...rows.map(line)].join('\n');
}

/** Keys of the Hugging Face model card; no licence is claimed, since that of the films decides. */
function frontMatter({ training, macro, observations }: Report): object {
  const metrics = [
    ...(macro.auc === null ? [] : [{ type: 'roc_auc', name: 'ROC AUC, macro', value: macro.auc }]),
    ...observations.flatMap(({ observation, auc }) => (auc === null ? [] : [{ type: 'roc_auc', name: `ROC AUC, ${titleOf(observation)}`, value: auc }])),
  ];
  return {
    tags: ['chest-x-ray', 'medical-imaging', 'autoencoder', 'multi-label-classification', 'research-only'],
    pipeline_tag: 'image-classification',
    library_name: 'chex-operator',
    metrics: ['roc_auc'],
    'model-index': [
      {
        name: training.name,
        results: [
          {
            task: { type: 'image-classification', name: 'Chest X-ray observations' },
            dataset: { type: 'private', name: `data ${training.dataDigest.slice(0, 12)}`, split: 'validation' },
            metrics,
          },
        ],
      },
    ],
  };
}

/** Text that Markdown and HTML leave as it is. */
function escape(text: string): string {
  return text.replace(/[\\`*_{}[\]<>|#]/g, (character) => `\\${character}`).replaceAll('\n', ' ');
}
