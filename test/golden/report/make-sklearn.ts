/** Writes sklearn.json, scikit-learn's word on the seeded cases: `node test/golden/report/make-sklearn.ts`. */
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { runPython } from '../../oracles/oracles.ts';
import { sklearnRequest } from '../../evaluation/sklearn-cases.ts';

writeFileSync(path.join(import.meta.dirname, 'sklearn.json'), runPython('sklearn_metrics.py', JSON.stringify(sklearnRequest(123))));
