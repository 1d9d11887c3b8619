import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { KubeObject } from '../../src/kube/store.ts';
import { Store } from '../../src/kube/store.ts';
import { aJob } from './a-job.ts';

const training = { namespace: 'default', name: 'chest' };

test('put() tells what is new and what has changed, and finds it by name', () => {
  const store = new Store<KubeObject>();
  const [first, second] = [aJob('a', { version: '5' }), aJob('a', { version: '7' })];
  assert.deepEqual(store.put(first), [{ kind: 'Added', object: first }]);
  assert.deepEqual(store.put(second), [{ kind: 'Updated', object: second, previous: first }]);
  assert.deepEqual(store.put(second), []);
  assert.equal(store.get({ namespace: 'default', name: 'a' }), second);
  assert.equal(store.get({ namespace: 'other', name: 'a' }), null);
});

test('put() of a successor with the same name is a Deleted and an Added', () => {
  const store = new Store<KubeObject>();
  const [first, second] = [aJob('a', { uid: '1', owners: ['x'] }), aJob('a', { uid: '2', version: '3', owners: ['y'] })];
  store.put(first);
  assert.deepEqual(store.put(second), [
    { kind: 'Deleted', object: first },
    { kind: 'Added', object: second },
  ]);
  assert.deepEqual([store.list(), store.ownedBy('x'), store.ownedBy('y')], [[second], [], [second]]);
});

test('delete() takes away what is known, and not the successor', () => {
  const store = new Store<KubeObject>();
  const [first, last] = [aJob('a', { uid: '1' }), aJob('a', { uid: '1', version: '2' })];
  store.put(first);
  assert.deepEqual(store.delete(aJob('a', { uid: '0' })), []);
  assert.deepEqual(store.delete(aJob('b')), []);
  assert.deepEqual(store.delete(last), [{ kind: 'Deleted', object: last }]);
  assert.deepEqual(store.list(), []);
});

test('ownedBy() follows owners that are added and taken away', () => {
  const store = new Store<KubeObject>();
  const names = (uid: string) => store.ownedBy(uid).map(({ metadata }) => metadata.name);
  store.put(aJob('a', { owners: ['x'] }));
  store.put(aJob('b', { owners: ['x', 'y'] }));
  assert.deepEqual([names('x'), names('y'), names('z')], [['a', 'b'], ['b'], []]);
  store.put(aJob('b', { version: '2', owners: ['z'] }));
  store.delete(aJob('a'));
  assert.deepEqual([names('x'), names('y'), names('z')], [[], [], ['b']]);
});

test('replace() gives the differences only', () => {
  const store = new Store<KubeObject>();
  const [same, changed, gone] = [aJob('same', { owners: ['x'] }), aJob('changed'), aJob('gone', { owners: ['x'] })];
  store.replace([same, changed, gone], '4');
  const [later, fresh] = [aJob('changed', { version: '8' }), aJob('fresh', { version: '9' })];
  assert.deepEqual(store.replace([structuredClone(same), later, fresh], '10'), [
    { kind: 'Deleted', object: gone },
    { kind: 'Updated', object: later, previous: changed },
    { kind: 'Added', object: fresh },
  ]);
  assert.deepEqual([store.version, store.ownedBy('x')], [10n, [same]]);
});

test('version follows every object, deletion and bookmark, and never falls', () => {
  const store = new Store<KubeObject>();
  const steps = [() => store.put(aJob('a', { version: '9' })), () => store.put(aJob('b', { version: '10' })), () => store.delete(aJob('a', { version: '12' })), () => store.sawVersion('20'), () => store.sawVersion('19')];
  assert.deepEqual(steps.map((step) => (step(), store.version)), [9n, 10n, 12n, 20n, 20n]);
});

test('isBehind() holds until the last version written for a training has been seen', () => {
  const store = new Store<KubeObject>();
  store.sawVersion('98');
  store.waitFor(training, '99');
  store.waitFor(training, '101');
  store.waitFor({ ...training, name: 'other' }, '97');
  assert.deepEqual([store.isBehind(training), store.isBehind({ ...training, name: 'other' }), store.isBehind({ ...training, name: 'third' })], [true, false, false]);
  store.put(aJob('a', { version: '99' }));
  assert.equal(store.isBehind(training), true);
  store.sawVersion('101');
  assert.equal(store.isBehind(training), false);
});

test('waitFor() still waits for one training when another has caught up', () => {
  const store = new Store<KubeObject>();
  store.waitFor(training, '5');
  store.waitFor({ ...training, name: 'other' }, '9');
  store.sawVersion('7');
  store.waitFor({ ...training, name: 'third' }, '8');
  assert.deepEqual(['chest', 'other', 'third'].map((name) => store.isBehind({ ...training, name })), [false, true, true]);
});
