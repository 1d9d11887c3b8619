/** What a person does with trainings, by kubectl; and the namespaces and films that they need. */
import { setTimeout as delay } from 'node:timers/promises';
import type { Job, Pod } from '../../../src/api/kubernetes.ts';
import type { TrainingStatus } from '../../../src/api/status.ts';
import type { Storage } from '../../../src/storage/storage.ts';
import { kubectl } from '../kubectl.ts';
import { s3 } from '../layout.ts';
import { operatorLog } from '../operator.ts';
import { openFilms, phantoms, uploadPhantoms } from '../phantoms.ts';

const secretName = 'films-s3';
const keys = { AWS_ACCESS_KEY_ID: s3.credentials.accessKeyId, AWS_SECRET_ACCESS_KEY: s3.credentials.secretAccessKey };

export type Sections = Readonly<Record<string, object | string | number | boolean>>;

const resources = { cpu: '250m', memory: '1Gi', gpu: 0 };
const settings = { preprocess: { size: 64, shards: 2, resources }, autoencoders: { width: 0.25, epochs: 2, batchSize: 8, learningRate: 1e-3, checkpointEverySeconds: 1, resources }, combined: { backbone: 'Small', epochs: 2, batchSize: 8, learningRate: 1e-3, resources } };

/** A namespace for trainings, which admits restricted Pods alone, with the Secret of the films. */
export class Namespace {
  readonly name: string;
  readonly storage: Storage;

  constructor(name: string) {
    this.name = name;
    this.storage = openFilms();
  }

  /** From nothing; the films are made and uploaded unless an earlier test did. */
  async create(): Promise<void> {
    await this.remove();
    await uploadPhantoms(this.storage);
    this.apply({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: this.name, labels: { 'pod-security.kubernetes.io/enforce': 'restricted' } } });
    this.apply({ apiVersion: 'v1', kind: 'Secret', metadata: { name: secretName }, stringData: keys });
  }

  async remove(): Promise<void> {
    kubectl(['delete', 'namespace', this.name, '--ignore-not-found', '--timeout=180s']);
    for await (const { uri } of this.storage.list(`s3://${s3.bucket}/runs/${this.name}`)) await this.storage.remove(uri);
  }

  apply(object: object): void {
    kubectl(['apply', '--namespace', this.name, '--filename=-'], JSON.stringify(object));
  }

  /** A training of two observations that takes seconds. `change` replaces fields of sections. */
  applyTraining(name: string, change: Sections = {}): Training {
    this.apply(this.#training(name, change));
    return new Training(this, name);
  }

  /** What the API server complains of in a training of this spec; null where it would take it. */
  dryRun(spec: object): string | null {
    const training = { apiVersion: 'chex.dev/v1alpha1', kind: 'ChexTraining', metadata: { name: 'tried' }, spec };
    try {
      kubectl(['create', '--namespace', this.name, '--dry-run=server', '--validate=strict', '--filename=-'], JSON.stringify(training));
      return null;
    } catch (error) {
      return error instanceof Error ? error.message : String(error);
    }
  }

  kubectl(...args: readonly string[]): string {
    return kubectl(['--namespace', this.name, ...args]);
  }

  list<T>(resource: string, selector = ''): readonly T[] {
    return (JSON.parse(this.kubectl('get', resource, `--selector=${selector}`, '--output=json')) as { items: T[] }).items;
  }

  #training(name: string, change: Sections): object {
    const base: Sections = {
      dataset: { uri: phantoms },
      output: { uri: `s3://${s3.bucket}/runs` },
      storage: { endpoint: s3.endpointForPods, forcePathStyle: true, secretName },
      observations: ['Edema', 'Support_Devices'],
      ...settings,
    };
    const merged = Object.entries(change).map(([section, value]) => [section, typeof value === 'object' && !Array.isArray(value) ? { ...(base[section] as object), ...value } : value]);
    return { apiVersion: 'chex.dev/v1alpha1', kind: 'ChexTraining', metadata: { name }, spec: { ...base, ...Object.fromEntries(merged) } };
  }

}

export class Training {
  readonly namespace: Namespace;
  readonly name: string;

  constructor(namespace: Namespace, name: string) {
    this.namespace = namespace;
    this.name = name;
  }

