import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Command } from 'commander';
import type { OperatorOptions } from '../../src/operator/options.ts';
import { operatorFlags } from '../../src/operator/options.ts';

/** What `chex operator` gets from its arguments and its environment. Throws what commander says. */
function parse(args: readonly string[], environment: Readonly<Record<string, string>> = {}): OperatorOptions {
  const command = new Command().exitOverride().configureOutput({ writeErr: () => {} });
  for (const flag of operatorFlags) command.addOption(flag);
  const before = process.env;
  process.env = { ...environment };
  try {
    return command.parse(args, { from: 'user' }).opts<OperatorOptions>();
  } finally {
    process.env = before;
  }
}

const image = ['--worker-image', 'chex-worker:1'];

test('without further flags an operator leads over all namespaces', () => {
  assert.deepEqual(parse(image), { workerImage: 'chex-worker:1', namespaces: [], port: 8080, leaderElection: true, leaseName: 'chex-operator', maxConcurrent: 8, qps: 50, burst: 100, imagePullSecrets: [], workerEnv: {}, logLevel: 'info' });
});

const good: [string[], Partial<OperatorOptions>][] = [
  [['--namespaces', 'x-rays, films,,'], { namespaces: ['x-rays', 'films'] }],
  [['--kubeconfig', 'a', '--context', 'b'], { kubeconfig: 'a', context: 'b' }],
  [['--port', '0'], { port: 0 }],
  [['--leader-election', 'false', '--lease-name', 'mine'], { leaderElection: false, leaseName: 'mine' }],
  [['--max-concurrent', '1', '--qps', '0', '--burst', '1'], { maxConcurrent: 1, qps: 0, burst: 1 }],
  [['--image-pull-secrets', 'one,two'], { imagePullSecrets: ['one', 'two'] }],
  [['--worker-env', 'HTTPS_PROXY=http://proxy:3128?a=b', '--worker-env', 'EMPTY='], { workerEnv: { HTTPS_PROXY: 'http://proxy:3128?a=b', EMPTY: '' } }],
  [['--prices', '/etc/chex/prices.yaml'], { prices: '/etc/chex/prices.yaml' }],
  [['--log-level', 'debug'], { logLevel: 'debug' }],
];

for (const [args, expected] of good) {
  test(`${args.join(' ')} is understood`, () => {
    assert.deepEqual(parse([...image, ...args]), { ...parse(image), ...expected });
  });
}

const bad: [string[], RegExp][] = [
  [[], /required option '--worker-image <image>' not specified/],
  [[...image, '--port', '80a'], /'--port <number>' argument '80a' is invalid\. It must be a whole number/],
  [[...image, '--port', '65536'], /argument '65536' is invalid\. It must be at most 65535/],
  [[...image, '--qps', '-1'], /It must be a whole number/],
  [[...image, '--burst', '0'], /It must be at least 1/],
  [[...image, '--max-concurrent', '0'], /It must be at least 1/],
  [[...image, '--leader-election', 'yes'], /It must be true or false/],
  [[...image, '--worker-env', 'HTTPS_PROXY'], /It must be NAME=value/],
  [[...image, '--worker-env', '1=2'], /It must be NAME=value/],
  [[...image, '--log-level', 'loud'], /Allowed choices are debug, info, warn, error/],
  [[...image, '--colour', 'red'], /unknown option '--colour'/],
];

for (const [args, message] of bad) {
  test(`${args.filter((arg) => !image.includes(arg)).join(' ') || 'no worker image'} is refused`, () => {
    assert.throws(() => parse(args), { name: 'CommanderError', message });
  });
}

test('a flag may stand in the environment, and an argument is stronger', () => {
  const environment = { CHEX_WORKER_IMAGE: 'chex-worker:2', CHEX_NAMESPACES: 'x-rays', CHEX_PORT: '9090', CHEX_LEADER_ELECTION: 'false', KUBECONFIG: 'here' };
  const { workerImage, namespaces, port, leaderElection, kubeconfig } = parse(['--port', '9091'], environment);
  assert.deepEqual({ workerImage, namespaces, port, leaderElection, kubeconfig }, { workerImage: 'chex-worker:2', namespaces: ['x-rays'], port: 9091, leaderElection: false, kubeconfig: 'here' });
});
