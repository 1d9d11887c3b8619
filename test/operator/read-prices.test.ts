import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { TestContext } from 'node:test';
import { test } from 'node:test';
import { readPrices } from '../../src/operator/read-prices.ts';

async function fileWith(t: TestContext, text: string): Promise<string> {
  const folder = await mkdtemp(path.join(tmpdir(), 'chex-prices-test-'));
  t.after(() => rm(folder, { recursive: true, force: true }));
  const file = path.join(folder, 'prices.yaml');
  await writeFile(file, text);
  return file;
}

test('readPrices() reads a table of prices; its currency is USD unless it says another', async (t) => {
  const file = await fileWith(t, 'source: a quote\nnodes:\n  - {instanceType: dgx, capacityType: Spot, perHour: "9.50"}\n');
  assert.deepEqual(await readPrices(file), { currency: 'USD', source: 'a quote', nodes: [{ instanceType: 'dgx', capacityType: 'Spot', perHour: '9.50' }] });
});

for (const [what, text, says] of [
  ['a price in words', 'nodes: [{perHour: abc}]', /^Cannot count by the prices of .*prices\.yaml: nodes\[0\]\.perHour: "abc" must be a decimal such as "3\.06", with at most six digits after the point$/],
  ['a price that is a number, whose zeros YAML drops', 'nodes: [{perHour: 3.10}]', /nodes\[0\]\.perHour: must be a string, not 3\.1: put quotes around it$/],
  ['a negative price', 'nodes: [{perHour: "-1"}]', /nodes\[0\]\.perHour: "-1" must be a decimal/],
  ['a misspelt field', 'nodes: [{instancetype: dgx, perHour: "1"}]', /nodes\[0\]\.instancetype: unknown field; did you mean instanceType\?/],
  ['two faults', 'currency: dollars\nnodes: []', /currency: "dollars" must be a currency code such as USD; nodes: a list of 0 is too small/],
  ['nothing', '', /the table: .*map/],
  ['no YAML', 'nodes: [', /it is no YAML: /],
] as const) {
  test(`readPrices() refuses ${what} with 78 and a sentence`, async (t) => {
    await assert.rejects(readPrices(await fileWith(t, text)), (error: Error & { exitCode?: number }) => error.exitCode === 78 && says.test(error.message) && !error.message.includes('\n') ? true : assert.fail(error.message));
  });
}

test('readPrices() says what to do where the file is not there', async () => {
  await assert.rejects(readPrices('/nowhere/prices.yaml'), { exitCode: 78, message: 'Cannot count by the prices of /nowhere/prices.yaml: it cannot be read; put the file there, or leave out --prices to count by the list prices that are built in' });
});
