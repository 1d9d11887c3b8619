import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

const program = path.join(import.meta.dirname, '../../.tools/bin/versitygw');

/** A real S3 server on this machine, its objects in a temporary folder. */
export interface S3Server {
  readonly endpoint: string;
  /** The one bucket it has at first. */
  readonly bucket: string;
  readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string };
  /** What the S3 SDK needs to reach it, whatever the user of this machine has set for other servers. */
  readonly environment: Readonly<Record<string, string>>;
  /** As kill -9 and a power cut do: nothing is said to clients. */
  kill(): Promise<void>;
  /** Starts it again on the same port and folder. */
  restart(): Promise<void>;
  /** Ends it and removes its folder. */
  stop(): Promise<void>;
}

export const isVersitygwBuilt = existsSync(program);
export const versitygwMissing = 'the S3 server versitygw is not built: run `npm run build:oracles`, which needs Go';

/** How long a server may take to answer on a busy machine; a tenth of a second is usual. */
const startMilliseconds = 120_000;

export async function startVersitygw(): Promise<S3Server> {
  const folder = await mkdtemp(path.join(tmpdir(), 'chex-versitygw-'));
  const credentials = { accessKeyId: 'chextest', secretAccessKey: 'chextestsecret' };
  const bucket = 'films';
  await mkdir(path.join(folder, 'data', bucket), { recursive: true });
  await mkdir(path.join(folder, 'sidecar'));
  const port = await freePort();
  const start = () => startServer({ folder, port, credentials });
  let server = await start();
  // Should a test file end without stop(), such as by an error at its top level.
  const killNow = () => server.kill('SIGKILL');
  process.once('exit', killNow);
  return {
    endpoint: `http://127.0.0.1:${port}`,
    bucket,
    credentials,
    environment: {
      AWS_ACCESS_KEY_ID: credentials.accessKeyId,
      AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
      AWS_SESSION_TOKEN: '',
      AWS_PROFILE: '',
      AWS_CONFIG_FILE: '/dev/null',
      AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
      AWS_EC2_METADATA_DISABLED: 'true',
    },
    kill: () => end(server),
    restart: async () => {
      server = await start();
    },
    stop: async () => {
      process.off('exit', killNow);
      await end(server);
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function startServer({ folder, port, credentials }: { folder: string; port: number; credentials: S3Server['credentials'] }): Promise<ChildProcess> {
  const args = ['--port', `127.0.0.1:${port}`, '--keep-alive', '--quiet', 'posix', '--sidecar', path.join(folder, 'sidecar'), path.join(folder, 'data')];
  const env = { PATH: process.env['PATH'], ROOT_ACCESS_KEY: credentials.accessKeyId, ROOT_SECRET_KEY: credentials.secretAccessKey };
  const server = spawn(program, args, { env, stdio: 'ignore' });
  for (const limit = Date.now() + startMilliseconds; !(await answers(port)); await delay(50)) {
    if (server.exitCode !== null || Date.now() > limit) {
      server.kill('SIGKILL');
      throw new Error(`versitygw did not start on port ${port} (exit code ${server.exitCode})`);
    }
  }
  return server;
}

async function answers(port: number): Promise<boolean> {
  return fetch(`http://127.0.0.1:${port}/`).then(() => true, () => false);
}

async function end(server: ChildProcess): Promise<void> {
  if (server.exitCode !== null || server.signalCode !== null) return;
  const ended = once(server, 'exit');
  server.kill('SIGKILL');
  await ended;
}

/**
 * Below the ports that a kernel gives to connections by itself: one of those could be taken between this look and the
 * server's start, or while the server is down.
 */
async function freePort(): Promise<number> {
  for (;;) {
    const port = randomInt(10_000, 30_000);
    const probe = createServer().listen(port, '127.0.0.1');
    const isFree = await once(probe, 'listening').then(() => true, () => false);
    if (!isFree) continue;
    probe.close();
    await once(probe, 'close');
    return port;
  }
}
