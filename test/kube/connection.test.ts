import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { TestContext } from 'node:test';
import { test } from 'node:test';
import { stringify } from 'yaml';
import { monotonicClock } from '../../src/kube/clock.ts';
import type { Connection } from '../../src/kube/connection.ts';
import { connectByKubeconfig } from '../../src/kube/connection.ts';
import { connectInCluster } from '../../src/kube/in-cluster.ts';
import { Transport } from '../../src/kube/transport.ts';
import { startApiStub } from '../fakes/api-stub.ts';
import { makeCertificate } from '../fakes/certificate.ts';

const identity = makeCertificate();
const base64 = (text: string) => Buffer.from(text).toString('base64');

async function makeFolder(context: TestContext, files: Readonly<Record<string, string>>): Promise<string> {
  const folder = await mkdtemp(path.join(tmpdir(), 'chex-connection-'));
  context.after(() => rm(folder, { recursive: true }));
  for (const [name, text] of Object.entries(files)) await writeFile(path.join(folder, name), text);
  return folder;
}

/** A kubeconfig with one cluster, one user and one context, `here`. */
async function makeKubeconfig(context: TestContext, { cluster, user }: { cluster: object; user: object }): Promise<string> {
  const names = { cluster: 'stub', user: 'me' };
  const config = {
    'apiVersion': 'v1',
    'kind': 'Config',
    'clusters': [{ name: 'stub', cluster }],
    'users': [{ name: 'me', user }],
    'contexts': [
      { name: 'here', context: { ...names, namespace: 'x-rays' } },
      { name: 'plain', context: names },
    ],
    'current-context': 'here',
  };
  return path.join(await makeFolder(context, { config: stringify(config) }), 'config');
}

function transportOver(context: TestContext, connection: Connection): Transport {
  context.after(() => connection.close());
  const observer = { onAnswer: () => {}, onRetry: () => {}, onTurn: () => {} };
  return new Transport({ connection, clock: monotonicClock, userAgent: 'chex-operator/test', limit: { perSecond: 0, burst: 0 }, mayWrite: () => true, observer });
}

const lookUp = { method: 'GET', path: '/version', deadlineSeconds: 600 } as const;

test('500 calls by kubeconfig need two TLS handshakes at most, and leave two connections at most', async (context) => {
  const stub = await startApiStub(context, identity);
  const file = await makeKubeconfig(context, { cluster: { 'server': `https://127.0.0.1:${stub.port}`, 'certificate-authority-data': base64(identity.cert) }, user: { token: 'secret' } });
  const connection = await connectByKubeconfig({ file });
  const transport = transportOver(context, connection);
  for (let call = 0; call < 500; call += 1) await transport.request(lookUp);
  // A call may begin in the moment in which the one before is not quite over: hence a second connection.
  assert.ok(stub.handshakes <= 2 && stub.sockets.size <= 2, `${stub.handshakes} handshakes, ${stub.sockets.size} connections`);
  assert.equal(stub.requests.length, 500);
  assert.equal(stub.requests[499]?.headers.authorization, 'Bearer secret');
  assert.deepEqual([connection.namespace, connection.server], ['x-rays', `https://127.0.0.1:${stub.port}`]);
});

test('close() breaks every connection, also one that is watching', async (context) => {
  const stub = await startApiStub(context, identity);
  const connection = stub.connect({ tls: { ca: identity.cert } });
  const watching = transportOver(context, connection).stream({ ...lookUp, query: { watch: true } }).next();
  await stub.until(() => stub.watches.length === 1);
  const broken = assert.rejects(watching, { name: 'ApiFault' });
  await connection.close();
  await broken;
  await stub.until(() => stub.sockets.size === 0);
});

