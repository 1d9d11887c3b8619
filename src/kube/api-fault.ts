/** Reasons that Kubernetes gives itself, as far as we branch on them, and our own where there was no usable answer. */
export type ApiFaultReason =
  | 'NotFound'
  | 'AlreadyExists'
  | 'Conflict'
  | 'Forbidden'
  | 'Unauthorized'
  | 'Invalid'
  | 'Expired'
  | 'TooManyRequests'
  /** Nothing was sent: no connection, or no credentials. */
  | 'Unreachable'
  /** Nothing was sent: the server does not prove who it is. */
  | 'Untrusted'
  /** The connection broke or the answer is no JSON: the request may have been carried out. */
  | 'Broken'
  /** No whole answer within the deadline: the request may have been carried out. */
  | 'Timeout'
  /** Not sent, because this process may not write now. */
  | 'Fenced';

export interface ApiFaultDetails {
  readonly code: number;
  readonly reason: string;
  readonly message: string;
  readonly retryAfterSeconds?: number | undefined;
  readonly cause?: unknown;
}

/** A request that did not do what was asked: a sentence for people, code and reason for callers. */
export class ApiFault extends Error {
  /** HTTP status; 0 where no answer came. */
  readonly code: number;
  /** An ApiFaultReason, or another word of Kubernetes. */
  readonly reason: string;
  /** The server asks not to come back earlier. */
  readonly retryAfterSeconds: number | null;

  constructor({ code, reason, message, retryAfterSeconds, cause }: ApiFaultDetails) {
    super(message, { cause });
    this.name = 'ApiFault';
    this.code = code;
    this.reason = reason;
    this.retryAfterSeconds = retryAfterSeconds ?? null;
  }
}

export function isApiFault(error: unknown, reason?: ApiFaultReason): error is ApiFault {
  return error instanceof ApiFault && (reason === undefined || error.reason === reason);
}

/** What was asked, for the sentence of a fault. */
export interface Asked {
  readonly method: string;
  readonly path: string;
  readonly server: string;
}

export interface Refusal {
  /** HTTP status. */
  readonly code: number;
  /** A Status of Kubernetes as JSON, or whatever a gateway has sent. */
  readonly text: string;
  readonly retryAfterSeconds?: number | undefined;
}

/** An answer of 400 or above. */
export function refused(asked: Asked, { code, text, retryAfterSeconds }: Refusal): ApiFault {
  try {
    return failed(asked, JSON.parse(text), { code, retryAfterSeconds });
  } catch {
    return failed(asked, { message: text.trim().slice(0, 200) }, { code, retryAfterSeconds });
  }
}

/** A Status of Kubernetes that says what went wrong: an answer's, or that of a watch's ERROR event. */
export function failed({ method, path, server }: Asked, status: unknown, known: { code?: number; retryAfterSeconds?: number | undefined } = {}): ApiFault {
  const code = known.code ?? numberAt(status, 'code') ?? 0;
  const reason = textAt(status, 'reason') ?? reasonOf[code] ?? 'Unknown';
  const words = textAt(status, 'message');
  const message = `Cannot ${method} ${path}: ${server} answers ${code} ${reason}${words === undefined ? '' : `: ${words}`}${adviceFor(reason, words)}`;
  return new ApiFault({ code, reason, message, retryAfterSeconds: known.retryAfterSeconds ?? numberAt(fieldAt(status, 'details'), 'retryAfterSeconds') });
}

/** No answer that could be used. */
export function unanswered({ method, path, server }: Asked, error: unknown): ApiFault {
  const code = textAt(error, 'code') ?? '';
  const words = textAt(error, 'message') ?? String(error);
  const [reason, state] = verdict(error, { code, words, server });
  return new ApiFault({ code: 0, reason, message: `Cannot ${method} ${path}: ${state}`, cause: error });
}

function verdict(error: unknown, { code, words, server }: { code: string; words: string; server: string }): [ApiFaultReason, string] {
  if (error instanceof SyntaxError) return ['Broken', `${server} sends what is no JSON (${words})`];
  if (code === 'ECONNREFUSED') return ['Unreachable', `nothing listens at ${server}; check that the API server runs there`];
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') return ['Unreachable', `the host of ${server} has no address (${code}); check its name and the network`];
  if (code === 'UND_ERR_CONNECT_TIMEOUT') return ['Unreachable', `${server} accepts no connection in time; check the network`];
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID') return ['Untrusted', `the certificate of ${server} is for another name (${words}); check the server's address`];
  if (/CERT|SELF_SIGNED|UNABLE_TO_VERIFY/.test(code)) return ['Untrusted', `the certificate of ${server} is not trusted (${code}); check the certificate authority that is configured for the cluster`];
  return ['Broken', `the connection to ${server} broke (${words})`];
}

const reasonOf: Readonly<Record<number, ApiFaultReason>> = {
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'NotFound',
  409: 'Conflict',
  410: 'Expired',
  422: 'Invalid',
  429: 'TooManyRequests',
};

/** What a person can do about it, where one can say. Quotas and admission refuse as Forbidden too: only rights are told of in these words. */
function adviceFor(reason: string, words = ''): string {
  if (reason === 'Unauthorized') return '; it does not know the token or certificate that was sent, or that has expired: renew it';
  return reason === 'Forbidden' && /cannot \w+ resource/.test(words) ? '; a Role or ClusterRole must allow it' : '';
}

function textAt(value: unknown, field: string): string | undefined {
  const text = fieldAt(value, field);
  return typeof text === 'string' && text !== '' ? text : undefined;
}

function numberAt(value: unknown, field: string): number | undefined {
  const number = fieldAt(value, field);
  return typeof number === 'number' && number > 0 ? number : undefined;
}

function fieldAt(value: unknown, field: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, field) : undefined;
}
