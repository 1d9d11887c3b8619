import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { copyFileSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parse, stringify } from 'yaml';
import { prometheus as programs } from '../../scripts/prometheus.ts';
import { kubeconfig } from './layout.ts';
import { system } from './operator.ts';

const rules = path.join(import.meta.dirname, '../../charts/chex-operator/alerts.yaml');

/** Whether `npm run build:oracles` has unpacked it. */
export const hasPrometheus = existsSync(path.join(programs, 'prometheus'));

interface Series {
  readonly metric: Readonly<Record<string, string>>;
  readonly values: readonly (readonly [number, string])[];
}

/** A real Prometheus on this machine's loopback, with our rules; it scrapes operators through the API server, once a second. */
export class Prometheus {
  readonly url: string;
  readonly #process: ChildProcess;
  readonly #folder: string;
  readonly #startedAt = Date.now() / 1000;

  private constructor(url: string, started: ChildProcess, folder: string) {
    this.url = url;
    this.#process = started;
    this.#folder = folder;
  }

  static async start(replicas: readonly string[]): Promise<Prometheus> {
    const folder = mkdtempSync(path.join(tmpdir(), 'chex-prometheus-'));
    writeFileSync(path.join(folder, 'prometheus.yaml'), stringify(configOf(replicas, folder)));
    copyFileSync(rules, path.join(folder, 'alerts.yaml'));
    const address = `127.0.0.1:${await freePort()}`;
    const args = [`--config.file=${path.join(folder, 'prometheus.yaml')}`, `--storage.tsdb.path=${path.join(folder, 'data')}`, `--web.listen-address=${address}`, '--log.level=warn'];
    const started = spawn(path.join(programs, 'prometheus'), args, { stdio: ['ignore', 'ignore', 'inherit'] });
    const server = new Prometheus(`http://${address}`, started, folder);
    while (!(await fetch(`${server.url}/-/ready`).then(({ ok }) => ok, () => false))) {
      if (started.exitCode !== null) throw new Error('Prometheus did not start; its last words are above');
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    return server;
  }

  /** What the expression was, second by second, since the start. */
  async history(expr: string): Promise<readonly Series[]> {
    const now = Date.now() / 1000;
    const search = new URLSearchParams({ query: expr, start: String(this.#startedAt), end: String(now), step: String(Math.max(1, (now - this.#startedAt) / 300)) });
    return ((await this.#get(`query_range?${search.toString()}`)) as { result: Series[] }).result;
  }

  /** Names of the alerts that fire now, each with its labels. */
  async alerts(): Promise<readonly { readonly state: string; readonly labels: Readonly<Record<string, string>> }[]> {
    return ((await this.#get('alerts')) as { alerts: { state: string; labels: Record<string, string> }[] }).alerts;
  }

  async stop(): Promise<void> {
    const ended = new Promise((resolve) => this.#process.once('exit', resolve));
    this.#process.kill('SIGTERM');
    await ended;
    rmSync(this.#folder, { recursive: true, force: true });
  }

  async #get(pathAndQuery: string): Promise<unknown> {
    const answer = (await (await fetch(`${this.url}/api/v1/${pathAndQuery}`)).json()) as { status: string; error?: string; data: unknown };
    if (answer.status !== 'success') throw new Error(`Prometheus says of ${decodeURIComponent(pathAndQuery)}: ${answer.error}`);
    return answer.data;
  }
}

function configOf(replicas: readonly string[], folder: string): object {
  const { clusters, users } = parse(readFileSync(kubeconfig, 'utf8')) as { clusters: { cluster: Record<string, string> }[]; users: { user: { token: string } }[] };
  const { server = '', 'certificate-authority-data': authority = '' } = clusters[0]?.cluster ?? {};
  writeFileSync(path.join(folder, 'ca.crt'), Buffer.from(authority, 'base64'));
  return {
    global: { scrape_interval: '1s', evaluation_interval: '1s' },
    rule_files: ['alerts.yaml'],
    scrape_configs: replicas.map((name) => ({
      job_name: name,
      honor_labels: true,
      scheme: 'https',
      metrics_path: `/api/v1/namespaces/${system}/pods/${name}:8080/proxy/metrics`,
      authorization: { credentials: users[0]?.user.token },
      tls_config: { ca_file: path.join(folder, 'ca.crt') },
      static_configs: [{ targets: [new URL(server).host], labels: { instance: name } }],
    })),
  };
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
