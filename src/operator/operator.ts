import type { Prices } from '../api/prices.ts';
import { ApiCluster } from '../kube/client.ts';
import type { Clock } from '../kube/clock.ts';
import type { Connection } from '../kube/connection.ts';
import { Elector } from '../kube/elector.ts';
import { eventApi } from '../kube/event-client.ts';
import { EventRecorder } from '../kube/event-recorder.ts';
import { leaseApi } from '../kube/lease-client.ts';
import { Nodes } from '../kube/nodes.ts';
import { OpenCost } from '../kube/open-cost.ts';
import { PodProgress } from '../kube/pod-progress.ts';
import { Queue, backgroundPriority } from '../kube/queue.ts';
import { RemovedPods } from '../kube/removed-pods.ts';
import { Transport } from '../kube/transport.ts';
import { Workers } from '../kube/workers.ts';
import { controllerMetrics } from '../metrics/controller-metrics.ts';
import { exportReadings } from '../metrics/controller-readings.ts';
import type { OperatorServer } from '../metrics/operator-server.ts';
import { serveOperator } from '../metrics/operator-server.ts';
import { openRegistry } from '../metrics/registry.ts';
import type { TrainingState } from '../metrics/training-metrics.ts';
import { exportTrainings } from '../metrics/training-metrics.ts';
import { progressPort } from '../plan/pod.ts';
import { clusterSettings } from './cluster-settings.ts';
import { isApiFault } from '../kube/api-fault.ts';
import type { Log } from './log.ts';
import { wordsOf } from './log.ts';
import type { OperatorOptions } from './options.ts';
import { passOver, textOf } from './pass.ts';
import { Watches } from './watches.ts';

export interface OperatorSetup {
  readonly options: OperatorOptions;
  /** Of this program. */
  readonly version: string;
  /** Of nodes, where neither the training nor the node says one. */
  readonly prices: Prices;
  readonly connection: Connection;
  readonly clock: Clock;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** Name of the Pod. */
  readonly instance: string;
  /** Of this process alone. */
  readonly uid: string;
  readonly log: Log;
}

const controller = 'chextraining';
const component = 'chex-operator';

/**
 * The controller as one process: it follows the cluster from the start, and works while it leads. One that does not
 * lead knows all that the leader does, so a failover takes no longer than the lease.
 */
export class Operator {
  readonly #setup: OperatorSetup;
  readonly #transport: Transport;
  readonly #registry = openRegistry();
  readonly #metrics = controllerMetrics(this.#registry, controller);
  readonly #queue: Queue;
  readonly #watches: Watches;
  readonly #recorder: EventRecorder;
  readonly #workers: Workers;
  /** null: it works without asking. */
  readonly #elector: Elector | null;
  readonly #states = new Map<string, TrainingState>();
  readonly #lost: PromiseWithResolvers<string> = Promise.withResolvers();
  #server: OperatorServer | null = null;
  #isLeading = false;
  #isStopping = false;

