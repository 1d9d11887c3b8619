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

/** The S3 server, from both sides, and the one bucket it has at first. */
export const s3 = {
  endpoint: `http://localhost:${s3Port}`,
  endpointForPods: `http://${address}:${s3Port}`,
  bucket: 'films',
  credentials: { accessKeyId: 'chextest', secretAccessKey: 'chextestsecret' },
};

/** What the project's Dockerfile is built into. Pods say `imagePullPolicy: IfNotPresent` or `Never`. */
export const images = { operator: 'localhost/chex-operator:dev', worker: 'localhost/chex-worker:dev' };
