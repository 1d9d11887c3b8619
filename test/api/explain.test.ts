import assert from 'node:assert/strict';
import { test } from 'node:test';
import { specOpenApi } from '../../src/api/crd.ts';
import { explained } from '../../src/api/explain.ts';

type Schema = ReturnType<typeof explained>;

const spec = explained(specOpenApi());
const at = (...path: readonly string[]) => path.reduce<Schema | undefined>((schema, key) => (key === '[]' ? schema?.items : schema?.properties?.[key]), spec)?.description;

test('explained() tells bounds, default and whether a field may be changed, as far as it has them', () => {
  assert.equal(at('autoencoders', 'learningRate'), 'Learning rate of Adam. More than 0 to 1. Default: 0.0002.');
  assert.equal(at('autoencoders', 'checkpointEverySeconds'), 'Seconds between checkpoints. From 1 to 86400. Default: 300. May be changed at any time, for Jobs created later.');
  assert.equal(at('suspend'), 'Save checkpoints and stop; false goes on. Default: false. May be changed at any time.');
  assert.equal(at('dataset'), 'The films.');
  assert.match(at('dataset', 'validationFraction') ?? '', / More than 0 and less than 1\.$/);
  assert.match(at('observations') ?? '', / Default: all 14\.$/);
  assert.match(at('budget', 'warnAtPercent') ?? '', / Default: 50, 80\.$/);
  assert.match(at('autoencoders', 'overrides', '[]', 'resources') ?? '', / for Jobs created later\.$/);
});
