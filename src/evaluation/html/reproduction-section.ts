import { formatCount } from '../format.ts';
import type { Preprocessing } from '../report-input.ts';
import type { Report } from '../report-schema.ts';
import { describePreprocessing } from '../sentences.ts';
import { html } from './markup.ts';
import type { Content, Markup } from './markup.ts';

/** What another person needs to get these figures again, and how they are computed. */
export function reproductionSection(report: Report, preprocessing: Preprocessing): Markup {
  const { training, versions, engine, device, settings, intervals } = report;
  // The Step's settings carry the digest of the data, which has a line of its own here.
  const entries = Object.entries(settings).filter(([path]) => path !== 'dataDigest');
  return html`<section id="reproduction" aria-labelledby="reproduction-head"><h2 id="reproduction-head">How to get this again</h2>
<p><code>chex run -f training.yaml</code> with the same seed, settings and films, on the same engine, version and number of threads, gives the same figures; on another engine or number of threads they differ in the last digits.</p>
<dl class="terms">
${term('Seed', training.seed)}${term('Digest of the spec', html`<code>${training.specDigest}</code>`)}${term('Digest of the data', html`<code>${training.dataDigest}</code>`)}
${term('Films', describePreprocessing(preprocessing))}
${term('Settings that differ from the default', entries.length === 0 ? 'none' : html`<ul>${entries.map(([path, value]) => html`<li><code>${path}: ${JSON.stringify(value)}</code></li>`)}</ul>`)}
${term('Engine', `${engine} (${device})`)}${term('Versions', Object.entries(versions).map(([name, version]) => `${name} ${version}`).join(', '))}
</dl>
<h3>How the figures are computed</h3>
<ul>
<li>Uncertain labels are left out; blank labels count as absent.</li>
<li>AUC is the share of pairs of films in the right order, ties counting half. Average precision is the stepwise sum of precision over gains in recall. The Brier score is the mean squared distance of scores from labels, 0 at best.</li>
<li>Intervals: ${formatCount(intervals.resamples)} resamples of ${formatCount(intervals.patients)} patients with all their films, 2.5th to 97.5th percentile. Differences are taken within each resample. They tell of chance in the choice of patients, not of other hospitals, machines or labellers, nor of another seed.</li>
<li>The validation films also chose the epoch of the combined model and the thresholds, so all figures here are somewhat flattering. New films are the test.</li>
</ul></section>`;
}

function term(name: string, value: Content): Markup {
  return html`<dt>${name}</dt><dd>${value}</dd>`;
}
