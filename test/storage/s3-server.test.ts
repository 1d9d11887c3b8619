import assert from 'node:assert/strict';
import { ListMultipartUploadsCommand, S3Client } from '@aws-sdk/client-s3';
import { test } from 'node:test';
import { takeLock } from '../../src/storage/lock.ts';
import { s3Storage } from '../../src/storage/s3.ts';
import type { Storage } from '../../src/storage/storage.ts';
import { oracleOrSkip } from '../oracles/oracles.ts';
import type { S3Server } from '../oracles/versitygw.ts';
import { isVersitygwBuilt, startVersitygw, versitygwMissing } from '../oracles/versitygw.ts';
import { digestOf, inPieces, pathsBelow, patterned, rejects, textOf } from './contract.ts';

const mebibyte = 1024 * 1024;
delete process.env['AWS_REGION'];

test('a real S3 server and s3Storage()', async (t) => {
  if (!oracleOrSkip(t, isVersitygwBuilt, versitygwMissing)) return;
  const server = await startVersitygw();
  t.after(() => server.stop());
  Object.assign(process.env, server.environment);
  const root = `s3://${server.bucket}/runs`;
  const open = (checksums: 'Auto' | 'Always' = 'Auto') => s3Storage({ endpoint: server.endpoint, forcePathStyle: true, checksums });
  const at = escaped(server.endpoint);

  await t.test('a missing bucket is named by every method', async () => {
    const storage = open();
    for (const call of everyMethod(storage, 's3://no-such-bucket/a')) {
      await rejects(call, 'Configuration', new RegExp(`^Cannot (read|write|look at|list|remove) s3://no-such-bucket/a: there is no bucket "no-such-bucket" at ${at}; create it or correct the URI$`));
    }
  });

  await t.test('wrong credentials are AccessDenied to every method', async (t2) => {
    t2.after(() => useCredentials(server.credentials));
    useCredentials({ ...server.credentials, secretAccessKey: 'wrong' });
    for (const call of everyMethod(open(), `${root}/a`)) await rejects(call, 'AccessDenied', /refuses the signature; check AWS_SECRET_ACCESS_KEY$/);
    useCredentials({ accessKeyId: 'nobody', secretAccessKey: 'wrong' });
    for (const call of everyMethod(open(), `${root}/a`)) await rejects(call, 'AccessDenied', /does not know this access key; check AWS_ACCESS_KEY_ID$/);
  });

  await t.test('an object written with checksums Always comes back, in one piece and in parts', async () => {
    const storage = open('Always');
    for (const [name, bytes] of [['one', patterned(100_000)], ['parts', patterned(18 * mebibyte)]] as const) {
      await storage.write(`${root}/${name}`, inPieces(bytes, 1_000_000));
      assert.equal(digestOf(await storage.read(`${root}/${name}`)), digestOf(bytes));
    }
  });

  await t.test('an upload whose body fails, or whose condition does not hold at its end, leaves no parts', async () => {
    const storage = open();
    async function* failing() {
      yield* inPieces(patterned(30 * mebibyte), mebibyte);
      throw new Error('the film vanished');
    }
    await assert.rejects(() => storage.write(`${root}/failing`, failing()), /the film vanished/);
    await storage.write(`${root}/there`, Buffer.from('x'));
    await rejects(() => storage.write(`${root}/there`, inPieces(patterned(20 * mebibyte), mebibyte), { ifNoneMatch: '*' }), 'PreconditionFailed');
    assert.deepEqual(await openUploads(server), []);
  });

  await t.test('a server that dies under a reader is Unavailable; once it is back, the same read succeeds', async (t2) => {
    const bytes = patterned(40 * mebibyte);
    await open().write(`${root}/long`, inPieces(bytes, mebibyte));
    t2.after(() => server.restart());
    await rejects(async () => {
      let received = 0;
      for await (const piece of open().stream(`${root}/long`)) {
        if (received === 0) await server.kill();
        received += piece.length;
      }
    }, 'Unavailable', new RegExp(`^Cannot read ${root}/long: nothing answers at ${at}`));
    await server.restart();
    assert.equal(digestOf(await open().read(`${root}/long`)), digestOf(bytes));
    await server.kill();
  });

  await t.test('a server that is back before the retries end is not noticed', async () => {
    const bytes = patterned(40 * mebibyte);
    const pieces: Uint8Array[] = [];
    for await (const piece of open().stream(`${root}/long`)) {
      if (pieces.push(piece) === 1) {
        await server.kill();
        await server.restart();
      }
    }
    assert.equal(digestOf(Buffer.concat(pieces)), digestOf(bytes));
  });

  await t.test('a server that dies in the middle of an upload leaves the old object, and the next write succeeds', async (t2) => {
    await open().write(`${root}/model.h5`, Buffer.from('old'));
    t2.after(() => server.restart());
    async function* dying() {
      yield* inPieces(patterned(20 * mebibyte), mebibyte);
      await server.kill();
      yield* inPieces(patterned(20 * mebibyte), mebibyte);
    }
    await rejects(() => open().write(`${root}/model.h5`, dying()), 'Unavailable', new RegExp(`^Cannot write ${root}/model.h5: nothing answers at ${at}`));
    await server.restart();
    assert.equal(textOf(await open().read(`${root}/model.h5`)), 'old');
    const bytes = patterned(20 * mebibyte);
    await open().write(`${root}/model.h5`, inPieces(bytes, mebibyte));
    assert.equal(digestOf(await open().read(`${root}/model.h5`)), digestOf(bytes));
    await server.kill();
  });

  await t.test('the run lock: of eight runs that start at once one gets it', async () => {
    const storage = open();
    const request = { storage, uri: `${root}/run.json`, now: () => 1_700_000_000_000, isAlive: () => true };
    const outcomes = await Promise.allSettled(Array.from({ length: 8 }, (_, index) => takeLock({ ...request, owner: { uid: `run-${index}`, host: `host-${index}`, pid: 1 } })));
    const [winner, ...others] = outcomes.flatMap((outcome) => (outcome.status === 'fulfilled' ? [outcome.value] : []));
    assert.equal(others.length, 0);
    await winner?.check();
    await winner?.release();
    assert.ok(!(await pathsBelow(storage, root)).includes('run.json'));
  });
});

function everyMethod(storage: Storage, uri: string): (() => Promise<unknown>)[] {
  return [
    () => storage.read(uri),
    () => Array.fromAsync(storage.stream(uri)),
    () => storage.write(uri, Buffer.from('x')),
    () => storage.write(uri, inPieces(patterned(17 * mebibyte), mebibyte), { ifNoneMatch: '*' }),
    () => storage.head(uri),
    () => Array.fromAsync(storage.list(uri)),
    () => storage.remove(uri),
  ];
}

function useCredentials({ accessKeyId, secretAccessKey }: S3Server['credentials']): void {
  process.env['AWS_ACCESS_KEY_ID'] = accessKeyId;
  process.env['AWS_SECRET_ACCESS_KEY'] = secretAccessKey;
}

async function openUploads({ endpoint, bucket }: S3Server): Promise<unknown[]> {
  const client = new S3Client({ endpoint, forcePathStyle: true, region: 'us-east-1' });
  return (await client.send(new ListMultipartUploadsCommand({ Bucket: bucket }))).Uploads ?? [];
}

function escaped(text: string): string {
  return text.replaceAll('.', '\\.');
}
