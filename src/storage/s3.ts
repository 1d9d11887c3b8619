import type { S3Client } from '@aws-sdk/client-s3';
import { DeleteObjectCommand, HeadObjectCommand, ListObjectsV2Command } from '@aws-sdk/client-s3';
import type { Entry, Storage } from './storage.ts';
import { StorageError } from './storage.ts';
import { createS3Client, type S3Options } from './s3-client.ts';
import { s3Fault, statusOf, type S3Act } from './s3-faults.ts';
import { streamObject } from './s3-read.ts';
import { writeObject } from './s3-write.ts';
import { unaddressable, withoutSlash } from './uri.ts';

/** Storage in S3 or a server that speaks its protocol. */
export function s3Storage(options: S3Options): Storage {
  const client = createS3Client(options);
  const server = options.endpoint ?? 'Amazon S3';

  function addressed(act: S3Act['act'], uri: string) {
    const { bucket, key } = parseUri(uri);
    return { client, key: requireKey(key, uri), act: { act, uri, bucket, server } };
  }

  async function* stream(uri: string, readOptions?: { signal?: AbortSignal }): AsyncGenerator<Uint8Array> {
    yield* streamObject({ ...addressed('read', uri), signal: readOptions?.signal });
  }

  return {
    stream,
    async read(uri, readOptions) {
      const pieces = await Array.fromAsync(stream(uri, readOptions));
      const [only] = pieces;
      return only !== undefined && pieces.length === 1 ? new Uint8Array(only) : new Uint8Array(Buffer.concat(pieces));
    },
    async write(uri, body, writeOptions = {}) {
      const etag = await writeObject({ ...addressed('write', uri), options: writeOptions }, body);
      return { etag: withoutQuotes(etag) };
    },
    head: (uri) => headObject(addressed('look at', uri)),
    async *list(folderUri) {
      const { bucket, key } = parseUri(withoutSlash(folderUri));
      yield* listObjects({ client, prefix: key === '' ? '' : `${key}/`, act: { act: 'list', uri: folderUri, bucket, server } });
    },
    async remove(uri) {
      const { key, act } = addressed('remove', uri);
      await client.send(new DeleteObjectCommand({ Bucket: act.bucket, Key: key })).catch((error: unknown) => {
        const fault = s3Fault(error, act);
        if (!(fault instanceof StorageError && fault.kind === 'NotFound')) throw fault;
      });
    },
  };
}

interface Addressed {
  readonly client: S3Client;
  readonly key: string;
  readonly act: S3Act;
}

async function headObject({ client, key, act }: Addressed): Promise<Entry | null> {
  try {
    const found = await client.send(new HeadObjectCommand({ Bucket: act.bucket, Key: key }));
    return { uri: act.uri, sizeBytes: found.ContentLength ?? 0, etag: withoutQuotes(found.ETag) };
  } catch (error) {
    const reason = await reasonOf(error, { client, key, act });
    // Who may read objects need not have the right to list them.
    if (statusOf(error) === 404 && (reason === null || statusOf(reason) === 403)) return null;
    throw s3Fault(reason ?? error, act);
  }
}

/**
 * An answer to HEAD has no body that says what is wrong (a 404 may mean the object, the bucket or even the user): the
 * same question as a listing gets one. Null when the listing succeeds.
 */
async function reasonOf(error: unknown, { client, key, act }: Addressed): Promise<unknown> {
  const status = statusOf(error) ?? 500;
  if (status < 300 || status >= 500) return error;
  return client.send(new ListObjectsV2Command({ Bucket: act.bucket, Prefix: key, MaxKeys: 1 })).then(
    () => null,
    (reason: unknown) => reason,
  );
}

async function* listObjects({ client, prefix, act }: { client: S3Client; prefix: string; act: S3Act }): AsyncGenerator<Entry> {
  let token: string | undefined;
  do {
    const command = new ListObjectsV2Command({ Bucket: act.bucket, Prefix: prefix, ...(token === undefined ? {} : { ContinuationToken: token }) });
    const page = await client.send(command).catch((error: unknown) => {
      throw s3Fault(error, act);
    });
    for (const { Key: key, Size: sizeBytes = 0, ETag: etag } of page.Contents ?? []) {
      // Consoles make empty objects with a slash at the end to show a folder.
      if (key !== undefined && !key.endsWith('/')) yield { uri: `s3://${act.bucket}/${key}`, sizeBytes, etag: withoutQuotes(etag) };
    }
    token = page.NextContinuationToken;
  } while (token !== undefined);
}

function parseUri(uri: string): { bucket: string; key: string } {
  const [, bucket, key = ''] = /^s3:\/\/([^/]+)(?:\/(.*))?$/s.exec(uri) ?? [];
  if (bucket === undefined) throw unaddressable(uri, 'write it as s3://bucket/key');
  return { bucket, key };
}

function requireKey(key: string, uri: string): string {
  if (key === '') throw unaddressable(uri, 'it names a bucket, not an object; write s3://bucket/key');
  return key;
}

function withoutQuotes(etag: string | undefined): string {
  return (etag ?? '').replaceAll('"', '');
}
