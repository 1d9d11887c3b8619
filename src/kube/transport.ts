import type { Dispatcher } from 'undici';
import type { Asked } from './api-fault.ts';
import { ApiFault, isApiFault, refused, unanswered } from './api-fault.ts';
import type { ApiRequest } from './api-request.ts';
import { backoffMilliseconds } from './backoff.ts';
import type { Clock } from './clock.ts';
import type { Connection } from './connection.ts';
import type { Deadline } from './deadline.ts';
import { startDeadline } from './deadline.ts';
import { jsonLines } from './json-lines.ts';
import type { RequestObserver } from './request-observer.ts';
import { isRetryable } from './retry-class.ts';
import { TokenBucket } from './token-bucket.ts';

export interface TransportOptions {
  readonly connection: Connection;
  readonly clock: Clock;
  /** `chex-operator/0.1.0`. */
  readonly userAgent: string;
  /** Requests a second, and how many at once; 0 a second = no limit. */
  readonly limit: { readonly perSecond: number; readonly burst: number };
  /** The fence: asked right before anything but a GET is sent. */
  readonly mayWrite: () => boolean;
  readonly observer: RequestObserver;
  /** 0 to 1. */
  readonly random?: () => number;
}

const attemptsAtMost = 4;
const pauses = { firstMilliseconds: 200, longestMilliseconds: 2000 };

/**
 * Calls of the API as plain JSON over the connection's pool: with a deadline, within the limit, and again where that is safe
 * (retry-class.ts), never before the server's Retry-After. Several transports may share a connection: the elector's own neither
 * waits behind others nor has a fence.
 */
export class Transport {
  readonly #options: TransportOptions;
  readonly #bucket: TokenBucket;
  readonly #host: string;

  constructor(options: TransportOptions) {
    this.#options = options;
    this.#bucket = new TokenBucket({ clock: options.clock, ...options.limit });
    this.#host = new URL(options.connection.server).host;
  }

  /** The answer's JSON. Throws ApiFault, or the signal's reason. */
  async request(request: ApiRequest): Promise<unknown> {
    const deadline = this.#startDeadline(request);
    try {
      for (let attempt = 1; ; attempt += 1) {
        try {
          return await this.#send(request, deadline, readJson);
        } catch (error) {
          if (attempt === attemptsAtMost || !isApiFault(error) || !isRetryable(request, error, attempt)) throw error;
          await this.#pause(error, attempt, deadline);
          this.#options.observer.onRetry({ method: request.method, host: this.#host, code: codeOf(error) });
        }
      }
    } finally {
      deadline.end();
    }
  }

  /**
   * The values of a watch as they come, until the server ends it. One attempt: who watches knows where to go on.
   * Throws ApiFault, also when it breaks or lives beyond its deadline, or the signal's reason.
   */
  async *stream(request: ApiRequest): AsyncGenerator<unknown, void, undefined> {
    const deadline = this.#startDeadline(request);
    try {
      const body = await this.#send(request, deadline, async (opened) => ({ value: opened, receivedBytes: 0 }));
      yield* jsonLines(body);
    } catch (error) {
      throw deadline.signal.aborted ? deadline.signal.reason : this.#asFault(request, error);
    } finally {
      deadline.end();
    }
  }

  /** The answer as text, piece by piece, until the server ends it: a Pod's log. One attempt. Throws ApiFault, or the signal's reason. */
  async *text(request: ApiRequest): AsyncGenerator<string, void, undefined> {
    const deadline = this.#startDeadline(request);
    try {
      const body = await this.#send(request, deadline, async (opened) => ({ value: opened, receivedBytes: 0 }));
      const decoder = new TextDecoder();
      for await (const piece of body) yield decoder.decode(piece as Uint8Array, { stream: true });
    } catch (error) {
      throw deadline.signal.aborted ? deadline.signal.reason : this.#asFault(request, error);
    } finally {
      deadline.end();
    }
  }