test('a certificate that nobody vouches for, or for another name, is refused before anything is sent', async (context) => {
  const stub = await startApiStub(context, identity);
  const transport = transportOver(context, stub.connect({ tls: {} }));
  await assert.rejects(transport.request(lookUp), { reason: 'Untrusted', message: /the certificate of https:\S+ is not trusted \(DEPTH_ZERO_SELF_SIGNED_CERT\); check the certificate authority/ });
  const misnamed = transportOver(context, stub.connect({ tls: { ca: identity.cert, servername: 'kubernetes' } }));
  await assert.rejects(misnamed.request(lookUp), { reason: 'Untrusted', message: /is for another name \(.*\); check the server's address$/ });
  assert.equal(stub.requests.length, 0);
});

test('connectByKubeconfig() takes the namespace and the credentials of the context that is asked for', async (context) => {
  const stub = await startApiStub(context, identity);
  const file = await makeKubeconfig(context, { cluster: { 'server': `https://127.0.0.1:${stub.port}/k8s/clusters/c1/`, 'insecure-skip-tls-verify': true }, user: { username: 'ann', password: 'secret' } });
  const connection = await connectByKubeconfig({ file, context: 'plain' });
  assert.equal(connection.namespace, 'default');
  await transportOver(context, connection).request(lookUp);
  assert.deepEqual([stub.requests[0]?.path, stub.requests[0]?.headers.authorization], ['/k8s/clusters/c1/version', `Basic ${base64('ann:secret')}`]);
});

test('connectByKubeconfig() asks the program that fetches tokens', async (context) => {
  const stub = await startApiStub(context, identity);
  const credential = JSON.stringify({ kind: 'ExecCredential', apiVersion: 'client.authentication.k8s.io/v1', status: { token: 'fetched' } });
  const exec = { apiVersion: 'client.authentication.k8s.io/v1', command: 'echo', args: [credential] };
  const file = await makeKubeconfig(context, { cluster: { 'server': `https://127.0.0.1:${stub.port}`, 'certificate-authority-data': base64(identity.cert) }, user: { exec } });
  await transportOver(context, await connectByKubeconfig({ file })).request(lookUp);
  assert.equal(stub.requests[0]?.headers.authorization, 'Bearer fetched');
});

test('connectByKubeconfig() says which file it cannot use, and why', async (context) => {
  const missing = path.join(await makeFolder(context, {}), 'none');
  await assert.rejects(connectByKubeconfig({ file: missing }), { message: new RegExp(`^Cannot connect by the kubeconfig ${missing}: it cannot be read: ENOENT`) });
  const file = await makeKubeconfig(context, { cluster: { server: 'https://127.0.0.1:1' }, user: {} });
  await assert.rejects(connectByKubeconfig({ file, context: 'there' }), { message: `Cannot connect by the kubeconfig ${file}: it has no context "there" with a cluster; choose another by --context; the contexts are: here, plain` });
  const failing = await makeKubeconfig(context, { cluster: { server: 'https://127.0.0.1:1' }, user: { exec: { apiVersion: 'client.authentication.k8s.io/v1', command: 'sh', args: ['-c', 'echo log in first >&2; exit 1'] } } });
  await assert.rejects(connectByKubeconfig({ file: failing }), { message: `Cannot connect by the kubeconfig ${failing}: a certificate or the user's credentials cannot be had: log in first; correct it, or pass another file by --kubeconfig` });
});

test('connectByKubeconfig() says what is wrong in a kubeconfig, each time with what to do', async (context) => {
  const write = async (config: object | string) => path.join(await makeFolder(context, { config: typeof config === 'string' ? config : stringify(config) }), 'config');
  const rest = { apiVersion: 'v1', kind: 'Config', users: [{ name: 'me', user: {} }], contexts: [{ name: 'here', context: { cluster: 'stub', user: 'me' } }] };
  const whole = (cluster: object) => ({ ...rest, 'clusters': [{ name: 'stub', cluster }], 'current-context': 'here' });
  const faults: [object | string, RegExp][] = [
    [{ ...rest, clusters: [] }, /: it names no current context; choose one by --context; the contexts are: here$/],
    [whole({ server: 'nowhere' }), /: the server "nowhere" of its cluster "stub" is no URL; write it like https:/],
    [whole({ 'server': 'https://127.0.0.1:1', 'certificate-authority': '/nowhere/ca.crt' }), /: a certificate or the user's credentials cannot be had: ENOENT.*'\/nowhere\/ca.crt'; correct it, or pass another file by --kubeconfig$/],
    ['{a: [', /: it cannot be read: .*; correct it, or pass another file by --kubeconfig$/],
  ];
  for (const [config, message] of faults) await assert.rejects(connectByKubeconfig({ file: await write(config) }), { message });
});

test('connectInCluster() takes up a renewed authority, and lets what is under way end', async (context) => {
  const [before, after] = [identity, makeCertificate()];
  const [old, renewed] = [await startApiStub(context, before), await startApiStub(context, after)];
  const folder = await makeFolder(context, { 'ca.crt': before.cert, 'namespace': 'chex-system', 'token': 'mine' });
  const connection = await connectInCluster({ host: '127.0.0.1', port: String(old.port), folder });
  const watching = transportOver(context, connection).stream({ ...lookUp, query: { watch: true } });
  const first = watching.next();
  await old.until(() => old.watches.length === 1);
  await writeFile(path.join(folder, 'ca.crt'), after.cert);
  // The server shows a certificate of the new authority from now on.
  const transport = transportOver(context, { ...connection, server: `https://127.0.0.1:${renewed.port}`, get pool() { return connection.pool; } });
  await transport.request(lookUp);
  assert.equal(renewed.requests.length, 1);
  old.send({ type: 'BOOKMARK' });
  assert.deepEqual((await first).value, { type: 'BOOKMARK' });
  await watching.return();
});

test('connectInCluster() trusts the mounted authority and sends the token as it is at the moment', async (context) => {
  const stub = await startApiStub(context, identity);
  const folder = await makeFolder(context, { 'ca.crt': identity.cert, 'namespace': 'chex-system', 'token': 'first\n' });
  const connection = await connectInCluster({ host: '127.0.0.1', port: String(stub.port), folder });
  const transport = transportOver(context, connection);
  await transport.request(lookUp);
  await writeFile(path.join(folder, 'token'), 'second');
  await transport.request(lookUp);
  assert.equal(connection.namespace, 'chex-system');
  assert.deepEqual(stub.requests.map(({ headers }) => headers.authorization), ['Bearer first', 'Bearer second']);
});

test('connectInCluster() says which file is missing, and writes an IPv6 address as a URL wants it', async (context) => {
  const bare = await makeFolder(context, {});
  await assert.rejects(connectInCluster({ host: '127.0.0.1', port: '443', folder: bare }), { message: `Cannot connect by the service account: ${path.join(bare, 'namespace')} cannot be read; mount the service account's token into the Pod, or pass a kubeconfig` });
  const folder = await makeFolder(context, { 'ca.crt': identity.cert, 'namespace': 'chex-system', 'token': 'first' });
  const connection = await connectInCluster({ host: 'fd00::1', port: '443', folder });
  assert.equal(connection.server, 'https://[fd00::1]');
  await connection.close();
});
