import { isApiFault } from '../kube/api-fault.ts';
import { monotonicClock } from '../kube/clock.ts';
import type { Connection } from '../kube/connection.ts';
import { connectByKubeconfig } from '../kube/connection.ts';
import { connectInCluster } from '../kube/in-cluster.ts';
import { listPrices } from '../plan/cost/list-prices.ts';
import { exitCodes, ExitError } from '../plan/exit-error.ts';
import type { Log } from './log.ts';
import { openLog } from './log.ts';
import { Operator } from './operator.ts';
import type { OperatorOptions } from './options.ts';
import { readPrices } from './read-prices.ts';

export interface OperateOptions {
  readonly options: OperatorOptions;
  /** Of this program. */
  readonly version: string;
  /** KUBERNETES_SERVICE_HOST and KUBERNETES_SERVICE_PORT, where this is a Pod. */
  readonly server: { readonly host: string; readonly port: string } | null;
  /** Name of the Pod. */
  readonly instance: string;
  /** Of this process alone. */
  readonly uid: string;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** Aborted to stop in good order. */
  readonly stop: AbortSignal;
  readonly print: (line: string) => void;
}

/** Runs the controller until it is asked to stop; its exit code, which is 1 where the lease was lost. Throws ExitError where its configuration keeps it from starting, ApiFault where nobody answers for the cluster. */
export async function operate({ options, stop, print, server, ...setup }: OperateOptions): Promise<number> {
  const log = openLog({ level: options.logLevel, now: setup.now, write: print });
  const prices = options.prices === undefined ? listPrices : await readPrices(options.prices);
  const connection = await connect(options, server);
  const operator = new Operator({ ...setup, options, prices, connection, log, clock: monotonicClock });
  await operator.start().catch((error: unknown) => {
    throw isApiFault(error, 'Unauthorized') || isApiFault(error, 'Untrusted') ? new ExitError(exitCodes.configuration, error.message) : error;
  });
  log('info', 'Started', { version: setup.version, server: connection.server, port: operator.port, namespaces: options.namespaces.length === 0 ? 'all' : options.namespaces });
  const lost = await Promise.race([operator.lost, aborted(stop)]);
  tellEnd(log, lost);
  await operator.stop();
  log('info', 'Stopped');
  return lost === null ? 0 : 1;
}

async function connect({ kubeconfig, context }: OperatorOptions, server: OperateOptions['server']): Promise<Connection> {
  try {
    if (kubeconfig !== undefined) return await connectByKubeconfig({ file: kubeconfig, context });
    if (server !== null) return await connectInCluster(server);
  } catch (error) {
    throw new ExitError(exitCodes.configuration, error instanceof Error ? error.message : String(error));
  }
  throw new ExitError(exitCodes.configuration, 'Cannot connect to a cluster: this is no Pod of one, and no kubeconfig is given; pass --kubeconfig or set KUBECONFIG.');
}

function tellEnd(log: Log, lost: string | null): void {
  if (lost === null) log('info', 'Stops, as it was asked to');
  else log('error', `Stops, since it has lost the Lease: ${lost}`);
}

function aborted(signal: AbortSignal): Promise<null> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve(null);
    signal.addEventListener('abort', () => resolve(null), { once: true });
  });
}
