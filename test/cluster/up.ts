/**
 * `npm run cluster:up`: a Kubernetes of one node on this machine, from source, with the project's images, two made-up
 * GPUs and an S3 server; or the cluster of KUBECONFIG. The last line of the output is the path of its kubeconfig.
 */
import path from 'node:path';
import { binaries, buildBinaries } from './binaries.ts';
import { isAnswering, startControlPlane } from './control-plane.ts';
import { buildImages, buildPauseImage, loadImages } from './images.ts';
import { askKubectl } from './kubectl.ts';
import { kubeconfig, s3 } from './layout.ts';
import { createNetwork } from './network.ts';
import { startContainerd, startNode } from './node.ts';
import { installPackages } from './packages.ts';
import { removeCluster } from './remove-cluster.ts';
import { startS3Server } from './s3-server.ts';

const given = process.env['KUBECONFIG'];

try {
  if (given !== undefined && given !== kubeconfig) useGiven(given);
  else await up();
  console.log(given ?? kubeconfig);
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}

function useGiven(file: string): void {
  if (askKubectl('get', '--raw', '/readyz') !== 'ok') throw new Error(`Cannot use the cluster of KUBECONFIG (${file}): it does not answer, or kubectl is not installed. Unset KUBECONFIG to start one on this machine`);
  console.error('Using the cluster of KUBECONFIG. Its nodes must have, or be able to pull, the images of the Dockerfile.');
}

async function up(): Promise<void> {
  if (process.getuid?.() !== 0) throw new Error('Cannot start a cluster: it takes root, for network namespaces and containers. Set KUBECONFIG to use a cluster of your own, such as kind');
  installPackages();
  buildBinaries();
  buildPauseImage();
  buildImages();
  if (!isAnswering()) await start();
  loadImages();
  console.error(`The cluster is up. kubectl is ${path.join(binaries, 'kubectl')}; S3 is ${s3.endpointForPods} for Pods and ${s3.endpoint} here (${s3.credentials.accessKeyId} / ${s3.credentials.secretAccessKey}), with the bucket ${s3.bucket}.`);
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
