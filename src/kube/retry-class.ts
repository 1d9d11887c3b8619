import type { ApiFault } from './api-fault.ts';
import type { ApiRequest } from './api-request.ts';

/**
 * Whether a call that failed (1 = for the first time) may be sent once more:
 *
 * | what happened | what may be sent again |
 * |---|---|
 * | nothing was sent (refused connection, no address, no credentials) | everything |
 * | 429, or 503 with Retry-After: turned away before it was carried out | everything |
 * | 401: turned away too; the token may just have been renewed | everything, once |
 * | 500, 502, 503, 504, broken connection or answer: it may have been carried out | what is repeatable |
 * | any other answer, untrusted certificate, own deadline, fence | nothing |
 */
export function isRetryable(request: ApiRequest, { code, reason, retryAfterSeconds }: ApiFault, attempt: number): boolean {
  if (reason === 'Unreachable' || code === 429) return true;
  if (code === 503 && retryAfterSeconds !== null) return true;
  if (code === 401) return attempt === 1;
  return isRepeatable(request) && (reason === 'Broken' || [500, 502, 503, 504].includes(code));
}

/**
 * Whether doing it twice is like doing it once: a GET; a PUT or PATCH with resourceVersion, whose second time the server refuses
 * with Conflict; a DELETE with uid precondition, which cannot hit the successor of the same name. Never a POST: a Job that finished
 * and was removed in between would be created anew.
 */
function isRepeatable({ method, body }: ApiRequest): boolean {
  switch (method) {
    case 'GET':
      return true;
    case 'PUT':
    case 'PATCH':
      return has(body, 'metadata', 'resourceVersion');
    case 'DELETE':
      return has(body, 'preconditions', 'uid');
    case 'POST':
      return false;
    default:
      return method satisfies never;
  }
}

function has(body: object | undefined, part: string, field: string): boolean {
  const value: unknown = body && Reflect.get(body, part);
  return typeof value === 'object' && value !== null && Reflect.get(value, field) !== undefined;
}
