/** The rules of Grafana's dashboard-linter, as far as they fit, and every expression in promtool's eyes. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { stringify } from 'yaml';
import { prometheus, prometheusVersion } from '../../scripts/prometheus.ts';
import { oracleOrSkip } from '../oracles/oracles.ts';
import { dashboards, expressionsOf, withVariables } from './dashboards.ts';

for (const { file, json } of dashboards) {
  test(`${file}: a fixed uid, a data source that is chosen, and panels that explain themselves`, () => {
    assert.equal(`${json.uid}.json`, file);
    assert.equal(json.id, null);
    assert.deepEqual([json.editable, json.templating.list[0]?.type], [false, 'datasource']);
    assert.equal(new Set(json.panels.map(({ id }) => id)).size, json.panels.length);
    for (const { title, description, fieldConfig, datasource, targets, gridPos } of json.panels) {
      assert.ok(description.length > 10 && description.endsWith('.'), title);
      assert.ok(fieldConfig.defaults.unit !== '', title);
      assert.equal(datasource.uid, '${datasource}');
      assert.ok(targets.length > 0 && gridPos.x + gridPos.w <= 24, title);
      for (const { expr } of targets) assert.doesNotMatch(expr, /\[\d+[smh]\]/, `${title}: a fixed range; take $__rate_interval`);
    }
  });

  test(`${file}: no two panels lie on each other`, () => {
    const cells = json.panels.flatMap(({ gridPos: { x, y, w, h } }) => Array.from({ length: w * h }, (_, cell) => `${x + (cell % w)},${y + Math.floor(cell / w)}`));
    assert.equal(new Set(cells).size, cells.length);
  });
}

test('promtool parses every expression of the dashboards', (t) => {
  const promtool = path.join(prometheus, 'promtool');
  if (!oracleOrSkip(t, existsSync(promtool), `Prometheus ${prometheusVersion} is not there: run \`npm run build:oracles\``)) return;
  const folder = mkdtempSync(path.join(tmpdir(), 'chex-dashboards-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const rules = dashboards.flatMap(({ json }) => expressionsOf(json)).map((expr, index) => ({ record: `expression_${index}`, expr: withVariables(expr, { namespace: 'lungs', name: 'chest' }) }));
  assert.ok(rules.length > 30);
  writeFileSync(path.join(folder, 'rules.yaml'), stringify({ groups: [{ name: 'dashboards', rules }] }));
  const { status, stdout, stderr } = spawnSync(promtool, ['check', 'rules', 'rules.yaml'], { cwd: folder, encoding: 'utf8' });
  assert.equal(status, 0, stdout + stderr);
});
