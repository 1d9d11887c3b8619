/** A call of the API. */
export interface ApiRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** `/apis/batch/v1/namespaces/default/jobs`. */
  readonly path: string;
  readonly query?: Readonly<Record<string, string | number | boolean>>;
  readonly body?: object;
  /** Default `application/json`; a PATCH states its kind. */
  readonly contentType?: 'application/json' | 'application/apply-patch+yaml' | 'application/merge-patch+json';
  /** For the whole call with its pauses and retries; for a stream its whole life. Default 10. */
  readonly deadlineSeconds?: number;
  /** Aborted: the call rejects with its reason. */
  readonly signal?: AbortSignal;
}
