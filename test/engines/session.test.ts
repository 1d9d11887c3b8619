import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { test } from 'node:test';
import { loadAddon } from '../../src/engines/tensorflow/addon.ts';
import { GraphBuilder } from '../../src/engines/tensorflow/graph-builder.ts';
import { Session } from '../../src/engines/tensorflow/session.ts';
import { nativeOrSkip } from './engines.ts';

const graphFolders = () => readdirSync(tmpdir()).filter((name) => name.startsWith('chex-graph-') );

test('a graph that TensorFlow cannot load is a matter of configuration, in its words and ours, and leaves no file', (t) => {
  if (!nativeOrSkip(t)) return;
  const graph = new GraphBuilder();
  graph.add('NoSuchOperation', [], {});
  const before = graphFolders();
  assert.throws(() => new Session(loadAddon(), graph.nodes), { name: 'EngineError', message: /^Cannot load the graph of the network into TensorFlow 2\.21\.0; it is made for 2\.21\.0, .*npm run build:native.*NoSuchOperation/s });
  assert.deepEqual(graphFolders().filter((name) => !before.includes(name)), []);
});

test('a tensor that no memory holds is told with what to do', (t) => {
  if (!nativeOrSkip(t)) return;
  const graph = new GraphBuilder();
  // 2^48 numbers: 1 PB.
  graph.alias('huge', graph.tile(graph.reshape(graph.number(1), [1, 1, 1]), [1, 2 ** 16, 2 ** 16, 2 ** 16]));
  const session = new Session(loadAddon(), graph.nodes);
  t.after(() => session.close());
  assert.throws(() => session.run({}, ['huge']), { name: 'EngineError', message: /no memory left for this batch; set a smaller batchSize\. TensorFlow says: / });
});
