/** What `kubectl explain` shows of a field is its description alone: bounds, default and freedom to change are told in it. */
import { laterFields, mutableFields } from './frozen.ts';

interface Schema extends Readonly<Record<string, unknown>> {
  readonly description?: string;
  readonly default?: unknown;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly exclusiveMinimum?: boolean;
  readonly exclusiveMaximum?: boolean;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly items?: Schema;
}

/** The schema of `spec` with more to read; `path` is below `spec`. */
export function explained(schema: Schema, path: readonly string[] = []): Schema {
  const { properties, items, description } = schema;
  return {
    ...schema,
    ...(description === undefined ? {} : { description: [description, boundsOf(schema), defaultOf(schema), freedomOf(path)].filter((text) => text !== '').join(' ') }),
    ...(properties === undefined ? {} : { properties: Object.fromEntries(Object.entries(properties).map(([key, inner]) => [key, explained(inner, [...path, key])])) }),
    ...(items === undefined ? {} : { items: explained(items, path.concat('[]')) }),
  };
}

function boundsOf({ minimum, maximum, exclusiveMinimum, exclusiveMaximum }: Schema): string {
  if (minimum === undefined || maximum === undefined) return '';
  return `${exclusiveMinimum ? 'More than' : 'From'} ${minimum} ${exclusiveMaximum ? 'and less than' : 'to'} ${maximum}.`;
}

function defaultOf({ default: value }: Schema): string {
  if (Array.isArray(value)) return value.length > 6 ? `Default: all ${value.length}.` : `Default: ${value.join(', ')}.`;
  return value === undefined || typeof value === 'object' ? '' : `Default: ${String(value)}.`;
}

function freedomOf(path: readonly string[]): string {
  if (mutableFields.includes(path.join('.'))) return 'May be changed at any time.';
  // Those of a stage and of its overrides.
  return path.length > 1 && laterFields.includes(path.at(-1) ?? '') ? 'May be changed at any time, for Jobs created later.' : '';
}
