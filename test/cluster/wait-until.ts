import { setTimeout as delay } from 'node:timers/promises';

/** Asks until the answer is yes. Throws `Cannot start the cluster: <sentence>` after that many seconds without. */
export async function waitUntil(isSo: () => boolean, { seconds, sentence }: { seconds: number; sentence: () => string }): Promise<void> {
  for (const limit = performance.now() + seconds * 1000; !isSo(); await delay(200)) {
    if (performance.now() > limit) throw new Error(`Cannot start the cluster: ${sentence()}`);
  }
}
