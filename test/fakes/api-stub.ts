/** A small API server over real HTTP that fails as it is told: it resets, stalls, refuses, and sends half a line. */
import assert from 'node:assert/strict';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { createServer } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { createServer as createTlsServer } from 'node:https';
import { text } from 'node:stream/consumers';
import type { Connection, TlsOptions } from '../../src/kube/connection.ts';
import { connectTo } from '../../src/kube/connection.ts';

export interface StubRequest {
  readonly kind: 'list' | 'watch' | 'other';
  readonly method: string;
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
  readonly headers: IncomingMessage['headers'];
  /** Parsed JSON, or null without a body. */
  readonly body: unknown;
}

/** Does something with an answer. */
export type Reply = (response: ServerResponse, request: StubRequest) => void;

export class ApiStub {
  readonly requests: StubRequest[] = [];
  /** TLS handshakes so far. */
  handshakes = 0;
  /** Connections that are open. */
  readonly sockets = new Set<Socket>();
  readonly #server: Server;
  readonly #scripts = { list: [] as Reply[], watch: [] as Reply[], other: [] as Reply[] };
  readonly #open = new Map<ServerResponse, StubRequest['kind']>();
  readonly #connections: Connection[] = [];
  #changed: PromiseWithResolvers<void> = Promise.withResolvers();

  constructor(identity?: { key: string; cert: string }) {
    const onRequest = (request: IncomingMessage, response: ServerResponse) => void this.#answer(request, response);
    this.#server = identity ? createTlsServer(identity, onRequest) : createServer(onRequest);
    this.#server.on('secureConnection', () => (this.handshakes += 1));
    this.#server.on('connection', (socket: Socket) => {
      this.sockets.add(socket);
      socket.on('close', () => (this.sockets.delete(socket), this.#change()));
    });
  }

  async listen(): Promise<this> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    return this;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** A connection to it as somebody with the token `stub`; closed with the stub. */
  connect({ tls, authorise = async () => ({ authorization: 'Bearer stub' }) }: { tls?: TlsOptions; authorise?: Connection['authorise'] } = {}): Connection {
    const url = `${tls === undefined ? 'http' : 'https'}://127.0.0.1:${this.port}`;
    const connection = connectTo({ url, namespace: 'default', tls: tls ?? {}, identify: async () => ({ headers: await authorise(), tls: tls ?? {} }) });
    this.#connections.push(connection);
    return connection;
  }

  /** The next answers to requests of a kind. Without any, a list is empty at version 1, a watch stays open, and others give their body back. */
  next(kind: StubRequest['kind'], ...replies: Reply[]): void {
    this.#scripts[kind].push(...replies);
  }

  /** A line to every open watch. */
  send(...lines: unknown[]): void {
    assert.ok(this.watches.length > 0, 'no watch is open');
    for (const watch of this.watches) watch.write(lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
  }

  /** Watches that are open. */
  get watches(): readonly ServerResponse[] {
    return [...this.#open].filter(([, kind]) => kind === 'watch').map(([response]) => response);
  }

  /** Requests that are under way, watches among them. */
  get underWay(): number {
    return this.#open.size;
  }

  /** Requests of a kind so far. */
  count(kind: StubRequest['kind']): number {
    return this.requests.filter((request) => request.kind === kind).length;
  }

  /** Resolves as soon as it holds; looked at after each request, and after each answer or connection that has ended. */
  async until(holds: () => boolean): Promise<void> {
    while (!holds()) await this.#changed.promise;
  }

  async close(): Promise<void> {
    await Promise.all(this.#connections.map((connection) => connection.close()));
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  async #answer(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(incoming.url ?? '', 'http://stub');
    const query = Object.fromEntries(url.searchParams);
    const sent = await text(incoming);
    const kind = query['watch'] === 'true' ? 'watch' : incoming.method === 'GET' && query['limit'] ? 'list' : 'other';
    const request: StubRequest = { kind, method: incoming.method ?? '', path: url.pathname, query, headers: incoming.headers, body: sent === '' ? null : JSON.parse(sent) };
    this.requests.push(request);
    this.#open.set(response, kind);
    response.on('close', () => (this.#open.delete(response), this.#change()));
    const reply = this.#scripts[kind].shift() ?? { list: page([], '1'), watch: watch(), other: json(200, request.body ?? {}) }[kind];
    reply(response, request);
    this.#change();
  }

  #change(): void {
    this.#changed.resolve();
    this.#changed = Promise.withResolvers();
  }
}

/** Starts one, and closes it after the test. */
export async function startApiStub(context: { after(end: () => Promise<void>): void }, identity?: { key: string; cert: string }): Promise<ApiStub> {
  const stub = await new ApiStub(identity).listen();
  context.after(() => stub.close());
  return stub;
}

export function json(code: number, body: unknown, headers: Readonly<Record<string, string>> = {}): Reply {
  return (response) => void response.writeHead(code, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));
}

/** A Status of Kubernetes. */
export function refusal(code: number, reason: string, { retryAfterSeconds }: { retryAfterSeconds?: number } = {}): Reply {
  return json(code, status(code, reason), retryAfterSeconds === undefined ? {} : { 'retry-after': String(retryAfterSeconds) });
}

export function status(code: number, reason: string): object {
  return { kind: 'Status', apiVersion: 'v1', status: 'Failure', message: `${reason} it is`, reason, code };
}

/** A page of a list of Jobs. */
export function page(items: readonly unknown[], resourceVersion: string, next?: string): Reply {
  return json(200, { kind: 'JobList', apiVersion: 'batch/v1', metadata: { resourceVersion, ...(next === undefined ? {} : { continue: next }) }, items });
}

/** A watch that sends these lines and stays open. */
export function watch(...lines: unknown[]): Reply {
  return (response) => {
    response.writeHead(200, { 'content-type': 'application/json' }).flushHeaders();
    for (const line of lines) response.write(`${JSON.stringify(line)}\n`);
  };
}

/** A watch that sends this text, as it is, and ends. */
export function watchText(sent: string): Reply {
  return (response) => void response.writeHead(200, { 'content-type': 'application/json' }).end(sent);
}

/** Breaks the connection without an answer. */
export const reset: Reply = (response) => void response.socket?.resetAndDestroy();

/** Promises more than it sends, and breaks the connection. */
export const truncate: Reply = (response) => {
  response.writeHead(200, { 'content-type': 'application/json', 'content-length': '1000' });
  response.write('{"kind":"JobList","items":[', () => response.socket?.destroy());
};

/** Never answers. */
export const stall: Reply = () => {};
