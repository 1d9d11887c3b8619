import type { Clock } from './clock.ts';
import type { CoreEvent } from './event-api.ts';
import { RecentMap } from './recent-map.ts';

/** Different messages of the same object, type and reason within the last ten minutes. */
interface Similar {
  readonly messages: Set<string>;
  lastAt: number;
}

interface Written {
  readonly name: string;
  readonly firstTimestamp: string;
  readonly count: number;
}

// The numbers of client-go (tools/record/events_cache.go), so that a loop of errors cannot flood the cluster. Unlike there,
// each type has a burst of its own: 14 steps that start and succeed must not silence the warning of a budget.
const remembered = 4096;
const similarAtMost = 10;
const similarMilliseconds = 600_000;
const burst = 25;
const millisecondsEach = 300_000;

/** Makes few events out of many, for one source: the same again raises a count, many that are similar become one, and an object that has too many of a type is silenced. */
export class EventCorrelator {
  readonly #clock: Clock;
  readonly #similar = new RecentMap<Similar>(remembered);
  readonly #written = new RecentMap<Written>(remembered);
  /** By object and type, the time at which it may have a full burst again. */
  readonly #fullAt = new RecentMap<number>(remembered);

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** The event as it is to be written: a count above 1 belongs into the event of that name; null: nothing is to be written. */
  correlate(event: CoreEvent): CoreEvent | null {
    const counted = this.#count(this.#combine(event));
    return this.#isWithinRate(event) ? counted : null;
  }

  /** From the tenth different message on, an event that stands for all of them. */
  #combine(event: CoreEvent): { readonly event: CoreEvent; readonly key: string } {
    const now = this.#clock.now();
    const key = keyOf(event, event.type, event.reason);
    const known = this.#similar.get(key);
    const similar = known && now - known.lastAt <= similarMilliseconds ? known : { messages: new Set<string>(), lastAt: now };
    this.#similar.set(key, similar);
    similar.lastAt = now;
    similar.messages.add(event.message);
    if (similar.messages.size < similarAtMost) return { event, key: keyOf(event, event.type, event.reason, event.message) };
    // Any will do: it is their number that counts.
    const [first = ''] = similar.messages;
    similar.messages.delete(first);
    return { event: { ...event, message: `(combined from similar events): ${event.message}` }, key };
  }

  /** Counts also what is not written afterwards: the next that is written tells how many there were. */
  #count({ event, key }: { readonly event: CoreEvent; readonly key: string }): CoreEvent {
    const before = this.#written.get(key);
    const { name, firstTimestamp, count } = before ?? { name: event.metadata.name, firstTimestamp: event.firstTimestamp, count: 0 };
    this.#written.set(key, { name, firstTimestamp, count: count + 1 });
    return { ...event, metadata: { ...event.metadata, name }, firstTimestamp, count: count + 1 };
  }

  #isWithinRate(event: CoreEvent): boolean {
    const now = this.#clock.now();
    const key = keyOf(event, event.type);
    const fullAt = Math.max(this.#fullAt.get(key) ?? now, now) + millisecondsEach;
    if (fullAt - now > burst * millisecondsEach) return false;
    this.#fullAt.set(key, fullAt);
    return true;
  }
}

function keyOf({ involvedObject }: CoreEvent, ...more: readonly string[]): string {
  const { apiVersion, kind, namespace, name, uid } = involvedObject;
  return JSON.stringify([apiVersion, kind, namespace, name, uid, ...more]);
}
