import { delimited, integer } from '../protobuf/wire.ts';

/*
 * TensorBoard's event files frame these payloads like TFRecord:
 * Event { wall_time f64 = 1, step = 2, file_version string = 3 | summary = 5 }; Summary { value = 1 };
 * Value { tag = 1, simple_value f32 = 2, image = 4 }; Image { height = 1, width = 2, colorspace = 3, encoded = 4 }.
 * A file's name must contain `tfevents`.
 */

export type SummaryValue =
  | { readonly kind: 'scalar'; readonly tag: string; readonly value: number }
  | { readonly kind: 'image'; readonly tag: string; readonly image: SummaryImage };

export interface SummaryImage {
  readonly height: number;
  readonly width: number;
  /** 1 = grey, 3 = RGB, 4 = RGBA. */
  readonly channels: 1 | 3 | 4;
  /** A whole PNG or JPEG. */
  readonly encoded: Uint8Array;
}

/** Payload of the first record of an event file. `wallTimeSeconds` since 1970, fractions allowed. */
export function fileVersionEvent(wallTimeSeconds: number): Uint8Array {
  return Buffer.concat([wallTime(wallTimeSeconds), delimited(3, Buffer.from('brain.Event:2'))]);
}

/** Payload of a record that says what was measured at a step (0 or more). */
export function summaryEvent(event: { wallTimeSeconds: number; step: number; values: readonly SummaryValue[] }): Uint8Array {
  const summary = delimited(5, ...event.values.map((value) => delimited(1, ...summaryValue(value))));
  return Buffer.concat([wallTime(event.wallTimeSeconds), integer(2, event.step), summary]);
}

function summaryValue(value: SummaryValue): Uint8Array[] {
  const tag = delimited(1, Buffer.from(value.tag));
  if (value.kind === 'scalar') return [tag, fixed32(2, value.value)];
  const { height, width, channels, encoded } = value.image;
  return [tag, delimited(4, integer(1, height), integer(2, width), integer(3, channels), delimited(4, encoded))];
}

function wallTime(seconds: number): Uint8Array {
  const bytes = Buffer.alloc(9);
  bytes[0] = 1 * 8 + 1;
  bytes.writeDoubleLE(seconds, 1);
  return bytes;
}

function fixed32(number: number, value: number): Uint8Array {
  const bytes = Buffer.alloc(5);
  bytes[0] = number * 8 + 5;
  bytes.writeFloatLE(value, 1);
  return bytes;
}