  #startDeadline(request: ApiRequest): Deadline {
    const seconds = request.deadlineSeconds ?? 10;
    const { method, path, server } = this.#asked(request);
    const message = `Cannot ${method} ${path}: ${server} has not answered within ${seconds} s`;
    return startDeadline({ clock: this.#options.clock, milliseconds: seconds * 1000, signal: request.signal, fault: () => new ApiFault({ code: 0, reason: 'Timeout', message }) });
  }

  /** Waits before the next attempt; throws the fault at once where the wait would pass the deadline: the caller may have better to do. */
  async #pause(fault: ApiFault, attempt: number, deadline: Deadline): Promise<void> {
    const { clock, random = Math.random } = this.#options;
    const pause = Math.max(backoffMilliseconds(attempt, pauses, random()), (fault.retryAfterSeconds ?? 0) * 1000);
    if (pause >= deadline.left()) throw fault;
    await clock.wait(pause, deadline.signal);
  }

  /** One attempt. */
  async #send<T>(request: ApiRequest, deadline: Deadline, read: ReadBody<T>): Promise<T> {
    const { connection, clock, observer } = this.#options;
    const { method } = request;
    const host = this.#host;
    const waited = await this.#bucket.take(deadline.signal);
    observer.onTurn({ method, host, seconds: waited / 1000 });
    const options = { ...(await deadline.race(this.#prepare(request))), signal: deadline.signal };
    if (method !== 'GET' && !this.#options.mayWrite()) throw this.#fenced(request);
    const started = clock.now();
    const answer = { method, host, code: '<error>', seconds: 0, sentBytes: Buffer.byteLength(options.body ?? ''), receivedBytes: 0 };
    try {
      const { statusCode, headers, body } = await connection.pool.request(options);
      answer.code = String(statusCode);
      if (statusCode >= 400) throw refused(this.#asked(request), { code: statusCode, text: await body.text(), retryAfterSeconds: secondsOf(headers['retry-after']) });
      const { value, receivedBytes } = await read(body);
      answer.receivedBytes = receivedBytes;
      return value;
    } catch (error) {
      throw deadline.signal.aborted ? deadline.signal.reason : this.#asFault(request, error);
    } finally {
      observer.onAnswer({ ...answer, seconds: (clock.now() - started) / 1000 });
    }
  }

  async #prepare({ method, path, query = {}, body, contentType = 'application/json' }: ApiRequest): Promise<Dispatcher.RequestOptions & { body: string | null }> {
    const { connection, userAgent } = this.#options;
    const search = new URLSearchParams(Object.entries(query).map(([name, value]): [string, string] => [name, String(value)])).toString();
    const credentials = await connection.authorise().catch((error: unknown) => {
      throw new ApiFault({ code: 0, reason: 'Unreachable', message: error instanceof Error ? error.message : String(error), cause: error });
    });
    return {
      origin: connection.server,
      path: `${connection.basePath}${path}${search === '' ? '' : `?${search}`}`,
      method,
      headers: { ...credentials, accept: 'application/json', 'user-agent': userAgent, ...(body === undefined ? {} : { 'content-type': contentType }) },
      body: body === undefined ? null : JSON.stringify(body),
    };
  }

  #asked({ method, path }: ApiRequest): Asked {
    return { method, path, server: this.#options.connection.server };
  }

  #asFault(request: ApiRequest, error: unknown): ApiFault {
    return isApiFault(error) ? error : unanswered(this.#asked(request), error);
  }

  #fenced(request: ApiRequest): ApiFault {
    const message = `Cannot ${request.method} ${request.path}: this process does not hold the lease now, so it writes nothing`;
    return new ApiFault({ code: 0, reason: 'Fenced', message });
  }
}

type Body = Dispatcher.ResponseData['body'];
type ReadBody<T> = (body: Body) => Promise<{ readonly value: T; readonly receivedBytes: number }>;

async function readJson(body: Body): Promise<{ value: unknown; receivedBytes: number }> {
  const text = await body.text();
  return { value: JSON.parse(text), receivedBytes: Buffer.byteLength(text) };
}

/** Retry-After in seconds; the form with a date is not used by Kubernetes. */
function secondsOf(header: string | string[] | undefined): number | undefined {
  const seconds = Number(header);
  return Number.isFinite(seconds) && seconds > 0 ? seconds : undefined;
}

function codeOf({ code }: ApiFault): string {
  return code === 0 ? '<error>' : String(code);
}
