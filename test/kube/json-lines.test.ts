import assert from 'node:assert/strict';
import { test } from 'node:test';
import { jsonLines } from '../../src/kube/json-lines.ts';

async function read(...chunks: (string | Uint8Array)[]): Promise<{ values: unknown[]; fault: unknown }> {
  const values: unknown[] = [];
  try {
    for await (const value of jsonLines(bytes(chunks))) values.push(value);
  } catch (error) {
    return { values, fault: error };
  }
  return { values, fault: null };
}

async function* bytes(chunks: readonly (string | Uint8Array)[]): AsyncGenerator<Uint8Array> {
  for (const chunk of chunks) yield typeof chunk === 'string' ? new TextEncoder().encode(chunk) : chunk;
}

test('jsonLines() gives a value a line, however the lines fall into chunks', async () => {
  assert.deepEqual(await read('{"a":1}\n{"b"', ':', '2}\n', '{"c":3}\n{"d":4}\n'), { values: [{ a: 1 }, { b: 2 }, { c: 3 }, { d: 4 }], fault: null });
});

test('jsonLines() joins a character that two chunks share, and passes over empty lines', async () => {
  const line = new TextEncoder().encode('{"name":"Zoë"}\n\r\n\n');
  const inside = line.indexOf(0xc3) + 1;
  assert.deepEqual(await read(line.subarray(0, inside), line.subarray(inside)), { values: [{ name: 'Zoë' }], fault: null });
});

test('jsonLines() gives what came before a line that is no JSON', async () => {
  const { values, fault } = await read('{"a":1}\n<html>\n{"b":2}\n');
  assert.deepEqual(values, [{ a: 1 }]);
  assert.ok(fault instanceof SyntaxError);
});

test('jsonLines() does not take half a line for a value, even if it reads as one', async () => {
  const { values, fault } = await read('{"a":1}\n12');
  assert.deepEqual(values, [{ a: 1 }]);
  assert.match(String(fault), /SyntaxError: the stream ended in the middle of a line/);
});
