import type { GetObjectCommandOutput, S3Client } from '@aws-sdk/client-s3';
import { GetObjectCommand } from '@aws-sdk/client-s3';
import { Readable, addAbortSignal } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import { StorageError } from './storage.ts';
import { aborted, throwIfAborted } from './faults.ts';
import { s3Fault, statusOf, type S3Act } from './s3-faults.ts';

export interface S3Source {
  readonly client: S3Client;
  readonly key: string;
  readonly act: S3Act;
  readonly signal: AbortSignal | undefined;
}

/** How often in a row a broken body is taken up again without a byte having come. */
const maxResumes = 4;

/**
 * The bytes of an object. The SDK retries requests, not bodies: a connection that breaks in between is taken up
 * where it broke, and only if the object is still the same one.
 */
export async function* streamObject(source: S3Source): AsyncGenerator<Uint8Array> {
  let received = 0;
  let etag: string | undefined;
  for (let failures = 0; ; ) {
    const response = await openBody(source, { received, etag });
    etag ??= response.ETag;
    const end = response.ContentLength === undefined ? undefined : received + response.ContentLength;
    const body = bodyOf(response, source.signal);
    try {
      for await (const chunk of body) {
        received += chunk.length;
        failures = 0;
        yield chunk;
      }
      if (end !== undefined && received < end) throw new Error(`the body ended ${end - received} bytes early`);
      return;
    } catch (error) {
      if (isMismatch(error)) throw damaged(source.act, error);
      await pauseBeforeResume(source, { error, failures: ++failures });
    } finally {
      // Neither a broken nor an abandoned body may keep its socket.
      body.destroy();
    }
  }
}

async function openBody({ client, key, act, signal }: S3Source, at: { received: number; etag: string | undefined }): Promise<GetObjectCommandOutput> {
  throwIfAborted(act.uri, signal);
  const rest = at.received === 0 ? {} : { Range: `bytes=${at.received}-`, ...(at.etag === undefined ? {} : { IfMatch: at.etag }) };
  try {
    return await client.send(new GetObjectCommand({ Bucket: act.bucket, Key: key, ...rest }), signal === undefined ? {} : { abortSignal: signal });
  } catch (error) {
    if (statusOf(error) === 412) throw changedMeanwhile(act.uri, error);
    throw s3Fault(error, act);
  }
}

function bodyOf(response: GetObjectCommandOutput, signal: AbortSignal | undefined): Readable {
  const body = response.Body instanceof Readable ? response.Body : Readable.from([]);
  return signal === undefined ? body : addAbortSignal(signal, body);
}

async function pauseBeforeResume({ act, signal }: S3Source, { error, failures }: { error: unknown; failures: number }): Promise<void> {
  if (signal?.aborted) throw aborted(act.uri, error);
  if (failures > maxResumes) throw bodyBroke(act, error);
  try {
    await delay(200 * 2 ** failures * (0.5 + Math.random() / 2), undefined, signal === undefined ? {} : { signal });
  } catch (interruption) {
    throw aborted(act.uri, interruption);
  }
}

/** The SDK's word, in a plain Error, for a body that has another checksum than the object. */
function isMismatch(error: unknown): boolean {
  return error instanceof Error && error.message.startsWith('Checksum mismatch');
}

function damaged(act: S3Act, cause: unknown): StorageError {
  return new StorageError({ kind: 'Unavailable', uri: act.uri, message: `Cannot read ${act.uri}: what ${act.server} sent does not match its checksum; try again`, cause });
}

function bodyBroke(act: S3Act, cause: unknown): StorageError {
  const state = `the connection to ${act.server} broke in the middle, ${maxResumes + 1} times in a row; try again later`;
  return new StorageError({ kind: 'Unavailable', uri: act.uri, message: `Cannot read ${act.uri}: ${state}`, cause });
}

function changedMeanwhile(uri: string, cause: unknown): StorageError {
  return new StorageError({ kind: 'Unavailable', uri, message: `Cannot read ${uri}: it was replaced while it was read; start again`, cause });
}
