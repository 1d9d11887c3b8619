/** An API server in memory over real HTTP: objects with versions, watches, status by apply, preconditions. No controllers: what a Job does is the test's to say. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { isDeepStrictEqual } from 'node:util';
import type { Connection } from '../../src/kube/connection.ts';
import { connectTo } from '../../src/kube/connection.ts';
import { status } from './api-stub.ts';

export interface ApiObject {
  readonly kind?: string;
  readonly metadata: { readonly namespace: string; readonly name: string; readonly [field: string]: unknown };
  readonly [field: string]: unknown;
}

/** A call that is no list and no watch. */
export interface Call {
  /** Token of whoever called. */
  readonly who: string;
  readonly method: string;
  readonly path: string;
  readonly body: unknown;
}

interface Place {
  /** `jobs`. */
  readonly resource: string;
  readonly namespace: string | undefined;
  readonly name: string | undefined;
  readonly isStatus: boolean;
}

interface Watch {
  readonly place: Place;
  readonly labels: readonly (readonly [string, string])[];
  readonly response: ServerResponse;
}

export class ApiServer {
  readonly calls: Call[] = [];
  readonly #server = createServer((request, response) => void this.#answer(request, response));
  readonly #objects = new Map<string, ApiObject>();
  readonly #events: { readonly version: number; readonly type: string; readonly key: string; readonly object: ApiObject }[] = [];
  readonly #watches = new Set<Watch>();
  readonly #users: (() => Promise<void>)[] = [];
  #version = 1;
  #changed: PromiseWithResolvers<void> = Promise.withResolvers();

