import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:http';
import type { TestContext } from 'node:test';
import { suite, test } from 'node:test';
import { s3Storage } from '../../src/storage/s3.ts';
import type { Storage, StorageErrorKind } from '../../src/storage/storage.ts';
import { rejects } from './contract.ts';

process.env['AWS_ACCESS_KEY_ID'] = 'test';
process.env['AWS_SECRET_ACCESS_KEY'] = 'secret of the test';
process.env['AWS_EC2_METADATA_DISABLED'] = 'true';
delete process.env['AWS_REGION'];
delete process.env['AWS_DEFAULT_REGION'];
process.env['AWS_CONFIG_FILE'] = process.env['AWS_SHARED_CREDENTIALS_FILE'] = '/dev/null';

const uri = 's3://films/run/a.json';

interface Answer {
  readonly status: number;
  readonly code: string;
  readonly extra?: string;
}

/** What real servers answer in each case, and what a person then reads. */
const table: readonly (readonly [answer: Answer, kind: StorageErrorKind, sentence: RegExp])[] = [
  [{ status: 404, code: 'NoSuchBucket' }, 'Configuration', /^Cannot read s3:\/\/films\/run\/a\.json: there is no bucket "films" at http:\/\/127\.0\.0\.1:\d+; create it or correct the URI$/],
  [{ status: 403, code: 'InvalidAccessKeyId' }, 'AccessDenied', /does not know this access key; check AWS_ACCESS_KEY_ID$/],
  [{ status: 403, code: 'SignatureDoesNotMatch' }, 'AccessDenied', /refuses the signature; check AWS_SECRET_ACCESS_KEY$/],
  [{ status: 400, code: 'ExpiredToken' }, 'AccessDenied', /session token is no longer valid; get new credentials$/],
  [{ status: 403, code: 'AccessDenied' }, 'AccessDenied', /denies it \(AccessDenied\); the credentials are wrong or lack the right for bucket "films"$/],
  [{ status: 403, code: 'RequestTimeTooSkewed' }, 'Configuration', /clock of this machine and that of http:\/\/127\.0\.0\.1:\d+ differ too much; set the clock$/],
  [{ status: 301, code: 'PermanentRedirect' }, 'Configuration', /lies in another region; set storage\.region$/],
  [{ status: 400, code: 'AuthorizationHeaderMalformed', extra: '<Region>eu-central-1</Region>' }, 'Configuration', /lies in another region \(eu-central-1\); set storage\.region$/],
  [{ status: 503, code: 'SlowDown' }, 'Unavailable', /asks for fewer requests, also after several tries; try again later$/],
  [{ status: 500, code: 'InternalError' }, 'Unavailable', /fails with 500 InternalError, also after several tries; try again later$/],
  [{ status: 507, code: 'InsufficientStorage' }, 'NoSpace', /has no room left for bucket "films"; free some and start again$/],
  [{ status: 400, code: 'InvalidBucketName' }, 'Configuration', /"films" cannot be the name of a bucket; correct the URI$/],
  [{ status: 400, code: 'InvalidArgument' }, 'Configuration', /refuses it with 400 InvalidArgument: said by the test$/],
];

