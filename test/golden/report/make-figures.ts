/** Writes figures.json, the report's figures for the golden predictions: `node test/golden/report/make-figures.ts`. */
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { goldenInput } from '../../evaluation/golden-input.ts';
import { buildReport } from '../../../src/evaluation/report.ts';

const { macro, observations, baseline, perStudy, subgroups } = buildReport(goldenInput());
const figures = { macro, first: observations[0], baseline: baseline?.macro, perStudy: perStudy?.macro, subgroups };
writeFileSync(path.join(import.meta.dirname, 'figures.json'), `${JSON.stringify(figures, null, 1)}\n`);
