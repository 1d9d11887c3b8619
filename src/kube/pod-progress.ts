import type { Pod } from '../api/kubernetes.ts';
import type { Clock } from './clock.ts';
import { within } from './within.ts';

/** What a pass waits for the first answer, and for a newer one: an answer that comes later is that of the next pass, and many trainings share the passes. */
const waitMilliseconds = { first: 500, newer: 50 };
/** A batch keeps a worker from answering for a quarter of a minute; who is silent for longer is asked anew. */
const patienceMilliseconds = 60_000;
/** A longer answer is none of ours. */
const longestBytes = 4096;

/**
 * Asks Pods how far they are, by HTTP. A worker that a batch keeps from answering is taken at its last word (which has
 * its time, `updatedAt`), and the question stays with it.
 */
export class PodProgress {
  readonly #clock: Clock;
  readonly #port: number;
  readonly #newest = new Map<string, string>();
  readonly #asking = new Map<string, Promise<void>>();

  constructor({ clock, port }: { readonly clock: Clock; readonly port: number }) {
    this.#clock = clock;
    this.#port = port;
  }

  /** The newest answer there is, soon; null before the first. */
  async ask({ metadata: { uid }, status: { podIP } }: Pod): Promise<string | null> {
    if (uid === undefined || podIP === undefined) return null;
    const asking = this.#asking.get(uid) ?? this.#ask(uid, podIP);
    const fault = () => new Error(`Cannot wait longer for the answer of the Pod at ${podIP}`);
    await within({ clock: this.#clock, milliseconds: this.#newest.has(uid) ? waitMilliseconds.newer : waitMilliseconds.first, fault }, () => asking).catch(() => {});
    return this.#newest.get(uid) ?? null;
  }

  /** The Pod is gone. */
  forget(uid: string): void {
    this.#newest.delete(uid);
  }

  #ask(uid: string, podIP: string): Promise<void> {
    const asking = readAnswer(`http://${podIP.includes(':') ? `[${podIP}]` : podIP}:${this.#port}/progress`)
      .then((answer) => void (answer !== null && this.#newest.set(uid, answer)))
      .catch(() => {})
      .finally(() => this.#asking.delete(uid));
    this.#asking.set(uid, asking);
    return asking;
  }
}

/** null where nothing is known yet, or it is no answer of ours. */
async function readAnswer(url: string): Promise<string | null> {
  const response = await fetch(url, { redirect: 'error', signal: AbortSignal.timeout(patienceMilliseconds) });
  const pieces: Uint8Array[] = [];
  let bytes = 0;
  for await (const piece of response.body ?? []) {
    pieces.push(piece);
    bytes += piece.byteLength;
    if (bytes > longestBytes) return null;
  }
  return response.ok ? Buffer.concat(pieces).toString('utf8') : null;
}
