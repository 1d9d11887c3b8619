/** The way to the API server, and the only door to @kubernetes/client-node and undici: where it is, one pool of connections, and who we are. */
import type { RequestOptions } from 'node:https';
import { isDeepStrictEqual } from 'node:util';
import type { Dispatcher } from 'undici';
import { Agent, ProxyAgent } from 'undici';

export interface Connection {
  /** `https://10.0.0.1:6443`: without a path, and with no slash at the end. */
  readonly server: string;
  /** What comes before the path of each request: empty, except behind some gateways. */
  readonly basePath: string;
  /** The namespace of the Pod, or of the kubeconfig's context. */
  readonly namespace: string;
  /** Connections that are kept and shared by everybody who talks to this server; another one once certificates have been renewed. */
  readonly pool: Dispatcher;
  /** Headers that say who asks. Asked before each request, so that a renewed token or certificate counts at once. */
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

/** As whom we come, at a moment. */
export interface Identity {
  readonly headers: Readonly<Record<string, string>>;
  readonly tls: TlsOptions;
}

export interface Destination {
  /** URL of the server. */
  readonly url: string;
  readonly namespace: string;
  /** At the start. */
  readonly tls: TlsOptions;
  readonly proxyUrl?: string | undefined;
  readonly identify: () => Promise<Identity>;
}

/** No connection is opened yet. */
export function connectTo({ url, namespace, tls: first, proxyUrl, identify }: Destination): Connection {
  const { origin, pathname } = new URL(url);
  let tls = first;
  let pool = openPool(tls, proxyUrl);
  let previous: typeof pool | null = null;
  const renew = (renewed: TlsOptions) => {
    void previous?.destroy();
    // What is under way may end: a watch does so within minutes.
    previous = pool;
    tls = renewed;
    pool = openPool(tls, proxyUrl);
  };
  return {
    server: origin,
    basePath: pathname.replace(/\/$/, ''),
    namespace,
    get pool() {
      return pool;
    },
    authorise: async () => {
      const identity = await identify();
      if (!isDeepStrictEqual(identity.tls, tls)) renew(identity.tls);
      return identity.headers;
    },
    close: async () => {
      await Promise.all([previous?.destroy(), pool.destroy()]);
    },
  };
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
  const identify = async (): Promise<Identity> => {
    const options: RequestOptions = {};
    try {
      await config.applyToHTTPSOptions(options);
    } catch (error) {
      throw new Error(`${cannot}: a certificate or the user's credentials cannot be had: ${firstLine(error)}; correct it, or pass another file by --kubeconfig`, { cause: error });
    }
    const { ca, cert, key, servername, rejectUnauthorized } = options;
    return { headers: headersOf(options), tls: definedOnly({ ca, cert, key, servername, rejectUnauthorized }) };
  };
  try {
    config.loadFromFile(file);
  } catch (error) {
    throw new Error(`${cannot}: it cannot be read: ${firstLine(error)}; correct it, or pass another file by --kubeconfig`, { cause: error });
  }
  if (context !== undefined) config.setCurrentContext(context);
  const current: string | undefined = config.getCurrentContext();
  const others = `the contexts are: ${config.getContexts().map(({ name }) => name).join(', ') || 'none'}`;
  if (current === undefined) throw new Error(`${cannot}: it names no current context; choose one by --context; ${others}`);
  const cluster = config.getCurrentCluster();
  if (cluster === null) throw new Error(`${cannot}: it has no context "${current}" with a cluster; choose another by --context; ${others}`);
  if (!URL.canParse(cluster.server)) throw new Error(`${cannot}: the server "${cluster.server}" of its cluster "${cluster.name}" is no URL; write it like https://10.0.0.1:6443`);
  const { tls } = await identify();
  return connectTo({ url: cluster.server, namespace: config.getContextObject(current)?.namespace ?? 'default', tls, proxyUrl: cluster.proxyUrl, identify });
}

/** Of what went wrong; a parser shows the place in further lines. */
function firstLine(error: unknown): string {
  const [line = ''] = (error instanceof Error ? error.message : String(error)).trim().split('\n');
  return line;
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
