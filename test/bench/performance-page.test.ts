import assert from 'node:assert/strict';
import { test } from 'node:test';
import { alone } from '../../scripts/bench/bench-row.ts';
import { performancePage } from '../../scripts/bench/performance-page.ts';

test('performancePage() names the limit and the rounds of each row, and judges the goals', () => {
  const row = { ...alone, name: 'TFRecord writing, 31 kB', unit: 'records/s', value: 87_772, rounds: 3, rival: 'TensorFlow', rivalValue: 26_947, ratio: 3.257, shareOfLimit: 0.59, limit: 'crc32c alone' };
  const page = performancePage([row], { date: '2026-01-02', node: '24.0.0' });
  assert.match(page, /on 2026-01-02: .+, \d+ cores, \d+ GiB, Node 24\.0\.0\./);
  assert.ok(page.includes('| TFRecord writing, 31 kB | 87,772 | records/s | TensorFlow | 26,947 | 3.26 | 59 % of crc32c alone | 3 |'), page);
  assert.ok(page.includes('| TFRecord writing, beside TensorFlow | at least 1 x | 3.26 x | reached |'), page);
  assert.ok(page.includes('| native, peak RSS at batch 64 | at most 4,000 MB |  | not measured |'), page);
});
