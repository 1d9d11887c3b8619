import type { PutObjectCommandInput, S3Client } from '@aws-sdk/client-s3';
import { GetObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { Upload } from '@aws-sdk/lib-storage';
import { Readable } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import type { WriteOptions } from './storage.ts';
import { preconditionFailed } from './faults.ts';
import { attemptsOf, s3Fault, statusOf, type S3Act } from './s3-faults.ts';

export interface S3Target {
  readonly client: S3Client;
  readonly key: string;
  readonly act: S3Act;
  readonly options: WriteOptions;
}

/** 10,000 of them, the most there may be, make 80 GiB. */
const partBytes = 8 * 1024 * 1024;
const maxConflicts = 5;

/**
 * Writes an object, in parts where it is large; returns its ETag as the server gave it. An error of the body itself
 * passes as it is, and leaves neither object nor parts.
 */
export async function writeObject(target: S3Target, body: Uint8Array | AsyncIterable<Uint8Array>): Promise<string | undefined> {
  const bodyErrors: unknown[] = [];
  try {
    if (!(body instanceof Uint8Array)) return await upload(target, Readable.from(watched(body, bodyErrors)));
    return await (body.length > 2 * partBytes ? upload(target, body) : putWhole(target, body));
  } catch (error) {
    throw bodyErrors.length > 0 ? bodyErrors[0] : writeFault(target, error);
  }
}

/** Notes an error of the body, but not one that the upload throws into it when it gives up. */
async function* watched(body: AsyncIterable<Uint8Array>, errors: unknown[]): AsyncGenerator<Uint8Array> {
  let isBodysTurn = true;
  try {
    for await (const piece of body) {
      isBodysTurn = false;
      // Parts are gathered from pieces, which are the caller's again.
      yield Uint8Array.from(piece);
      isBodysTurn = true;
    }
  } catch (error) {
    if (isBodysTurn) errors.push(error);
    throw error;
  }
}

async function upload(target: S3Target, body: Uint8Array | Readable): Promise<string | undefined> {
  // Parts of a stream are buffered, about 24 MiB for each object; those of an array are views.
  const queueSize = body instanceof Uint8Array ? 4 : 2;
  const whole = new Upload({ client: target.client, params: { ...parameters(target), Body: body }, partSize: partBytes, queueSize });
  return (await whole.done()).ETag;
}

async function putWhole(target: S3Target, body: Uint8Array): Promise<string | undefined> {
  for (let conflicts = 0; ; ) {
    try {
      return (await target.client.send(new PutObjectCommand({ ...parameters(target), Body: body }))).ETag;
    } catch (error) {
      if (statusOf(error) === 409 && ++conflicts < maxConflicts) {
        await delay(100 * 2 ** conflicts * Math.random());
      } else {
        // Sent again after a lost answer: what stands in the way may be our own first try.
        const own = statusOf(error) === 412 && attemptsOf(error) > 1 ? await etagIfEqual(target, body) : undefined;
        if (own === undefined) throw error;
        return own;
      }
    }
  }
}

async function etagIfEqual({ client, key, act }: S3Target, body: Uint8Array): Promise<string | undefined> {
  const present = await client.send(new GetObjectCommand({ Bucket: act.bucket, Key: key }));
  const bytes = await present.Body?.transformToByteArray();
  return bytes !== undefined && Buffer.compare(bytes, body) === 0 ? present.ETag : undefined;
}

function parameters({ key, act, options }: S3Target): PutObjectCommandInput {
  return {
    Bucket: act.bucket,
    Key: key,
    ...(options.contentType === undefined ? {} : { ContentType: options.contentType }),
    ...(options.ifNoneMatch === undefined ? {} : { IfNoneMatch: options.ifNoneMatch }),
    ...(options.ifMatch === undefined ? {} : { IfMatch: `"${options.ifMatch}"` }),
  };
}

function writeFault({ options, act }: S3Target, error: unknown): unknown {
  const isConditional = options.ifNoneMatch !== undefined || options.ifMatch !== undefined;
  // `If-Match` where nothing is gets 404.
  const isRefused = statusOf(error) === 412 || (options.ifMatch !== undefined && error instanceof Error && error.name === 'NoSuchKey');
  return isConditional && isRefused ? preconditionFailed(act.uri, options, error) : s3Fault(error, act);
}