  async listen(): Promise<this> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    return this;
  }

  connect(who: string): Connection {
    const { port } = this.#server.address() as AddressInfo;
    return connectTo({ url: `http://127.0.0.1:${port}`, namespace: 'default', tls: {}, identify: async () => ({ headers: { authorization: who }, tls: {} }) });
  }

  /** Ends somebody who uses it, before it closes. */
  beforeClose(end: () => Promise<void>): void {
    this.#users.push(end);
  }

  async close(): Promise<void> {
    await Promise.all(this.#users.map((end) => end()));
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  get watches(): number {
    return this.#watches.size;
  }

  /** Objects of a kind in the order in which they came: `jobs`. */
  list(resource: string): readonly ApiObject[] {
    return [...this.#objects].filter(([key]) => key.startsWith(`${resource}/`)).map(([, object]) => object);
  }

  /** Creates or changes an object, as somebody else does; the version and, for another spec, the generation are set here. */
  put(resource: string, object: ApiObject): ApiObject {
    const key = `${resource}/${object.metadata.namespace}/${object.metadata.name}`;
    const before = this.#objects.get(key);
    this.#version += 1;
    const generation = Number(before?.metadata['generation'] ?? 0) + (before && isDeepStrictEqual(before['spec'], object['spec']) ? 0 : 1);
    const born = before?.metadata ?? { uid: `uid-${this.#version}`, creationTimestamp: new Date().toISOString() };
    const { uid, creationTimestamp } = born;
    const stored = { ...object, metadata: { ...object.metadata, uid, creationTimestamp, generation, resourceVersion: String(this.#version) } };
    this.#objects.set(key, stored);
    this.#tell(before ? 'MODIFIED' : 'ADDED', key, stored);
    return stored;
  }

  remove(resource: string, { metadata }: ApiObject): void {
    const key = `${resource}/${metadata.namespace}/${metadata.name}`;
    const object = this.#objects.get(key);
    if (!object) return;
    this.#version += 1;
    this.#objects.delete(key);
    this.#tell('DELETED', key, { ...object, metadata: { ...object.metadata, resourceVersion: String(this.#version) } });
  }

  /** Resolves as soon as it holds; looked at after each call and change. */
  async until(holds: () => boolean): Promise<void> {
    while (!holds()) await this.#changed.promise;
  }

  async #answer(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(incoming.url ?? '', 'http://server');
    const sent = await text(incoming);
    const body = (sent === '' ? {} : JSON.parse(sent)) as ApiObject;
    const { method = '' } = incoming;
    const place = placeOf(url.pathname);
    const isList = method === 'GET' && place.name === undefined;
    if (isList && url.searchParams.get('watch') === 'true') return this.#watch(place, url.searchParams, response);
    if (!isList) this.calls.push({ who: incoming.headers.authorization ?? '', method, path: url.pathname, body });
    const [code, answer] = isList ? [200, this.#page(place, labelsOf(url.searchParams))] : this.#act(method, place, body);
    response.writeHead(code, { 'content-type': 'application/json' }).end(JSON.stringify(answer));
    this.#change();
  }

  #page(place: Place, labels: Watch['labels']): object {
    const items = [...this.#objects].filter(([key, object]) => isWithin(key, place) && hasLabels(object, labels)).map(([, object]) => object);
    return { apiVersion: 'v1', kind: 'ThingList', metadata: { resourceVersion: String(this.#version) }, items };
  }

  #act(method: string, place: Place, body: ApiObject): [number, object] {
    const { resource, namespace = '' } = place;
    const name = place.name ?? body.metadata.name;
    const found = this.#objects.get(`${resource}/${namespace}/${name}`);
    if (method === 'POST') return found ? [409, status(409, 'AlreadyExists')] : [201, this.put(resource, body)];
    if (!found) return [404, status(404, 'NotFound')];
    if (method === 'GET') return [200, found];
    const expected = method === 'DELETE' ? (body['preconditions'] as { uid?: string } | undefined)?.uid : body.metadata?.['resourceVersion'];
    if (expected !== undefined && expected !== found.metadata[method === 'DELETE' ? 'uid' : 'resourceVersion']) return [409, status(409, 'Conflict')];
    if (method === 'DELETE') this.remove(resource, found);
    else if (place.isStatus) return [200, this.put(resource, { ...found, status: body['status'] })];
    else return [200, this.put(resource, { ...found, ...body, metadata: found.metadata })];
    return [200, found];
  }

  #watch(place: Place, query: URLSearchParams, response: ServerResponse): void {
    const watch = { place, labels: labelsOf(query), response };
    response.writeHead(200, { 'content-type': 'application/json' }).flushHeaders();
    this.#watches.add(watch);
    response.on('close', () => (this.#watches.delete(watch), this.#change()));
    for (const { version, type, key, object } of this.#events) if (version > Number(query.get('resourceVersion'))) send(watch, type, { key, object });
    this.#change();
  }

  #tell(type: string, key: string, object: ApiObject): void {
    this.#events.push({ version: this.#version, type, key, object });
    for (const watch of this.#watches) send(watch, type, { key, object });
    this.#change();
  }

  #change(): void {
    this.#changed.resolve();
    this.#changed = Promise.withResolvers();
  }
}

/** Starts one, and closes it after the test. */
export async function startApiServer(context: { after(end: () => Promise<void>): void }): Promise<ApiServer> {
  const server = await new ApiServer().listen();
  context.after(() => server.close());
  return server;
}

function placeOf(path: string): Place {
  const [, namespace, resource = '', name, subresource] = /^(?:\/api\/[^/]+|\/apis\/[^/]+\/[^/]+)(?:\/namespaces\/([^/]+))?\/([^/]+)(?:\/([^/]+))?(?:\/([^/]+))?$/.exec(path) ?? [];
  return { resource, namespace, name, isStatus: subresource === 'status' };
}

function labelsOf(query: URLSearchParams): Watch['labels'] {
  return (query.get('labelSelector')?.split(',') ?? []).map((label) => label.split('=') as unknown as [string, string]);
}

function hasLabels({ metadata }: ApiObject, labels: Watch['labels']): boolean {
  return labels.every(([key, value]) => (metadata['labels'] as Record<string, string> | undefined)?.[key] === value);
}

function isWithin(key: string, { resource, namespace }: Place): boolean {
  return key.startsWith(namespace === undefined ? `${resource}/` : `${resource}/${namespace}/`);
}

function send({ place, labels, response }: Watch, type: string, { key, object }: { key: string; object: ApiObject }): void {
  if (isWithin(key, place) && hasLabels(object, labels)) response.write(`${JSON.stringify({ type, object })}\n`);
}
