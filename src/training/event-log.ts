import type { Storage } from '../storage/storage.ts';
import { fileVersionEvent, summaryEvent } from '../tfrecord/event.ts';
import type { SummaryValue } from '../tfrecord/event.ts';
import { frameRecord } from '../tfrecord/framing.ts';

/** What TensorBoard shows of a training. Steps are updates of the weights. */
export interface EventLog {
  add(step: number, values: readonly SummaryValue[]): void;
  /** Writes what was added since the last time as one closed file; nothing where nothing was. */
  flush(): Promise<void>;
  /** Removes what was logged after a step: a resumed run logs it again. */
  rewind(step: number): Promise<void>;
}

export interface EventLogOptions {
  readonly storage: Storage;
  readonly folder: string;
  /** Called before every write that replaces or removes. */
  fence(): Promise<void>;
  now(): number;
}

/**
 * Event files in a folder, each named by its first step (`events.out.tfevents.0000001250.chex`) and written once and
 * whole at a checkpoint, since S3 cannot append; TensorBoard reads them in the order of their names.
 */
export function openEventLog({ storage, folder, fence, now }: EventLogOptions): EventLog {
  let pending: { step: number; record: Uint8Array }[] = [];

  async function flush(): Promise<void> {
    const first = pending[0];
    if (first === undefined) return;
    await fence();
    const version = frameRecord(fileVersionEvent(now() / 1000));
    await storage.write(`${folder}/${fileName(first.step)}`, Buffer.concat([version, ...pending.map(({ record }) => record)]));
    pending = [];
  }

  async function rewind(step: number): Promise<void> {
    pending = [];
    for await (const { uri } of storage.list(folder)) {
      const first = /tfevents\.(\d{10})\.chex$/.exec(uri)?.[1];
      if (first === undefined || Number(first) <= step) continue;
      await fence();
      await storage.remove(uri);
    }
  }

  const add = (step: number, values: readonly SummaryValue[]) => {
    pending.push({ step, record: frameRecord(summaryEvent({ wallTimeSeconds: now() / 1000, step, values })) });
  };
  return { add, flush, rewind };
}

const fileName = (step: number) => `events.out.tfevents.${String(step).padStart(10, '0')}.chex`;
