import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Clock } from '../../src/kube/clock.ts';
import { Elector } from '../../src/kube/elector.ts';
import type { Lease, LeaseApi, LeaseSpec } from '../../src/kube/lease.ts';
import { FakeClock } from '../fakes/fake-clock.ts';

/** The Lease as the API server keeps it; `trouble` comes before each call and may reject or hang. */
class FakeLeaseApi {
  lease: Lease | null = null;
  writes = 0;
  #version = 0;

  for(trouble: (verb: keyof LeaseApi) => Promise<void> = async () => {}): LeaseApi {
    return {
      get: async () => (await trouble('get'), this.lease),
      create: async (spec) => (await trouble('create'), this.lease ? null : this.write(spec)),
      update: async ({ metadata, spec }) => (await trouble('update'), metadata.resourceVersion === this.lease?.metadata.resourceVersion ? this.write(spec) : null),
    };
  }

  write(spec: LeaseSpec): Lease {
    this.writes += 1;
    this.#version += 1;
    this.lease = { metadata: { namespace: 'chex', name: 'chex-operator', resourceVersion: String(this.#version) }, spec };
    return this.lease;
  }
}

interface Candidate {
  readonly elector: Elector;
  /** `elected`, `lost: why`, `sees b`, `fault: what`. */
  readonly told: string[];
}

function aCandidate(identity: string, options: { clock: Clock; api: LeaseApi; now?: () => number }): Candidate {
  const told: string[] = [];
  const { clock, api, now = () => Date.parse('2026-01-01T00:00:00Z') } = options;
  const observer = {
    onElected: () => void told.push('elected'),
    onLost: (reason: string) => void told.push(`lost: ${reason}`),
    onHolder: (holder: string) => void told.push(`sees ${holder}`),
    onFault: (error: unknown) => void told.push(`fault: ${error instanceof Error ? error.message : String(error)}`),
  };
  const elector = new Elector({ api, clock, identity, now, observer });
  elector.start();
  return { elector, told };
}

/** A leads, B stands by. */
async function aPair(trouble?: (verb: keyof LeaseApi) => Promise<void>) {
  const clock = new FakeClock();
  const server = new FakeLeaseApi();
  const a = aCandidate('a', { clock, api: server.for(trouble) });
  await clock.advance(0);
  const b = aCandidate('b', { clock, api: server.for() });
  await clock.advance(60_000);
  assert.deepEqual([a.told, b.told, a.elector.mayWrite(), b.elector.mayWrite()], [['elected'], ['sees a'], true, false]);
  return { clock, server, a, b };
}

/** Moves the time on by steps until it is so; milliseconds that passed. At no step do both write. */
async function until(isSo: () => boolean, { clock, a, b }: { clock: FakeClock; a: Candidate; b: Candidate }): Promise<number> {
  const since = clock.now();
  while (!isSo()) {
    assert.ok(clock.now() - since < 120_000, 'comes to pass within two minutes');
    await clock.advance(100);
    assert.ok(!(a.elector.mayWrite() && b.elector.mayWrite()), 'one at most may write');
  }
  return clock.now() - since;
}

const holderOf = ({ lease }: FakeLeaseApi) => lease?.spec.holderIdentity;
const hang = () => new Promise<never>(() => {});

test('Elector creates the Lease, renews it every two seconds or so, and lets others stand by', async () => {
  const { server, clock } = await aPair();
  const { spec } = server.lease!;
  assert.deepEqual([spec.holderIdentity, spec.leaseDurationSeconds, spec.leaseTransitions, spec.acquireTime], ['a', 15, 0, '2026-01-01T00:00:00.000000Z']);
  const before = server.writes;
  await clock.advance(100_000);
  assert.ok(server.writes - before >= 40 && server.writes - before <= 50, `${server.writes - before} renewals in 100 s`);
});

test('Elector that stops releases the Lease; the next one leads within 3 s', async () => {
  const { clock, server, a, b } = await aPair();
  const stopping = a.elector.stop();
  assert.equal(server.lease?.spec.holderIdentity, 'a');
  await stopping;
  assert.deepEqual([a.elector.mayWrite(), server.lease?.spec.holderIdentity], [false, '']);
  assert.ok((await until(() => b.elector.mayWrite(), { clock, a, b })) <= 3000);
  assert.equal(server.lease?.spec.leaseTransitions, 1);
  assert.deepEqual(a.told, ['elected']);
  await b.elector.stop();
  assert.equal(clock.sleepers, 0);
});

test('Elector that stops while a renewal is under way releases the Lease nevertheless', async () => {
  let go = () => {};
  let isSlow = false;
  const { clock, server, a } = await aPair(() => (isSlow ? new Promise((resolve) => (go = resolve)) : Promise.resolve()));
  isSlow = true;
  await clock.advance(2500);
  const stopping = a.elector.stop();
  isSlow = false;
  go();
  await stopping;
  assert.equal(server.lease?.spec.holderIdentity, '');
});

test('Elector that wins while it stops leads nobody, and releases the Lease', async () => {
  let go = () => {};
  const server = new FakeLeaseApi();
  const a = aCandidate('a', { clock: new FakeClock(), api: server.for((verb) => (verb === 'create' ? new Promise((resolve) => (go = resolve)) : Promise.resolve())) });
  await new Promise((resolve) => setImmediate(resolve));
  const stopping = a.elector.stop();
  go();
  await stopping;
  assert.deepEqual([a.told, a.elector.mayWrite(), holderOf(server)], [[], false, '']);
});

test('Elector that only stands by leaves the Lease alone when it stops', async () => {
  const { server, b, clock } = await aPair();
  await b.elector.stop();
  await clock.advance(10_000);
  assert.deepEqual([server.lease?.spec.holderIdentity, b.told], ['a', ['sees a']]);
});

test('Elector takes over from a leader that died, within 18 s', async () => {
  let isDead = false;
  const { clock, server, a, b } = await aPair(async () => (isDead ? hang() : undefined));
  isDead = true;
  const seconds = (await until(() => b.elector.mayWrite(), { clock, a, b })) / 1000;
  assert.ok(seconds <= 18 && seconds > 10, `after ${seconds} s`);
  assert.deepEqual([server.lease?.spec.holderIdentity, server.lease?.spec.leaseTransitions], ['b', 1]);
});

test('Elector whose renewals hang may not write 10 s after the last that succeeded began, has lost, and stands no more', async () => {
  let isHanging = false;
  let lastCall = 0;
  const clocks: FakeClock[] = [];
  const { clock, a, b } = await aPair(async () => {
    if (isHanging) return hang();
    lastCall = clocks[0]?.now() ?? 0;
  });
  clocks.push(clock);
  await clock.advance(10_000);
  isHanging = true;
  await until(() => !a.elector.mayWrite(), { clock, a, b });
  assert.ok(clock.now() - lastCall >= 10_000 && clock.now() - lastCall <= 10_100);
  assert.ok(a.told.includes('fault: Cannot reach the Lease for the election: no answer within 5 s'));
  assert.equal(a.told.at(-1), 'lost: it could not be renewed for 10 s');
  isHanging = false;
  await until(() => b.elector.mayWrite(), { clock, a, b });
  await clock.advance(60_000);
  assert.deepEqual([a.elector.mayWrite(), a.told.filter((word) => word.startsWith('lost')).length], [false, 1]);
});

test('Elector keeps the Lease over faults that pass within the deadline', async () => {
  let faults = 0;
  const { clock, a, b, server } = await aPair(async () => {
    if (faults > 0) throw new Error(`fault ${faults--}`);
  });
  faults = 3;
  await clock.advance(60_000);
  assert.deepEqual(a.told, ['elected', 'fault: fault 3', 'fault: fault 2', 'fault: fault 1']);
  assert.deepEqual([a.elector.mayWrite(), b.told, server.lease?.spec.holderIdentity], [true, ['sees a'], 'a']);
});

test('Elector goes on when the answer to a renewal that was carried out got lost', async () => {
  let isLost = false;
  const clock = new FakeClock();
  const server = new FakeLeaseApi();
  const api = server.for();
  const a = aCandidate('a', { clock, api: { ...api, update: async (lease, signal) => (await api.update(lease, signal), isLost ? hang() : server.lease) } });
  await clock.advance(10_000);
  isLost = true;
  await clock.advance(2500);
  isLost = false;
  await clock.advance(60_000);
  assert.deepEqual([a.told.filter((word) => !word.startsWith('fault')), a.elector.mayWrite()], [['elected'], true]);
});

test('Elector may not write once its process was held up for longer than the deadline, and has lost', async () => {
  const server = new FakeLeaseApi();
  const clock = new FakeClock();
  let heldUp = 0;
  const a = aCandidate('a', { clock: { now: () => clock.now() + heldUp, wait: clock.wait.bind(clock) }, api: server.for() });
  await clock.advance(5000);
  assert.equal(a.elector.mayWrite(), true);
  heldUp = 12_000;
  assert.equal(a.elector.mayWrite(), false);
  await clock.advance(3000);
  assert.deepEqual([a.told, a.elector.mayWrite()], [['elected', 'lost: it could not be renewed for 10 s'], false]);
});

test('Elector that learns of its election too late tries again before it leads', async () => {
  const server = new FakeLeaseApi();
  const clock = new FakeClock();
  let heldUp = 0;
  const api = server.for(async () => void (server.writes === 0 && (heldUp = 12_000)));
  const a = aCandidate('a', { clock: { now: () => clock.now() + heldUp, wait: clock.wait.bind(clock) }, api });
  await clock.advance(0);
  assert.deepEqual([server.lease?.spec.holderIdentity, a.told, a.elector.mayWrite()], ['a', [], false]);
  await clock.advance(3000);
  assert.deepEqual([a.told, a.elector.mayWrite()], [['elected'], true]);
});

test('Elector asks no other clock: an hour ahead, an hour behind, or twice as fast, it takes nothing from a leader that lives', async () => {
  const wall = Date.parse('2026-01-01T00:00:00Z');
  const hour = 3_600_000;
  for (const [ofLeader, ofOther, rate] of [[hour, -hour, 1], [-hour, hour, 1], [0, 0, 2], [hour, -hour, 1.5], [-hour, hour, 0.5]] as const) {
    const clock = new FakeClock();
    const server = new FakeLeaseApi();
    const a = aCandidate('a', { clock, api: server.for(), now: () => wall + ofLeader + clock.now() });
    await clock.advance(1);
    const skewed: Clock = { now: () => 7_000_000 + clock.now() * rate, wait: (milliseconds, signal) => clock.wait(milliseconds / rate, signal) };
    const b = aCandidate('b', { clock: skewed, api: server.for(), now: () => wall + ofOther + clock.now() });
    await clock.advance(300_000);
    assert.deepEqual([a.told, b.told], [['elected'], ['sees a']], `${ofLeader} ${ofOther} ${rate}`);
    await a.elector.stop();
    assert.ok((await until(() => b.elector.mayWrite(), { clock, a, b })) <= 3000 / Math.min(1, rate));
  }
});

test('Elector waits out an old Lease in full, whatever its times say, and heeds how long its holder asked for', async () => {
  const clock = new FakeClock();
  const server = new FakeLeaseApi();
  server.write({ holderIdentity: 'gone', leaseDurationSeconds: 40, renewTime: '2001-01-01T00:00:00.000000Z', leaseTransitions: 7 });
  const a = aCandidate('a', { clock, api: server.for() });
  await clock.advance(39_900);
  assert.deepEqual(a.told, ['sees gone']);
  await clock.advance(200);
  assert.deepEqual([a.told, server.lease?.spec.leaseTransitions], [['sees gone', 'elected'], 8]);
});

test('Elector that finds the Lease taken has lost at once, and does not take it back', async () => {
  const { clock, server, a } = await aPair();
  server.write({ holderIdentity: 'c', leaseDurationSeconds: 15, leaseTransitions: 1 });
  await clock.advance(2500);
  assert.deepEqual([a.told, a.elector.mayWrite()], [['elected', 'sees c', 'lost: c holds it now'], false]);
  await a.elector.stop();
  assert.equal(server.lease?.spec.holderIdentity, 'c');
});

test('Elector renews a Lease that somebody edited, and makes one anew that somebody removed, before another may', async () => {
  const { clock, server, a, b } = await aPair();
  server.write({ ...server.lease!.spec });
  await clock.advance(5000);
  server.lease = null;
  await clock.advance(5000);
  assert.deepEqual([a.told, b.told, a.elector.mayWrite()], [['elected'], ['sees a'], true]);
  assert.equal(holderOf(server), 'a');
  await a.elector.stop();
  server.lease = null;
  await until(() => b.elector.mayWrite(), { clock, a, b });
  assert.equal(holderOf(server), 'b');
});

test('Elector leaves a Lease that was removed to its leader until the time of the Lease is over', async () => {
  let isHanging = false;
  const { clock, server, a, b } = await aPair(() => (isHanging ? hang() : Promise.resolve()));
  isHanging = true;
  server.lease = null;
  const seconds = (await until(() => b.elector.mayWrite(), { clock, a, b })) / 1000;
  assert.ok(seconds > 10 && seconds <= 18, `after ${seconds} s`);
});

test('Elector that has stopped writes nothing when an old call is answered after all', async () => {
  let go = () => {};
  const clock = new FakeClock();
  const server = new FakeLeaseApi();
  const a = aCandidate('a', { clock, api: server.for((verb) => (verb === 'get' ? new Promise((resolve) => (go = resolve)) : Promise.resolve())) });
  await clock.advance(0);
  const stopping = a.elector.stop();
  await clock.advance(5000);
  await stopping;
  go();
  await clock.advance(60_000);
  assert.deepEqual([server.lease, a.told], [null, ['fault: Cannot reach the Lease for the election: no answer within 5 s']]);
});

test('Elector lets one win when many find the Lease free in the same moment', async () => {
  const clock = new FakeClock();
  const server = new FakeLeaseApi();
  const all = ['a', 'b', 'c', 'd'].map((identity) => aCandidate(identity, { clock, api: server.for() }));
  await clock.advance(30_000);
  assert.equal(all.filter(({ elector }) => elector.mayWrite()).length, 1);
  await Promise.all(all.filter(({ elector }) => elector.mayWrite()).map(({ elector }) => elector.stop()));
  await clock.advance(3000);
  assert.equal(all.filter(({ elector }) => elector.mayWrite()).length, 1);
  assert.equal(all.flatMap(({ told }) => told).filter((word) => word.startsWith('fault')).length, 0);
});
