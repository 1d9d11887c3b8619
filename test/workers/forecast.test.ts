import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startForecast } from '../../src/workers/forecast.ts';

test('startForecast() foresees the rest at the mean pace since the first report, once that says something', () => {
  let now = 0;
  const forecast = startForecast(() => now);
  assert.equal(forecast(0), null);
  now = 1000;
  assert.equal(forecast(0.01), null);
  now = 10_000;
  assert.equal(forecast(0.25), 30);
});

test('startForecast() does not take the work of an earlier run for its own pace', () => {
  let now = 0;
  const forecast = startForecast(() => now);
  assert.equal(forecast(0.5), null);
  now = 10_000;
  assert.ok(Math.abs((forecast(0.6) ?? 0) - 40) < 1e-9);
});