  constructor(setup: OperatorSetup) {
    const { options, connection, clock, now, instance } = setup;
    this.#setup = setup;
    const shared = { connection, clock, userAgent: `${component}/${setup.version}`, observer: this.#metrics.requests };
    const transport = new Transport({ ...shared, limit: { perSecond: options.qps, burst: options.burst }, mayWrite: () => this.#elector?.mayWrite() ?? true });
    this.#transport = transport;
    const progress = new PodProgress({ clock, port: progressPort });
    const removed = new RemovedPods(clock);
    this.#queue = new Queue({ clock, observer: this.#metrics.queue });
    this.#recorder = new EventRecorder({ api: eventApi(transport), clock, component, instance, now, observer: { onLost: (event, error) => setup.log('warn', 'An event is not written', { reason: event.reason, error: wordsOf(error) }) } });
    this.#elector = options.leaderElection ? this.#openElector(new Transport({ ...shared, limit: { perSecond: 0, burst: 0 }, mayWrite: () => true })) : null;
    this.#watches = new Watches({
      transport,
      clock,
      namespaces: options.namespaces,
      observer: { onFault: (fault) => this.#tellFault(fault), onHandlerFault: (error) => setup.log('error', 'A change could not be taken in', { error: wordsOf(error) }) },
      onChange: (key, isInitial) => this.#queue.add(textOf(key), { priority: isInitial ? backgroundPriority : 0 }),
      onTrainingGone: (key) => void this.#states.delete(textOf(key)),
      onPodGone: (pod) => {
        progress.forget(pod.metadata.uid ?? '');
        removed.note(pod);
      },
    });
    const openCost = options.openCostUrl === undefined ? null : new OpenCost({ url: options.openCostUrl, clock, onFault: (error) => setup.log('warn', wordsOf(error)) });
    const cluster = new ApiCluster({ transport, progress, removed, openCost, nodes: new Nodes({ transport, clock }), recorder: this.#recorder, storesOf: (namespace) => this.#watches.storesOf(namespace) });
    const onState = (state: TrainingState) => {
      const { metadata } = state.training;
      // It may have gone during the pass, and nothing would take its series away again.
      if (this.#watches.storesOf(metadata.namespace).trainings.get(metadata)?.metadata.uid === metadata.uid) this.#states.set(textOf(metadata), state);
    };
    const pass = passOver({ cluster, now, log: setup.log, onState, settings: clusterSettings(options, setup.version, setup.prices), observer: this.#metrics });
    this.#workers = new Workers({ queue: this.#queue, pass, clock, count: options.maxConcurrent, observer: { onPass: (ended) => this.#tellPass(ended) } });
  }

  /** Where /metrics, /healthz and /readyz are; 0 before the start. */
  get port(): number {
    return this.#server?.port ?? 0;
  }

  /** Resolves with the end of a sentence if it led and may no longer: then it has to stop. */
  get lost(): Promise<string> {
    return this.#lost.promise;
  }

  get isLeading(): boolean {
    return this.#isLeading;
  }

  /** Rejects with ApiFault where nobody answers for the cluster, or it does not know who asks. */
  async start(): Promise<void> {
    const { options } = this.#setup;
    await this.#greet();
    exportTrainings(this.#registry, () => (this.#isLeading ? [...this.#states.values()] : []));
    exportReadings(this.#registry, {
      controller,
      lease: options.leaseName,
      count: this.#workers.count,
      active: () => this.#workers.active,
      depths: () => this.#queue.depths(),
      activeSeconds: () => this.#queue.activeSeconds(),
      isLeading: () => this.#isLeading,
      versions: () => this.#watches.versions(),
    });
    this.#server = await serveOperator({ port: options.port, registry: this.#registry, unreadyReason: () => this.#unreadyReason() });
    this.#watches.start();
    if (this.#elector === null) this.#lead();
    else this.#elector.start();
  }

  /** In this order: say so, take in nothing new, end what is under way, tell the last events, and only then let another one lead. */
  async stop(): Promise<void> {
    this.#isStopping = true;
    await this.#watches.stop();
    await this.#workers.stop();
    await this.#recorder.stop();
    await this.#elector?.stop();
    this.#isLeading = false;
    await this.#server?.close();
    await this.#setup.connection.close();
  }

  /** Whoever is known may ask for the version. What else may be wrong can be put right while it runs. */
  async #greet(): Promise<void> {
    await this.#transport.request({ method: 'GET', path: '/version' }).catch((error: unknown) => {
      if (!isApiFault(error) || error.code === 0 || error.reason === 'Unauthorized') throw error;
    });
  }

  #openElector(transport: Transport): Elector {
    const { options, connection, clock, now, instance, uid, log } = this.#setup;
    return new Elector({
      api: leaseApi(transport, { namespace: connection.namespace, name: options.leaseName }),
      clock,
      now,
      identity: `${instance}_${uid}`,
      observer: {
        onElected: () => this.#lead(),
        onLost: (reason) => {
          this.#isLeading = false;
          this.#lost.resolve(reason);
        },
        onHolder: (holder) => log('info', 'Another operator leads', { holder }),
        onFault: (error) => log('warn', 'The Lease could not be read or written', { error: wordsOf(error) }),
      },
    });
  }

  #lead(): void {
    this.#isLeading = true;
    this.#setup.log('info', 'Leads');
    void this.#watches.synced.then(() => {
      if (!this.#isStopping) this.#workers.start();
    });
  }

  #unreadyReason(): string | null {
    if (this.#isStopping) return 'it stops';
    const { missing } = this.#watches;
    return missing.length === 0 ? null : `not listed yet: ${missing.join(', ')}`;
  }

  #tellPass(ended: Parameters<ConstructorParameters<typeof Workers>[0]['observer']['onPass']>[0]): void {
    this.#metrics.onPass(ended);
    if (ended.result === 'error') this.#setup.log('error', 'A pass failed and is tried again', { training: ended.key, error: wordsOf(ended.error) });
  }

  #tellFault({ path, error, pauseSeconds }: { path: string; error: unknown; pauseSeconds: number }): void {
    const next = isApiFault(error, 'NotFound') ? { next: 'Install the CustomResourceDefinition: chex crd | kubectl apply --server-side -f -' } : {};
    this.#setup.log('warn', 'The cluster could not be followed', { path, error: wordsOf(error), pauseSeconds, ...next });
  }
}
