import type { S3ClientConfig } from '@aws-sdk/client-s3';
import { S3Client } from '@aws-sdk/client-s3';

export interface S3Options {
  /** URL of a server other than Amazon's. */
  readonly endpoint?: string | undefined;
  /** Default: what the environment or profile says, else us-east-1 with an endpoint (such servers rarely care). */
  readonly region?: string | undefined;
  /** The bucket in the path instead of the host name: what most other servers need. */
  readonly forcePathStyle: boolean;
  /** Auto = Always on Amazon, WhenRequired with an endpoint: older servers store or refuse what they do not know. */
  readonly checksums: 'Auto' | 'Always' | 'WhenRequired';
  /** Connections at once; at least as many as the caller has requests under way. Default 50. */
  readonly maxSockets?: number | undefined;
}

/** A client with retries (5 attempts, backoff, slower on 503) and the SDK's default chain of credentials. */
export function createS3Client(options: S3Options): S3Client {
  const calm = options.checksums === 'WhenRequired' || (options.checksums === 'Auto' && options.endpoint !== undefined);
  const checksums = calm ? 'WHEN_REQUIRED' : 'WHEN_SUPPORTED';
  const agent = { maxSockets: options.maxSockets ?? 50, keepAlive: true };
  return new S3Client({
    ...regionOf(options),
    ...(options.endpoint === undefined ? {} : { endpoint: options.endpoint }),
    forcePathStyle: options.forcePathStyle,
    requestChecksumCalculation: checksums,
    responseChecksumValidation: checksums,
    maxAttempts: 5,
    retryMode: 'adaptive',
    requestHandler: { httpAgent: agent, httpsAgent: agent, connectionTimeout: 10_000, socketTimeout: 60_000 },
  });
}

function regionOf({ region, endpoint }: S3Options): Pick<S3ClientConfig, 'region'> {
  if (region !== undefined) return { region };
  if (endpoint === undefined) return {};
  const usual = new S3Client({}).config.region;
  return { region: () => usual().catch(() => 'us-east-1') };
}
