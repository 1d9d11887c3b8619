import { InvalidArgumentError, Option } from 'commander';

/** What whoever installs the operator decides. */
export interface OperatorOptions {
  readonly workerImage: string;
  readonly namespaces: readonly string[];
  readonly kubeconfig?: string;
  readonly context?: string;
  readonly port: number;
  readonly leaderElection: boolean;
  readonly leaseName: string;
  readonly maxConcurrent: number;
  readonly qps: number;
  readonly burst: number;
  readonly imagePullSecrets: readonly string[];
  readonly workerEnv: Readonly<Record<string, string>>;
  /** File of prices that takes the place of the built-in list. */
  readonly prices?: string;
  /** Metrics of OpenCost, whose prices of nodes come before that list. */
  readonly openCostUrl?: string;
  readonly logLevel: LogLevel;
}

export const logLevels = ['debug', 'info', 'warn', 'error'] as const;
export type LogLevel = (typeof logLevels)[number];

/** The flags of `chex operator`; each may stand in the environment instead. */
export const operatorFlags: readonly Option[] = [
  new Option('--worker-image <image>', 'image of the Pods that train').env('CHEX_WORKER_IMAGE').makeOptionMandatory(),
  new Option('--namespaces <names>', 'namespaces to look after, with commas between them').env('CHEX_NAMESPACES').default([], 'all').argParser(list),
  new Option('--kubeconfig <file>', 'how to reach the cluster (default: by the service account of its Pod)').env('KUBECONFIG'),
  new Option('--context <name>', 'context of the kubeconfig (default: its current one)'),
  new Option('--port <number>', 'TCP port of /metrics, /healthz and /readyz').env('CHEX_PORT').default(8080).argParser(tcpPort),
  new Option('--leader-election <boolean>', 'work only while holding the Lease, so that several may run').env('CHEX_LEADER_ELECTION').default(true).argParser(boolean),
  new Option('--lease-name <name>', 'the Lease, in the namespace of the operator').env('CHEX_LEASE_NAME').default('chex-operator'),
  new Option('--max-concurrent <number>', 'trainings looked at at the same time').env('CHEX_MAX_CONCURRENT').default(8).argParser(positive),
  new Option('--qps <number>', 'requests a second to the API server on average; 0: no limit').env('CHEX_QPS').default(50).argParser(whole),
  new Option('--burst <number>', 'requests to the API server at once').env('CHEX_BURST').default(100).argParser(positive),
  new Option('--image-pull-secrets <names>', "Secrets in a training's namespace that let its nodes pull the worker image").env('CHEX_IMAGE_PULL_SECRETS').default([], 'none').argParser(list),
  new Option('--worker-env <NAME=value>', 'a variable of every worker, such as HTTPS_PROXY=http://proxy:3128; may be given again').default({}, 'none').argParser(variable),
  new Option('--prices <file>', 'YAML file of node prices, in the form of spec.prices (default: AWS on-demand list prices)').env('CHEX_PRICES'),
  new Option('--open-cost-url <url>', 'metrics of OpenCost: its prices of nodes come before --prices').env('CHEX_OPEN_COST_URL').argParser(httpUrl),
  new Option('--log-level <level>', 'least important lines to log').env('CHEX_LOG_LEVEL').choices(logLevels).default('info'),
];

function list(text: string): string[] {
  return text.split(',').map((name) => name.trim()).filter((name) => name !== '');
}

function variable(text: string, others: Readonly<Record<string, string>>): Record<string, string> {
  const [, name, value] = /^([A-Za-z_][A-Za-z0-9_]*)=(.*)$/.exec(text) ?? [];
  if (name === undefined || value === undefined) throw new InvalidArgumentError('It must be NAME=value.');
  return { ...others, [name]: value };
}

function boolean(text: string): boolean {
  if (text !== 'true' && text !== 'false') throw new InvalidArgumentError('It must be true or false.');
  return text === 'true';
}

function positive(text: string): number {
  const number = whole(text);
  if (number === 0) throw new InvalidArgumentError('It must be at least 1.');
  return number;
}

function httpUrl(text: string): string {
  if (!URL.canParse(text) || !/^https?:/.test(text)) throw new InvalidArgumentError('It must be a URL such as http://opencost.opencost:9003/metrics.');
  return text;
}

/** 0: any that is free. */
function tcpPort(text: string): number {
  const number = whole(text);
  if (number > 65_535) throw new InvalidArgumentError('It must be at most 65535.');
  return number;
}

function whole(text: string): number {
  if (!/^\d+$/.test(text)) throw new InvalidArgumentError('It must be a whole number.');
  return Number(text);
}
