import { after } from 'node:test';
import { s3Storage } from '../../src/storage/s3.ts';
import { oracleOrSkip } from '../oracles/oracles.ts';
import type { S3Server } from '../oracles/versitygw.ts';
import { isVersitygwBuilt, startVersitygw, versitygwMissing } from '../oracles/versitygw.ts';
import { testStorage } from './contract.ts';

let starting: Promise<S3Server> | undefined;
let folders = 0;

after(async () => {
  await (await starting)?.stop();
});

testStorage('s3Storage()', async (t) => {
  if (!oracleOrSkip(t, isVersitygwBuilt, versitygwMissing)) return null;
  const { endpoint, bucket, environment } = await (starting ??= startVersitygw());
  Object.assign(process.env, environment);
  // Few sockets, so that one that is not given back stops the test.
  const storage = s3Storage({ endpoint, forcePathStyle: true, checksums: 'Auto', maxSockets: 8 });
  return { storage, root: `s3://${bucket}/run ${folders++}` };
});
