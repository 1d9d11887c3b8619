import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fileVersionEvent, summaryEvent } from '../../src/tfrecord/event.ts';

const wallTime = [0x09, 0, 0, 0, 0, 0, 0, 0xf8, 0x3f]; // field 1, the double 1.5

test('fileVersionEvent() is a wall time and brain.Event:2', () => {
  assert.deepEqual([...fileVersionEvent(1.5)], [...wallTime, 0x1a, 13, ...Buffer.from('brain.Event:2')]);
});

test('summaryEvent() nests value in summary in event, and writes step 0 too', () => {
  const event = summaryEvent({ wallTimeSeconds: 1.5, step: 0, values: [{ kind: 'scalar', tag: 'a', value: 2 }] });
  assert.deepEqual([...event], [...wallTime, 0x10, 0, 0x2a, 10, 0x0a, 8, 0x0a, 1, 0x61, 0x15, 0, 0, 0, 0x40]);
});

test('summaryEvent() gives a picture its height, width, channels and bytes', () => {
  const image = { height: 2, width: 300, channels: 3, encoded: Uint8Array.of(9, 8) } as const;
  const event = summaryEvent({ wallTimeSeconds: 1.5, step: 7, values: [{ kind: 'image', tag: 'a', image }] });
  const body = [0x08, 2, 0x10, 0xac, 0x02, 0x18, 3, 0x22, 2, 9, 8];
  assert.deepEqual([...event], [...wallTime, 0x10, 7, 0x2a, 18, 0x0a, 16, 0x0a, 1, 0x61, 0x22, 11, ...body]);
});
