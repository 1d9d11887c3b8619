import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, get } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import tls from 'node:tls';
import { trustAlso } from '../../src/storage/trust.ts';
import { makeCertificate } from '../fakes/certificate.ts';

const usual = tls.getCACertificates('default');

/** Of every authority that is trusted. */
function fingerprints(): Set<string> {
  return new Set(tls.getCACertificates('default').map((pem) => new X509Certificate(pem).fingerprint256));
}

/** Status of an answer over TLS, or the code of what went wrong. */
async function ask(port: number): Promise<number | string | undefined> {
  const request = get({ port, host: '127.0.0.1', agent: false });
  try {
    const [response] = await once(request, 'response');
    response.resume();
    return response.statusCode;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code;
  }
}

for (const form of ['PEM', 'path'] as const) {
  test(`trustAlso() takes an authority given as ${form}, and keeps the usual ones`, async (t) => {
    const { key, cert } = makeCertificate();
    const server = createServer({ key, cert }, (_request, response) => void response.end('here'));
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const folder = mkdtempSync(path.join(tmpdir(), 'chex-trust-'));
    t.after(() => {
      server.close();
      rmSync(folder, { recursive: true });
      tls.setDefaultCACertificates(usual);
    });
    const { port } = server.address() as AddressInfo;
    const before = fingerprints();
    assert.equal(await ask(port), 'DEPTH_ZERO_SELF_SIGNED_CERT');
    const file = path.join(folder, 'ca.pem');
    writeFileSync(file, cert);
    trustAlso(form === 'PEM' ? cert : file);
    assert.equal(await ask(port), 200);
    assert.deepEqual(fingerprints(), new Set([...before, new X509Certificate(cert).fingerprint256]));
  });
}
