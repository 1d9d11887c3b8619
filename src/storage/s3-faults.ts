import type { StorageErrorKind } from './storage.ts';
import { StorageError } from './storage.ts';
import { aborted, notFound } from './faults.ts';

/** What was tried: for the sentence of an error. */
export interface S3Act {
  readonly act: 'read' | 'write' | 'look at' | 'list' | 'remove';
  readonly uri: string;
  readonly bucket: string;
  /** The server as people know it: its endpoint, or `Amazon S3`. */
  readonly server: string;
}

type Verdict = readonly [kind: StorageErrorKind, state: string];

/** An error of the S3 SDK as a StorageError with a sentence; every other error as it is. */
export function s3Fault(error: unknown, act: S3Act): unknown {
  if (error instanceof StorageError || !(error instanceof Error)) return error;
  if (error.name === 'AbortError') return aborted(act.uri, error);
  if (error.name === 'NoSuchKey' || error.name === 'NotFound') return notFound(act.uri, error);
  const [kind, state] = verdict(error, act);
  return new StorageError({ kind, uri: act.uri, message: `Cannot ${act.act} ${act.uri}: ${state}`, cause: error });
}

/** HTTP status of the server's answer, when there was one. */
export function statusOf(error: unknown): number | undefined {
  return metadataOf(error).httpStatusCode;
}

/** How often the SDK sent the request. */
export function attemptsOf(error: unknown): number {
  return metadataOf(error).attempts ?? 1;
}

function verdict(error: Error, act: S3Act): Verdict {
  return byName(error.name, act) ?? byConnection(error, act.server) ?? byStatus(error, act) ?? ['Unavailable', `${act.server} failed: ${error.name}: ${error.message}`];
}

function byName(name: string, { bucket, server }: S3Act): Verdict | null {
  switch (name) {
    case 'NoSuchBucket':
      return ['Configuration', `there is no bucket "${bucket}" at ${server}; create it or correct the URI`];
    case 'InvalidBucketName':
      return ['Configuration', `"${bucket}" cannot be the name of a bucket; correct the URI`];
    case 'NoSuchUpload':
      return ['Unavailable', `${server} has dropped the unfinished upload; start again`];
    case 'CredentialsProviderError':
      return ['AccessDenied', 'no credentials were found; set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or a profile or role that the AWS SDK knows'];
    case 'InvalidAccessKeyId':
    case 'XAdminUserNotFound': // versitygw
      return ['AccessDenied', `${server} does not know this access key; check AWS_ACCESS_KEY_ID`];
    case 'SignatureDoesNotMatch':
      return ['AccessDenied', `${server} refuses the signature; check AWS_SECRET_ACCESS_KEY`];
    case 'ExpiredToken':
    case 'InvalidToken':
      return ['AccessDenied', 'the session token is no longer valid; get new credentials'];
    case 'RequestTimeTooSkewed':
      return ['Configuration', `the clock of this machine and that of ${server} differ too much; set the clock`];
    case 'QuotaExceeded':
    case 'XMinioStorageFull':
    case 'InsufficientStorage':
      return ['NoSpace', `${server} has no room left for bucket "${bucket}"; free some and start again`];
    case 'SlowDown':
    case 'ThrottlingException':
    case 'RequestLimitExceeded':
      return ['Unavailable', `${server} asks for fewer requests, also after several tries; try again later`];
    default:
      return null;
  }
}

function byConnection(error: Error, server: string): Verdict | null {
  const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') return ['Unavailable', `the host of ${server} has no address (${code}); check storage.endpoint and the network`];
  if (code === 'ECONNREFUSED') return ['Unavailable', `nothing answers at ${server}; check storage.endpoint and that the server runs`];
  if (/CERT|SELF_SIGNED|UNABLE_TO_VERIFY|ERR_TLS/.test(code)) return ['Configuration', `the certificate of ${server} is not trusted (${code}); name its authority in NODE_EXTRA_CA_CERTS`];
  if (code === 'ERR_INVALID_URL' || error.name === 'EndpointError') return ['Configuration', `"${server}" is no address; write storage.endpoint as in https://s3.example.org:9000`];
  if (code === 'EPROTO') return ['Configuration', `${server} does not speak TLS; write http:// in storage.endpoint if that is meant`];
  if (code !== '' || error.name === 'TimeoutError') return ['Unavailable', `the connection to ${server} broke (${code || 'no answer in time'}), also after several tries; try again later`];
  if (/Region is missing/.test(error.message)) return ['Configuration', 'no region is set; set storage.region or AWS_REGION'];
  return null;
}

function byStatus(error: Error, { bucket, server }: S3Act): Verdict | null {
  const status = statusOf(error);
  if (status === undefined) return null;
  if (status === 301 || status === 307 || error.name === 'AuthorizationHeaderMalformed' || error.name === 'IllegalLocationConstraintException') {
    return ['Configuration', `bucket "${bucket}" lies in another region${rightRegion(error)}; set storage.region`];
  }
  if (status === 401 || status === 403) return ['AccessDenied', `${server} denies it (${error.name}); the credentials are wrong or lack the right for bucket "${bucket}"`];
  if (status === 409) return ['Unavailable', `others write it at the same time (${error.name}); try again`];
  if (status === 507) return ['NoSpace', `${server} has no room left; free some and start again`];
  if (status >= 500) return ['Unavailable', `${server} fails with ${status} ${error.name}, also after several tries; try again later`];
  return ['Configuration', `${server} refuses it with ${status} ${error.name}: ${error.message}`];
}

function rightRegion(error: Error): string {
  return 'Region' in error && typeof error.Region === 'string' ? ` (${error.Region})` : '';
}

function metadataOf(error: unknown): { httpStatusCode?: number; attempts?: number } {
  return error instanceof Error && '$metadata' in error && typeof error.$metadata === 'object' ? { ...error.$metadata } : {};
}
