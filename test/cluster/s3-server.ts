import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { binaries } from './binaries.ts';
import { openDoor } from './door.ts';
import { address, folder, s3, s3Port } from './layout.ts';
import { startProcess } from './processes.ts';

/** A real S3 server beside the cluster, its objects in files: Pods and this machine reach it. */
export function startS3Server(): void {
  const [objects, sidecar] = [path.join(folder, 's3/objects'), path.join(folder, 's3/sidecar')];
  mkdirSync(path.join(objects, s3.bucket), { recursive: true });
  mkdirSync(sidecar, { recursive: true });
  const { accessKeyId, secretAccessKey } = s3.credentials;
  const env = { ROOT_ACCESS_KEY: accessKeyId, ROOT_SECRET_KEY: secretAccessKey };
  startProcess('versitygw', [path.join(binaries, 'versitygw'), '--port', `${address}:${s3Port}`, '--keep-alive', '--quiet', 'posix', '--sidecar', sidecar, objects], { env });
  openDoor('s3-door', s3Port);
}
