import { request } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';

/** What a pass waits for an answer; one that comes later is that of the next pass. */
const waitMilliseconds = 200;
/** A batch of full-size films keeps a worker for a quarter of a minute; who is silent for longer is asked anew. */
const patienceMilliseconds = 60_000;

/**
 * Asks the worker behind a Unix socket how far it is. The function it returns resolves soon to the newest answer there
 * is, null before the first: a worker that a batch keeps from answering is taken at its last word (which has its time,
 * `updatedAt`), and the question stays with it.
 */
export function askProgress(socketPath: string): () => Promise<string | null> {
  let newest: string | null = null;
  let asked: Promise<void> | null = null;
  return async () => {
    asked ??= ask(socketPath).then((answer) => {
      newest = answer ?? newest;
      asked = null;
    });
    await Promise.race([asked, sleep(waitMilliseconds, null, { ref: false })]);
    return newest;
  };
}

/** null where there is no answer, or nothing is known yet. */
function ask(socketPath: string): Promise<string | null> {
  return new Promise((resolve) => {
    const call = request({ socketPath, path: '/progress', signal: AbortSignal.timeout(patienceMilliseconds) }, (response) => {
      let body = '';
      response.setEncoding('utf8');
      response.on('data', (piece: string) => (body += piece));
      response.on('end', () => resolve(response.statusCode === 200 ? body : null));
      response.on('error', () => resolve(null));
    });
    call.on('error', () => resolve(null));
    call.end();
  });
}