  get folder(): string {
    return `s3://${s3.bucket}/runs/${this.namespace.name}/${this.name}`;
  }

  status(): TrainingStatus | null {
    const text = this.namespace.kubectl('get', 'chextraining', this.name, '--output=jsonpath={.status}');
    return text === '' ? null : (JSON.parse(text) as TrainingStatus);
  }

  jobs(): readonly Job[] {
    return this.namespace.list<Job>('jobs', `chex.dev/training=${this.name}`);
  }

  pods(selector = ''): readonly Pod[] {
    return this.namespace.list<Pod>('pods', [`chex.dev/training=${this.name}`, selector].filter((each) => each !== '').join(','));
  }

  /** Changes the spec as `kubectl patch` does. */
  patch(spec: object, ...flags: readonly string[]): void {
    this.namespace.kubectl('patch', 'chextraining', this.name, '--type=merge', '--patch', JSON.stringify({ spec }), ...flags);
  }

  /** What the API server complains of in such a change; null where it would take it. */
  refusalOf(spec: object): string | null {
    try {
      this.patch(spec, '--dry-run=server');
      return null;
    } catch (error) {
      return error instanceof Error ? error.message : String(error);
    }
  }

  /** Every file below a folder of the training by its URI, with what changes when it is written anew. */
  async files(folder: string): Promise<Readonly<Record<string, string>>> {
    const files: Record<string, string> = {};
    for await (const { uri, etag } of this.namespace.storage.list(`${this.folder}/${folder}`)) files[uri] = etag;
    return files;
  }

  /** Updates of an autoencoder's weights that are saved; 0 before its first checkpoint. */
  async savedUpdates(observation: string): Promise<number> {
    let newest = 0;
    for await (const { uri } of this.namespace.storage.list(`${this.folder}/autoencoders/${observation}/checkpoints`)) {
      newest = Math.max(newest, Number(/step-(\d+)/.exec(uri)?.[1] ?? 0));
    }
    return newest;
  }

  async until<T>(what: string, fact: (training: this) => Answer<T> | Promise<Answer<T>>, seconds = 180): Promise<T> {
    const end = performance.now() + seconds * 1000;
    for (;;) {
      const found = await fact(this);
      if (found !== null && found !== undefined && found !== false) return found;
      if (performance.now() > end) throw new Error(`waited ${seconds} s in vain until ${what}:\n${this.#story()}`);
      await delay(200);
    }
  }

  /** Waits for a condition; throws at once where the training failed instead. */
  async untilCondition(type: string, seconds = 240): Promise<void> {
    const isTrue = (wanted: string) => this.status()?.conditions.some((condition) => condition.type === wanted && condition.status === 'True') ?? false;
    await this.until(`it is ${type}`, () => {
      if (isTrue(type)) return true;
      if (type === 'Succeeded' && isTrue('Failed')) throw new Error(`the training failed:\n${this.#story()}`);
      return null;
    }, seconds);
  }

  async readReport(): Promise<Report> {
    return JSON.parse(Buffer.from(await this.namespace.storage.read(`${this.folder}/report/report.json`)).toString()) as Report;
  }

  /** What was made, without the time it took: the same spec and films make the same, whatever happens meanwhile. */
  async readFigures(): Promise<object> {
    const { autoencoders, combined, observations, macro } = await this.readReport();
    const made = autoencoders.map(({ observation, images, epochs, loss, meanSquaredError }) => ({ observation, images, epochs, loss, meanSquaredError }));
    return { autoencoders: made, combined, observations, macro };
  }

  #story(): string {
    const pods = this.namespace.kubectl('get', 'pods,jobs,events');
    return [JSON.stringify(this.status(), null, 1), pods, operatorLog()].join('\n');
  }
}

type Answer<T> = T | null | undefined | false;

interface Losses {
  readonly train: number;
  readonly validation: number | null;
}

export interface Report {
  readonly autoencoders: readonly {
    readonly observation: string;
    readonly images: number;
    readonly attempts: number;
    readonly epochs: number;
    readonly loss: Losses;
    readonly meanSquaredError: Losses;
  }[];
  readonly combined: { readonly loss: Losses };
  readonly observations: readonly object[];
  readonly macro: object;
}
