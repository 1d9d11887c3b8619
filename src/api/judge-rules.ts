/** The rules between fields, judged also where some fields are wrong: all faults at once, none invented. */
import type { Issue } from './parse.ts';
import { pathText } from './path-text.ts';
import type { Rule } from './rules.ts';
import type { TrainingSpec } from './schema.ts';
import { specSchema } from './schema.ts';

/** The rules that a sound spec breaks. */
export function brokenRules(spec: TrainingSpec, rules: readonly Rule[]): Issue[] {
  return rules.filter((rule) => !rule.holds(spec)).map(({ path, message }) => ({ path: `spec.${path}`, message }));
}

export interface Judging {
  readonly rules: readonly Rule[];
  /** Paths of fields that a misspelt one stands for: their values are not known either. */
  readonly meant: readonly string[];
}

/** The rules that a document breaks whatever stands in its faulty fields: those that do not look at them. */
export function rulesBeside(document: unknown, { rules, meant }: Judging): Issue[] {
  const spec = isMap(document) ? document['spec'] : undefined;
  if (!isMap(spec)) return [];
  const { sound, removed } = withoutFaults(spec);
  const unknown = [...removed, ...meant];
  return brokenRules(sound, rules.filter((rule) => fieldsOf(rule, sound).every((field) => !unknown.some((path) => isAtOrBelow(field, path)))));
}

/** Takes out what is wrong until the rest parses, defaults and stand-ins in its place. */
function withoutFaults(input: Record<string, unknown>): { sound: TrainingSpec; removed: string[] } {
  const removed: string[] = [];
  const spec = structuredClone(input);
  for (;;) {
    const parsed = specSchema.safeParse({ ...standIns, ...spec });
    if (parsed.success) return { sound: parsed.data, removed };
    // One at a time: what is taken out may take other faults with it.
    const [issue] = parsed.error.issues;
    if (!issue) throw new Error('Cannot judge a spec that is refused without a fault');
    const paths = issue.code === 'unrecognized_keys' ? issue.keys.map((key) => [...issue.path, key]) : [issue.path];
    for (const path of paths) removed.push(pathText(['spec', ...remove(spec, path)]));
  }
}

/** For what a spec must have. */
const standIns = { dataset: { uri: 's3://bucket/key' }, output: { uri: 's3://bucket/key' } };

/** Removes the value at a path, and gives the path that went: the whole list for one of its entries, the map around a field that is not there. */
function remove(spec: Record<string, unknown>, path: readonly PropertyKey[]): readonly PropertyKey[] {
  const above = path.slice(0, -1);
  const [last] = path.slice(-1);
  const holder = above.reduce<unknown>((value, part) => (isMap(value) || Array.isArray(value) ? (value as Record<PropertyKey, unknown>)[part] : undefined), spec);
  if (last === undefined) return path;
  if (!isMap(holder) || !(last in holder)) return remove(spec, above);
  Reflect.deleteProperty(holder, last);
  return path;
}

/** Paths of all fields that a rule looks at. */
function fieldsOf(rule: Rule, spec: TrainingSpec): string[] {
  const seen: string[] = [];
  rule.holds(watched(spec, ['spec'], seen));
  return seen;
}

function watched<T>(value: T, path: readonly PropertyKey[], seen: string[]): T {
  if (typeof value !== 'object' || value === null) return value;
  return new Proxy(value, {
    get(target, key) {
      const at = [...path, Array.isArray(target) && /^\d+$/.test(String(key)) ? Number(String(key)) : key];
      seen.push(pathText(at));
      return watched(Reflect.get(target, key) as unknown, at, seen);
    },
  });
}

function isAtOrBelow(field: string, path: string): boolean {
  return field === path || field.startsWith(`${path}.`) || field.startsWith(`${path}[`);
}

function isMap(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