// At once: most of their time is the pauses between attempts.
suite('faults of a server', { concurrency: true }, () => {
  for (const [answer, kind, sentence] of table) {
    test(`s3Storage() answers ${answer.status} ${answer.code} with ${kind} and a sentence`, async (t) => {
      const { storage, requests } = await against(t, (_request, response) => refuse(response, answer));
      await rejects(() => storage.read(uri), kind, sentence);
      if (answer.status === 500 || answer.status === 503) assert.equal(requests.length, 5, 'after five attempts');
    });
  }

  test('s3Storage() tries again after 503 and 500, and then succeeds', async (t) => {
    let calls = 0;
    const { storage } = await against(t, (_request, response) => {
      calls++;
      if (calls <= 2) return refuse(response, { status: calls === 1 ? 503 : 500, code: calls === 1 ? 'SlowDown' : 'InternalError' });
      response.writeHead(200, { 'content-length': 2, etag: '"e"' }).end('ok');
    });
    assert.equal(Buffer.from(await storage.read(uri)).toString(), 'ok');
  });

  test('read() takes a body up where it broke, and only of the same object', async (t) => {
    const body = Buffer.from('0123456789');
    const { storage, requests } = await against(t, (request, response) => {
      const from = Number(/bytes=(\d+)-/.exec(request.headers.range ?? '')?.[1] ?? 0);
      if (from > 0) assert.equal(request.headers['if-match'], '"e1"');
      response.writeHead(from > 0 ? 206 : 200, { 'content-length': body.length - from, etag: '"e1"' });
      response.write(body.subarray(from, from + 4), () => from + 4 < body.length ? setTimeout(() => response.destroy(), 20) : response.end());
    });
    assert.equal(Buffer.from(await storage.read(uri)).toString(), '0123456789');
    assert.deepEqual(requests.map(({ headers }) => headers.range), [undefined, 'bytes=4-', 'bytes=8-']);
  });

  test('read() of an object that is replaced after its body broke does not join the two', async (t) => {
    const { storage } = await against(t, (request, response) => {
      if (request.headers['if-match'] !== undefined) return refuse(response, { status: 412, code: 'PreconditionFailed' });
      response.writeHead(200, { 'content-length': 100, etag: '"e1"' });
      response.write('half', () => setTimeout(() => response.destroy(), 20));
    });
    await rejects(() => storage.read(uri), 'Unavailable', 'Cannot read s3://films/run/a.json: it was replaced while it was read; start again');
  });

  test('read() with checksums Always refuses bytes that do not match', async (t) => {
    const { endpoint, requests } = await against(t, (_request, response) => {
      response.writeHead(200, { 'content-length': 4, etag: '"e1"', 'x-amz-checksum-crc32': 'AAAAAA==' }).end('film');
    });
    const storage = s3Storage({ endpoint, forcePathStyle: true, checksums: 'Always' });
    await rejects(() => storage.read(uri), 'Unavailable', `Cannot read s3://films/run/a.json: what ${endpoint} sent does not match its checksum; try again`);
    assert.equal(requests.length, 1);
  });

  test('read() gives up on a body that breaks again and again without a byte', async (t) => {
    const { storage } = await against(t, (_request, response) => {
      response.writeHead(200, { 'content-length': 100, etag: '"e1"' }).flushHeaders();
      setTimeout(() => response.destroy(), 10);
    });
    await rejects(() => storage.read(uri), 'Unavailable', /broke in the middle, 5 times in a row; try again later$/);
  });

  test('a conditional write whose answer is lost is known as our own', async (t) => {
    let stored: Buffer | undefined;
    const { storage } = await against(t, (request, response) => {
      if (request.method === 'GET') return response.writeHead(200, { etag: '"ours"', 'content-length': stored?.length ?? 0 }).end(stored);
      void request.toArray().then((pieces) => {
        if (stored !== undefined) return refuse(response, { status: 412, code: 'PreconditionFailed' });
        stored = Buffer.concat(pieces);
        response.destroy();
      });
    });
    assert.deepEqual(await storage.write(uri, Buffer.from('{"uid":"a"}'), { ifNoneMatch: '*' }), { etag: 'ours' });
  });

  test('a conditional write whose answer is lost after another has won is refused', async (t) => {
    let calls = 0;
    const { storage } = await against(t, (request, response) => {
      if (request.method === 'GET') return response.writeHead(200, { etag: '"theirs"', 'content-length': 11 }).end('{"uid":"b"}');
      request.resume().on('end', () => (++calls === 1 ? response.destroy() : refuse(response, { status: 412, code: 'PreconditionFailed' })));
    });
    await rejects(() => storage.write(uri, Buffer.from('{"uid":"a"}'), { ifNoneMatch: '*' }), 'PreconditionFailed');
  });

  test('a conditional write that meets another one (409) is tried again', async (t) => {
    let calls = 0;
    const { storage } = await against(t, (request, response) => void request.resume().on('end', () => {
      if (++calls < 3) return refuse(response, { status: 409, code: 'ConditionalRequestConflict' });
      response.writeHead(200, { etag: '"e"' }).end();
    }));
    assert.deepEqual(await storage.write(uri, Buffer.from('x'), { ifMatch: 'd' }), { etag: 'e' });
    assert.equal(calls, 3);
  });
});

