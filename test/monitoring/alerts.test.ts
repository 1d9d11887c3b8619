import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { TestContext } from 'node:test';
import { test } from 'node:test';
import { parse } from 'yaml';
import { prometheus, prometheusVersion } from '../../scripts/prometheus.ts';
import { oracleOrSkip } from '../oracles/oracles.ts';

const root = path.join(import.meta.dirname, '../..');
const rules = path.join(root, 'charts/chex-operator/alerts.yaml');
const unitTests = path.join(import.meta.dirname, 'alerts.yaml');

interface Alert {
  readonly alert: string;
  readonly labels: { readonly severity: string };
  readonly annotations: { readonly summary: string; readonly description: string; readonly runbook_url: string };
}

const { groups } = parse(readFileSync(rules, 'utf8')) as { groups: readonly { rules: readonly Alert[] }[] };
const alerts = groups.flatMap((group) => group.rules);

function promtool(t: TestContext, folder: string, ...args: readonly string[]): void {
  if (!oracleOrSkip(t, existsSync(path.join(prometheus, 'promtool')), `Prometheus ${prometheusVersion} is not there: run \`npm run build:oracles\``)) return;
  const { status, stdout, stderr } = spawnSync(path.join(prometheus, 'promtool'), args, { cwd: folder, encoding: 'utf8' });
  assert.equal(status, 0, stdout + stderr);
}

test('promtool finds no fault in the alerts', (t) => promtool(t, root, 'check', 'rules', '--lint-fatal', rules));

test('each alert fires where it should, and not where it should not', (t) => {
  const folder = mkdtempSync(path.join(tmpdir(), 'chex-alerts-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  copyFileSync(rules, path.join(folder, 'alerts.rules.yaml'));
  copyFileSync(unitTests, path.join(folder, 'tests.yaml'));
  promtool(t, folder, 'test', 'rules', 'tests.yaml');
});

test('each alert has a case where it fires and one where it does not, a severity and a runbook', () => {
  const { tests } = parse(readFileSync(unitTests, 'utf8')) as { tests: readonly { alert_rule_test: readonly { alertname: string; exp_alerts: readonly unknown[] }[] }[] };
  const cases = tests.flatMap((each) => each.alert_rule_test);
  const runbooks = readFileSync(path.join(root, 'docs/runbooks.md'), 'utf8');
  for (const { alert, labels, annotations } of alerts) {
    const [firing, quiet] = [true, false].map((fires) => cases.some(({ alertname, exp_alerts }) => alertname === alert && exp_alerts.length > 0 === fires));
    assert.ok(firing && quiet, alert);
    assert.match(labels.severity, /^(info|warning|critical)$/);
    assert.ok(annotations.summary !== '' && annotations.description !== '');
    assert.equal(annotations.runbook_url, `docs/runbooks.md#${alert.toLowerCase()}`);
    assert.match(runbooks, new RegExp(`^## ${alert}$`, 'm'));
  }
});
