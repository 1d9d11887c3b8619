/** Events as they travel, and what the recorder needs of the API. Types only. */

/** What an event is about. */
export interface ObjectReference {
  readonly apiVersion: string;
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
}

export interface CoreEvent {
  readonly apiVersion: 'v1';
  readonly kind: 'Event';
  readonly metadata: { readonly namespace: string; readonly name: string };
  readonly involvedObject: ObjectReference;
  readonly type: 'Normal' | 'Warning';
  readonly reason: string;
  readonly message: string;
  readonly source: { readonly component: string };
  readonly reportingComponent: string;
  readonly reportingInstance: string;
  readonly firstTimestamp: string;
  readonly lastTimestamp: string;
  /** How often it happened. */
  readonly count: number;
}

/** Faults reject with ApiFault; each call ends when its signal aborts. */
export interface EventApi {
  /** Creates the event unless there is one of its name. */
  create(event: CoreEvent, signal: AbortSignal): Promise<void>;
  /** Writes `count`, `lastTimestamp` and `message` into the event of that name; false: there is none any more. */
  patch(event: CoreEvent, signal: AbortSignal): Promise<boolean>;
}
