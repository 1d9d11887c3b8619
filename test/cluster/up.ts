/**
 * `npm run cluster:up`: a Kubernetes of one node on this machine, from source, with the project's images, two made-up
 * GPUs, an S3 server and phantom films in it; or the cluster of KUBECONFIG. Its standard output is the path of the
 * kubeconfig: `export KUBECONFIG="$(npm run -s cluster:up)"`.
 */
import { mkdirSync, rmSync, symlinkSync } from 'node:fs';
import path from 'node:path';
import { binaries, buildBinaries } from './binaries.ts';
import { isAnswering, startControlPlane } from './control-plane.ts';
import { buildImages, buildPauseImage, loadImages } from './images.ts';
import { askKubectl, isThisMachine } from './kubectl.ts';
import { kubeconfig, programs, s3 } from './layout.ts';
import { createNetwork } from './network.ts';
import { startContainerd, startNode } from './node.ts';
import { installPackages } from './packages.ts';
import { openFilms, uploadPhantoms } from './phantoms.ts';
import { removeCluster } from './remove-cluster.ts';
import { startS3Server } from './s3-server.ts';

try {
  if (isThisMachine) await up();
  else useGiven();
  await uploadPhantoms(openFilms());
  console.log(process.env['KUBECONFIG'] ?? kubeconfig);
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}

function useGiven(): void {
  const file = process.env['KUBECONFIG'];
  if (askKubectl('get', '--raw', '/readyz') !== 'ok') throw new Error(`Cannot use the cluster of KUBECONFIG (${file}): it does not answer, or kubectl is not installed. Unset KUBECONFIG to start one on this machine`);
  if (process.env['CHEX_S3_ENDPOINT'] === undefined) throw new Error(`Cannot use the cluster of KUBECONFIG (${file}) without an S3 server that its Pods reach: name it by CHEX_S3_ENDPOINT, its bucket by CHEX_S3_BUCKET (else "films"), its keys by AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, and where Pods know it by another address, that by CHEX_S3_ENDPOINT_FOR_PODS`);
  console.error('Using the cluster of KUBECONFIG. Its nodes must have, or be able to pull, the two images that manifests/install.yaml names.');
}

async function up(): Promise<void> {
  if (process.getuid?.() !== 0) throw new Error('Cannot start a cluster: it takes root, for network namespaces and containers. Set KUBECONFIG to use a cluster of your own, such as kind');
  installPackages();
  buildBinaries();
  buildPauseImage();
  buildImages();
  if (!isAnswering()) await start();
  loadImages();
  linkKubectl();
  console.error(`The cluster is up, with kubectl in ${programs}. S3 is ${s3.endpointForPods} for Pods and ${s3.endpoint} here (${s3.credentials.accessKeyId} / ${s3.credentials.secretAccessKey}), with the bucket ${s3.bucket}.`);
}

function linkKubectl(): void {
  const link = path.join(programs, 'kubectl');
  mkdirSync(programs, { recursive: true });
  rmSync(link, { force: true });
  symlinkSync(path.join(binaries, 'kubectl'), link);
}

/** From nothing: what an earlier start has left, such as before the machine's own restart, is removed. */
async function start(): Promise<void> {
  await removeCluster();
  try {
    createNetwork();
    await startControlPlane();
    startS3Server();
    await startContainerd();
    await startNode();
  } catch (error) {
    await removeCluster();
    throw error;
  }
}
