/** What the suite stands on: the images run as restricted Pods, and reach the API server, each other and the S3 server. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { kubectl, madeUpGpus } from '../kubectl.ts';
import { images, s3 } from '../layout.ts';

const namespace = 'chex-cluster-test';
/** What the Dockerfile's entry point begins with. */
const asInImage = ['/usr/bin/tini', '--'];

before(() => {
  remove();
  const labels = { 'pod-security.kubernetes.io/enforce': 'restricted' };
  apply({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace, labels } });
});
after(remove);

test('the worker image runs as a restricted Pod, and its log is read', () => {
  apply(job('help', { args: ['--help'] }));
  finish('help');
  assert.match(kubectl(['--namespace', namespace, 'logs', 'job/help']), /Usage: chex .*step/s);
});

test('the operator image runs as a restricted Pod without TensorFlow', () => {
  apply(job('crd', { image: images.operator, args: ['crd'] }));
  finish('crd');
  assert.match(kubectl(['--namespace', namespace, 'logs', 'job/crd']), /kind: CustomResourceDefinition/);
  apply(job('packages', { image: images.operator, command: ['ls', '/app', '/app/node_modules'] }));
  finish('packages');
  assert.doesNotMatch(kubectl(['--namespace', namespace, 'logs', 'job/packages']), /tensorflow|sharp|h5wasm|aws-sdk|\.native/);
});

test('the worker image loads the native engine', () => {
  apply(job('native', { command: ['node', '--eval', "import('/app/src/engines/native.ts').then(({ openNative }) => console.log(openNative(1).device))"] }));
  finish('native');
  assert.match(kubectl(['--namespace', namespace, 'logs', 'job/native']), /TensorFlow 2\./);
});

test('SIGTERM ends a program that does not handle it, such as Node while it starts', () => {
  apply(pod('stopped', { command: [...asInImage, 'node', '--eval', 'setTimeout(() => {}, 1e9)'], activeDeadlineSeconds: 1 }));
  kubectl(['--namespace', namespace, 'wait', '--for=jsonpath={.status.containerStatuses[0].state.terminated.exitCode}=143', 'pod/stopped', '--timeout=90s']);
});

test('a Pod reaches the API server and another Pod by ClusterIP, and the S3 server', () => {
  const serve = "require('node:http').createServer((_, answer) => answer.end('served')).listen(8080)";
  apply(pod('server', { command: [...asInImage, 'node', '--eval', serve], labels: { app: 'server' } }));
  apply({ apiVersion: 'v1', kind: 'Service', metadata: { name: 'server', namespace }, spec: { selector: { app: 'server' }, ports: [{ port: 80, targetPort: 8080 }] } });
  kubectl(['--namespace', namespace, 'wait', '--for=condition=Ready', 'pod/server', '--timeout=60s']);
  const clusterIp = kubectl(['--namespace', namespace, 'get', 'service', 'server', '--output=jsonpath={.spec.clusterIP}']);
  const ask = `
    process.env.NODE_TLS_REJECT_UNAUTHORIZED = '0';
    // kube-proxy learns of a Pod a moment after it is ready.
    const text = (url) => fetch(url).then((answer) => answer.text(), () => new Promise((resolve) => setTimeout(resolve, 200)).then(() => text(url)));
    (async () => console.log(await text('http://${clusterIp}/'), await text('https://' + process.env.KUBERNETES_SERVICE_HOST + '/version'), await text('${s3.endpointForPods}/')))();`;
  apply(job('client', { command: ['node', '--eval', ask] }));
  finish('client');
  assert.match(kubectl(['--namespace', namespace, 'logs', 'job/client']), /served .*gitVersion.* .*AccessDenied/s);
});

test('two Pods that ask for a GPU run, and a third waits', madeUpGpus, () => {
  for (const name of ['gpu-1', 'gpu-2', 'gpu-3']) apply(pod(name, { command: [...asInImage, 'sleep', '600'], limits: { 'nvidia.com/gpu': '1' } }));
  for (const name of ['gpu-1', 'gpu-2']) kubectl(['--namespace', namespace, 'wait', '--for=condition=Ready', `pod/${name}`, '--timeout=60s']);
  kubectl(['--namespace', namespace, 'wait', '--for=condition=PodScheduled=False', 'pod/gpu-3', '--timeout=60s']);
  assert.match(kubectl(['--namespace', namespace, 'get', 'pod', 'gpu-3', '--output=jsonpath={.status.conditions[*].message}']), /Insufficient nvidia\.com\/gpu/);
});

interface PodOptions {
  readonly image?: string;
  readonly command?: readonly string[];
  readonly args?: readonly string[];
  readonly labels?: Readonly<Record<string, string>>;
  readonly limits?: Readonly<Record<string, string>>;
  readonly activeDeadlineSeconds?: number;
}

function pod(name: string, options: PodOptions): object {
  return { apiVersion: 'v1', kind: 'Pod', metadata: { name, namespace, labels: options.labels }, spec: podSpec(options) };
}

function job(name: string, options: PodOptions): object {
  return { apiVersion: 'batch/v1', kind: 'Job', metadata: { name, namespace }, spec: { backoffLimit: 0, template: { spec: podSpec(options) } } };
}

function podSpec({ image = images.worker, command, args, limits, activeDeadlineSeconds }: PodOptions): object {
  const securityContext = { allowPrivilegeEscalation: false, readOnlyRootFilesystem: true, capabilities: { drop: ['ALL'] } };
  return {
    restartPolicy: 'Never',
    activeDeadlineSeconds,
    terminationGracePeriodSeconds: 30,
    automountServiceAccountToken: false,
    securityContext: { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } },
    containers: [{ name: 'main', image, imagePullPolicy: 'IfNotPresent', command, args, resources: { limits }, securityContext }],
  };
}

function apply(object: object): void {
  kubectl(['apply', '--filename=-'], JSON.stringify(object));
}

function finish(name: string): void {
  try {
    kubectl(['--namespace', namespace, 'wait', '--for=condition=Complete', `job/${name}`, '--timeout=90s']);
  } catch (error) {
    throw new Error(kubectl(['--namespace', namespace, 'describe', 'pods', `--selector=job-name=${name}`]), { cause: error });
  }
}

function remove(): void {
  kubectl(['delete', 'namespace', namespace, '--ignore-not-found', '--timeout=120s']);
}
