/** The way to the API server, and the only door to @kubernetes/client-node and undici: where it is, one pool of connections, and who we are. */
import type { RequestOptions } from 'node:https';
import type { Dispatcher } from 'undici';
import { Agent, ProxyAgent } from 'undici';

export interface Connection {
  /** `https://10.0.0.1:6443`: without a path, and with no slash at the end. */
  readonly server: string;
  /** What comes before the path of each request: empty, except behind some gateways. */
  readonly basePath: string;
  /** The namespace of the Pod, or of the kubeconfig's context. */
  readonly namespace: string;
  /** Connections that are kept and shared by everybody who talks to this server. */
  readonly pool: Dispatcher;
  /** Headers that say who asks. Asked before each request, so that a renewed token counts at once. */
  authorise(): Promise<Readonly<Record<string, string>>>;
  /** Breaks every connection. */
  close(): Promise<void>;
}

/** Whom to trust and, with client certificates, who we are: options of node:tls. */
export interface TlsOptions {
  readonly ca?: string | Buffer;
  readonly cert?: string | Buffer;
  readonly key?: string | Buffer;
  readonly servername?: string;
  readonly rejectUnauthorized?: boolean;
}

export interface Destination {
  /** URL of the server. */
  readonly url: string;
  readonly namespace: string;
  readonly tls: TlsOptions;
  readonly proxyUrl?: string | undefined;
  readonly authorise: Connection['authorise'];
}

/** No connection is opened yet. */
export function connectTo({ url, namespace, tls, proxyUrl, authorise }: Destination): Connection {
  const { origin, pathname } = new URL(url);
  const pool = openPool(tls, proxyUrl);
  return { server: origin, basePath: pathname.replace(/\/$/, ''), namespace, pool, authorise, close: () => pool.destroy() };
}

export interface KubeconfigOptions {
  readonly file: string;
  /** Default: the file's current context. */
  readonly context?: string | undefined;
}

/** As kubectl connects: certificates, tokens, token files, and the programs that fetch tokens. Throws an Error that names the file. */
export async function connectByKubeconfig({ file, context }: KubeconfigOptions): Promise<Connection> {
  // Loaded only here: it takes half a second and 90 MB, and inside a cluster nobody needs it.
  const { KubeConfig } = await import('@kubernetes/client-node');
  const config = new KubeConfig();
  const cannot = `Cannot connect by the kubeconfig ${file}`;
  const identify = async (): Promise<RequestOptions> => {
    const options: RequestOptions = {};
    try {
      await config.applyToHTTPSOptions(options);
    } catch (error) {
      throw new Error(`${cannot}: the user's credentials cannot be had: ${error instanceof Error ? error.message.trim() : String(error)}`, { cause: error });
    }
    return options;
  };
  try {
    config.loadFromFile(file);
  } catch (error) {
    throw new Error(`${cannot}: it cannot be read: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
  }
  if (context !== undefined) config.setCurrentContext(context);
  const cluster = config.getCurrentCluster();
  if (cluster === null) throw new Error(`${cannot}: it has no context "${config.getCurrentContext()}" with a cluster; the contexts are: ${config.getContexts().map(({ name }) => name).join(', ')}`);
  const { ca, cert, key, servername, rejectUnauthorized } = await identify();
  return connectTo({
    url: cluster.server,
    namespace: config.getContextObject(config.getCurrentContext())?.namespace ?? 'default',
    tls: definedOnly({ ca, cert, key, servername, rejectUnauthorized }),
    proxyUrl: cluster.proxyUrl,
    authorise: async () => headersOf(await identify()),
  });
}

function openPool(tls: TlsOptions, proxyUrl: string | undefined): Agent | ProxyAgent {
  const pool = {
    // HTTP/2 in Node leaks memory, and one broken connection would end every watch.
    allowH2: false,
    // Below the 90 s after which the API server closes an idle connection.
    keepAliveTimeout: 60_000,
    // Every call and watch has a deadline of its own.
    headersTimeout: 0,
    bodyTimeout: 0,
  };
  // A peer that vanished is noticed, however quiet the watch.
  const keepAlive = { keepAlive: true, keepAliveInitialDelay: 15_000 };
  if (proxyUrl !== undefined) return new ProxyAgent({ ...pool, uri: proxyUrl, requestTls: tls, connect: keepAlive });
  return new Agent({ ...pool, connect: { ...tls, ...keepAlive } });
}

function headersOf({ headers, auth }: RequestOptions): Record<string, string> {
  const basic = typeof auth === 'string' ? { Authorization: `Basic ${Buffer.from(auth).toString('base64')}` } : {};
  return { ...basic, ...Object.fromEntries(Object.entries(headers ?? {}).map(([name, value]) => [name, String(value)])) };
}

function definedOnly(options: object): TlsOptions {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));
}
