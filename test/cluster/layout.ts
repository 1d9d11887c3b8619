import { readFileSync } from 'node:fs';
import path from 'node:path';

/** Everything that the running cluster keeps; the settings files name it too. Removed by `down`. */
export const folder = '/var/lib/chex-cluster';

export const network = 'chex';
export const node = 'node1';

/** The node's own address, in the cluster's network: what Pods call. */
export const address = '10.244.0.1';

/** By the same number in the cluster's network and on this machine's loopback. */
export const apiPort = 16443;
export const s3Port = 17070;

/** The API as this machine reaches it. Its certificate is good for `localhost`, not for 127.0.0.1. */
export const kubeconfig = path.join(folder, 'kubeconfig.yaml');
/** The API as the cluster's own programs reach it. */
export const innerKubeconfig = path.join(folder, 'inner-kubeconfig.yaml');

export const containerdSocket = path.join(folder, 'containerd.sock');

/** kubectl of the cluster's version, for people. */
export const programs = path.join(folder, 'bin');

const { CHEX_S3_ENDPOINT: endpoint, CHEX_S3_ENDPOINT_FOR_PODS: endpointForPods, CHEX_S3_BUCKET: bucket = 'films', AWS_ACCESS_KEY_ID: accessKeyId = '', AWS_SECRET_ACCESS_KEY: secretAccessKey = '' } = process.env;

/** The S3 server as this machine and as Pods reach it, and the bucket of films and runs; of a cluster of KUBECONFIG a given one. */
export const s3 = endpoint === undefined
  ? { endpoint: `http://localhost:${s3Port}`, endpointForPods: `http://${address}:${s3Port}`, bucket: 'films', credentials: { accessKeyId: 'chextest', secretAccessKey: 'chextestsecret' } }
  : { endpoint, endpointForPods: endpointForPods ?? endpoint, bucket, credentials: { accessKeyId, secretAccessKey } };

const { version } = JSON.parse(readFileSync(path.join(import.meta.dirname, '../../package.json'), 'utf8')) as { version: string };

/** What the project's Dockerfile is built into, by the names in manifests/install.yaml: that file is applied as it is. */
export const images = { operator: `docker.io/library/chex-operator:${version}`, worker: `docker.io/library/chex-worker:${version}` };