test('s3Storage() names the server that nothing answers at, and the host that has no address', async (t) => {
  const { endpoint } = await against(t, () => {});
  const down = s3Storage({ endpoint: 'http://127.0.0.1:9', forcePathStyle: true, checksums: 'Auto' });
  await rejects(() => down.write(uri, Buffer.from('x')), 'Unavailable', 'Cannot write s3://films/run/a.json: nothing answers at http://127.0.0.1:9; check storage.endpoint and that the server runs');
  const nowhere = s3Storage({ endpoint: 'http://s3.invalid', forcePathStyle: true, checksums: 'Auto' });
  await rejects(() => nowhere.head(uri), 'Unavailable', /^Cannot look at .*the host of http:\/\/s3\.invalid has no address \(E\w+\); check storage\.endpoint/);
  const noTls = s3Storage({ endpoint: endpoint.replace('http:', 'https:'), forcePathStyle: true, checksums: 'Auto' });
  await rejects(() => noTls.read(uri), 'Configuration', /does not speak TLS; write http:\/\//);
});

test('s3Storage() refuses an endpoint that is no address', async () => {
  for (const endpoint of ['minio:9000', 'localhost', 'ftp://films']) {
    await rejects(() => s3Storage({ endpoint, forcePathStyle: true, checksums: 'Auto' }).read(uri), 'Configuration', `Cannot read s3://films/run/a.json: "${endpoint}" is no address; write storage.endpoint as in https://s3.example.org:9000`);
  }
});

test('s3Storage() without credentials says which to set, and asks no server', async (t) => {
  const { storage, requests } = await against(t, (_request, response) => refuse(response, { status: 500, code: 'Asked' }));
  const { AWS_ACCESS_KEY_ID: key, AWS_SECRET_ACCESS_KEY: secret } = process.env;
  delete process.env['AWS_ACCESS_KEY_ID'];
  delete process.env['AWS_SECRET_ACCESS_KEY'];
  t.after(() => Object.assign(process.env, { AWS_ACCESS_KEY_ID: key, AWS_SECRET_ACCESS_KEY: secret }));
  await rejects(() => storage.read(uri), 'AccessDenied', 'Cannot read s3://films/run/a.json: no credentials were found; set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or a profile or role that the AWS SDK knows');
  assert.equal(requests.length, 0);
});

test('s3Storage() on Amazon without a region says so', async () => {
  await rejects(() => s3Storage({ forcePathStyle: false, checksums: 'Auto' }).read(uri), 'Configuration', 'Cannot read s3://films/run/a.json: no region is set; set storage.region or AWS_REGION');
});

test('s3Storage() refuses URIs that name no object', async () => {
  const storage = s3Storage({ endpoint: 'http://127.0.0.1:9', forcePathStyle: true, checksums: 'Auto' });
  for (const bad of ['s3://films', 's3://films/', 's3:///a']) await rejects(() => storage.read(bad), 'Configuration', /^Cannot use the URI "s3:.*write (it as )?s3:\/\/bucket\/key$/);
});

for (const [checksums, expected] of [['Auto', false], ['WhenRequired', false], ['Always', true]] as const) {
  test(`checksums ${checksums} with an endpoint ${expected ? 'sends' : 'sends no'} checksum with an object`, async (t) => {
    const { endpoint, requests } = await against(t, (request, response) => void request.resume().on('end', () => response.writeHead(200, { etag: '"e"' }).end()));
    await s3Storage({ endpoint, forcePathStyle: true, checksums }).write(uri, Buffer.from('x'), { contentType: 'application/json' });
    const [request] = requests;
    assert.equal(request?.headers['content-type'], 'application/json');
    assert.equal('x-amz-checksum-crc32' in (request?.headers ?? {}), expected);
  });
}

test('no sentence and no cause of a fault holds the secret', async (t) => {
  const { storage } = await against(t, (_request, response) => refuse(response, { status: 403, code: 'SignatureDoesNotMatch' }));
  const error = await storage.read(uri).catch((fault: unknown) => fault);
  const { inspect } = await import('node:util');
  assert.ok(error instanceof Error);
  assert.ok(!inspect(error, { depth: 9, showHidden: true }).includes('secret of the test'));
});

interface Rig {
  readonly storage: Storage;
  readonly endpoint: string;
  readonly requests: IncomingMessage[];
}

/** A storage against a server of this process that answers as the test says. */
async function against(t: TestContext, answer: (request: IncomingMessage, response: ServerResponse) => unknown): Promise<Rig> {
  const requests: IncomingMessage[] = [];
  const server = createServer((request, response) => {
    requests.push(request);
    answer(request, response);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  const address = server.address();
  const endpoint = `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`;
  return { storage: s3Storage({ endpoint, forcePathStyle: true, checksums: 'Auto' }), endpoint, requests };
}

function refuse(response: ServerResponse, { status, code, extra = '' }: Answer): void {
  response.writeHead(status, { 'content-type': 'application/xml' }).end(`<?xml version="1.0"?><Error><Code>${code}</Code><Message>said by the test</Message>${extra}</Error>`);
}
