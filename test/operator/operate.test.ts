/** How `chex operator` ends where it cannot start. */
import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { TestContext } from 'node:test';
import { test } from 'node:test';
import { stringify } from 'yaml';
import { isApiFault } from '../../src/kube/api-fault.ts';
import { operate } from '../../src/operator/operate.ts';
import { ExitError } from '../../src/plan/exit-error.ts';
import { refusal, startApiStub } from '../fakes/api-stub.ts';
import { makeCertificate } from '../fakes/certificate.ts';
import { someOptions } from './some-options.ts';

async function makeKubeconfig(context: TestContext, server: string): Promise<string> {
  const folder = await mkdtemp(path.join(tmpdir(), 'chex-operate-'));
  context.after(() => rm(folder, { recursive: true }));
  const names = { cluster: 'stub', user: 'me' };
  const config = { 'apiVersion': 'v1', 'kind': 'Config', 'clusters': [{ name: 'stub', cluster: { server, 'insecure-skip-tls-verify': server.startsWith('http:') } }], 'users': [{ name: 'me', user: { token: 'expired' } }], 'contexts': [{ name: 'here', context: names }], 'current-context': 'here' };
  await writeFile(path.join(folder, 'config'), stringify(config));
  return path.join(folder, 'config');
}

async function faultBy(kubeconfig: string | undefined): Promise<unknown> {
  const options = { ...someOptions, ...(kubeconfig === undefined ? {} : { kubeconfig }) };
  return operate({ options, version: '0.1.0', server: null, instance: 'test', uid: '1', now: Date.now, stop: new AbortController().signal, print: () => {} }).then(
    () => assert.fail('it has started'),
    (error: unknown) => error,
  );
}

test('an operator that is told of no cluster ends as badly configured', async () => {
  const fault = await faultBy(undefined);
  assert.ok(fault instanceof ExitError && fault.exitCode === 78);
  assert.match(fault.message, /^Cannot connect to a cluster: .*; pass --kubeconfig or set KUBECONFIG\.$/);
});

test('an operator whose token the cluster does not know ends as badly configured', async (context) => {
  const stub = await startApiStub(context);
  // A second time, since the token may just have been renewed.
  stub.next('other', refusal(401, 'Unauthorized'), refusal(401, 'Unauthorized'));
  const fault = await faultBy(await makeKubeconfig(context, `http://127.0.0.1:${stub.port}`));
  assert.ok(fault instanceof ExitError && fault.exitCode === 78);
  assert.match(fault.message, /401 Unauthorized.*has expired: renew it$/);
});

test('an operator that does not trust the server ends as badly configured', async (context) => {
  const stub = await startApiStub(context, makeCertificate());
  const fault = await faultBy(await makeKubeconfig(context, `https://127.0.0.1:${stub.port}`));
  assert.ok(fault instanceof ExitError && fault.exitCode === 78);
  assert.match(fault.message, /is not trusted .*; check the certificate authority/);
});

test('an operator whose server does not answer ends too, as what may be so at another time', async (context) => {
  const fault = await faultBy(await makeKubeconfig(context, 'http://127.0.0.1:1'));
  assert.ok(isApiFault(fault, 'Unreachable'));
  assert.match(fault.message, /nothing listens at http:\/\/127\.0\.0\.1:1; check that the API server runs there$/);
});
