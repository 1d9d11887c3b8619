import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decodeSafetensors, encodeSafetensors } from '../../src/training/safetensors.ts';
import { pythonOrSkip, runPython } from '../oracles/oracles.ts';

const tensors = new Map([
  ['dense/kernel', { shape: [2, 3], values: Float32Array.of(1, -2, 3.5, 0, 1e-30, 7) }],
  ['dense/bias', { shape: [3], values: Float32Array.of(0.1, 0.2, 0.3) }],
  ['empty', { shape: [0], values: new Float32Array() }],
]);
const file = async () => Buffer.concat(await Array.fromAsync(encodeSafetensors({ metadata: { note: 'ä' }, tensors })));

async function* inPieces(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

test('decodeSafetensors: reads what encodeSafetensors wrote, in pieces of any size', async () => {
  for (const size of [1, 7, 1000]) {
    const read = await decodeSafetensors(inPieces(await file(), size));
    assert.deepEqual(read, { metadata: { note: 'ä' }, tensors });
  }
});

test('decodeSafetensors: says what is wrong with a file that is cut off, or none', async () => {
  const whole = await file();
  await assert.rejects(decodeSafetensors(inPieces(whole.subarray(0, -5), 64)), /it ends 5 bytes too early/);
  await assert.rejects(decodeSafetensors(inPieces(Buffer.from('<html></html>'), 64)), /its header claims \d+ bytes/);
  const otherType = Buffer.from(whole.toString('latin1').replace('F32', 'F16'), 'latin1');
  await assert.rejects(decodeSafetensors(inPieces(otherType, 64)), /its tensor "dense\/kernel" is not float32/);
});

test('encodeSafetensors: the format\'s own library reads it', async (t) => {
  if (!pythonOrSkip(t)) return;
  const read: unknown = JSON.parse(runPython('read_safetensors.py', await file()));
  assert.deepEqual(read, {
    metadata: { note: 'ä' },
    tensors: Object.fromEntries([...tensors].map(([name, { shape, values }]) => [name, { shape, values: [...values] }])),
  });
});
