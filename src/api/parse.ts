/** Unknown input to a ChexTraining, or all of its faults at once, each with its path and the nearest right word. */
import { closest, distance } from 'fastest-levenshtein';
import { z } from 'zod';
import type { Rule } from './rules.ts';
import { clusterRules, namePattern, nameRule, specRules } from './rules.ts';
import type { TrainingSpec } from './schema.ts';
import { apiVersion, kind, specSchema } from './schema.ts';

export interface Issue {
  /** `spec.preprocess.size`, `spec.autoencoders.overrides[2].epochs`. */
  readonly path: string;
  readonly message: string;
}

/** What a user wrote, with every default filled in; who it is (uid) only a cluster or a run knows. */
export interface ParsedTraining {
  readonly metadata: { readonly name: string; readonly namespace: string };
  readonly spec: TrainingSpec;
}

export type Parsed = { readonly ok: true; readonly training: ParsedTraining } | { readonly ok: false; readonly issues: readonly Issue[] };

/** It is a folder of the run, too: nothing in it may lead elsewhere. */
const namespacePattern = /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/;

const documentSchema = z.strictObject({
  apiVersion: z.literal(apiVersion),
  kind: z.literal(kind),
  metadata: z.looseObject({ name: z.string().regex(namePattern, nameRule.message), namespace: z.string().regex(namespacePattern, 'must be a DNS label of at most 63 characters: lower-case letters, digits and -').default('default') }),
  spec: specSchema,
  /** What `kubectl get -o yaml` adds; nothing here reads it. */
  status: z.unknown().optional(),
});

/** Where the training is to run: a cluster cannot read file:// URIs. */
export type Place = 'cluster' | 'machine';

/** Parses a resource as a YAML reader gives it. Never throws on bad input. */
export function parseTraining(input: unknown, place: Place = 'machine'): Parsed {
  const rules: readonly Rule[] = place === 'cluster' ? [...specRules, ...clusterRules] : specRules;
  const parsed = documentSchema.safeParse(input, { reportInput: true });
  if (!parsed.success) {
    const issues = parsed.error.issues.flatMap((issue) => describe(issue));
    return { ok: false, issues: [...issues, ...rulesBeside(parsed.error.issues, { input, rules })] };
  }
  const { metadata, spec } = parsed.data;
  const issues = brokenRules(spec, rules);
  if (issues.length > 0) return { ok: false, issues };
  return { ok: true, training: { metadata: { name: metadata.name, namespace: metadata.namespace }, spec } };
}

function brokenRules(spec: TrainingSpec, rules: readonly Rule[]): Issue[] {
  return rules.filter((rule) => !rule.holds(spec)).map(({ path, message }) => ({ path: `spec.${path}`, message }));
}

/** Rules broken in the sections that parse, where others do not: all faults at once, none invented. */
function rulesBeside(faults: readonly z.core.$ZodIssue[], { input, rules }: { input: unknown; rules: readonly Rule[] }): Issue[] {
  const sections = new Set(faults.filter((fault) => fault.path[0] === 'spec').map((fault) => String(fault.path[1])));
  if (typeof input !== 'object' || input === null || !('spec' in input) || typeof input.spec !== 'object') return [];
  const sound = Object.fromEntries(Object.entries(input.spec ?? {}).filter(([key]) => key in specSchema.shape && !sections.has(key)));
  const stand = { dataset: { uri: 's3://bucket/key' }, output: { uri: 's3://bucket/key' } };
  const parsed = specSchema.safeParse({ ...stand, ...sound });
  if (!parsed.success) return [];
  return brokenRules(parsed.data, rules.filter((rule) => !readsAny(rule, sections)));
}

function readsAny(rule: Rule, sections: ReadonlySet<string>): boolean {
  return [...sections].some((section) => rule.cel.includes(`self.${section}`));
}

function describe(issue: z.core.$ZodIssue): Issue[] {
  const path = pathOf(issue.path);
  switch (issue.code) {
    case 'unrecognized_keys': {
      const known = keysAt(issue.path);
      return issue.keys.map((key) => ({ path: path === '' ? key : `${path}.${key}`, message: unknownField(key, known) }));
    }
    case 'invalid_value': {
      const values = issue.values.map(String);
      if (issue.input === undefined) return [{ path, message: `is required: ${oneOf(values)}` }];
      const near = typeof issue.input === 'string' ? nearestOf(issue.input, values) : null;
      return [{ path, message: `${JSON.stringify(issue.input)} is not allowed${near === null ? `: must be ${oneOf(values)}` : `; did you mean ${near}?`}` }];
    }
    case 'invalid_type':
      if (issue.input === undefined) return [{ path, message: `is required: ${article(issue.expected)}` }];
      return [{ path, message: `must be ${article(issue.expected)}, not ${JSON.stringify(issue.input)}` }];
    case 'too_small':
      return [{ path, message: `${shown(issue.input)} is too small: must be ${issue.inclusive === false ? 'more than' : 'at least'} ${String(issue.minimum)}${unit(issue.origin)}` }];
    case 'too_big':
      return [{ path, message: `${shown(issue.input)} is too large: must be ${issue.inclusive === false ? 'less than' : 'at most'} ${String(issue.maximum)}${unit(issue.origin)}` }];
    case 'invalid_format':
      return [{ path, message: `${JSON.stringify(issue.input)} ${issue.message}` }];
    case 'invalid_union':
      return [{ path, message: `${JSON.stringify(issue.input)} is not allowed` }];
    case 'invalid_key':
    case 'not_multiple_of':
    case 'invalid_element':
    case 'custom':
      return [{ path, message: issue.message }];
  }
}

function pathOf(path: readonly PropertyKey[]): string {
  return path.map((part, index) => (typeof part === 'number' ? `[${part}]` : `${index > 0 ? '.' : ''}${String(part)}`)).join('');
}

function unknownField(key: string, known: readonly string[]): string {
  const near = nearestOf(key, known);
  return near === null ? `unknown field; known are ${known.join(', ')}` : `unknown field; did you mean ${near}?`;
}

function nearestOf(word: string, known: readonly string[]): string | null {
  if (known.length === 0) return null;
  const best = closest(word.toLowerCase(), known.map((name) => name.toLowerCase()));
  const name = known.find((candidate) => candidate.toLowerCase() === best) ?? best;
  return distance(word.toLowerCase(), best) <= Math.floor((name.length + 3) / 3) ? name : null;
}

/** Field names of the object at a path of the schema. */
function keysAt(path: readonly PropertyKey[]): string[] {
  let schema: z.ZodType | undefined = documentSchema;
  for (const part of path) schema = schema && stepInto(bare(schema), part);
  const object = schema && bare(schema);
  if (object instanceof z.ZodRecord) return Object.keys((object.keyType as z.ZodEnum).enum);
  return object instanceof z.ZodObject ? Object.keys(object.shape) : [];
}

function stepInto(schema: z.ZodType, part: PropertyKey): z.ZodType | undefined {
  if (schema instanceof z.ZodObject) return (schema.shape as Record<PropertyKey, z.ZodType>)[part];
  if (schema instanceof z.ZodArray) return schema.element as z.ZodType;
  return undefined;
}

/** The schema below its defaults and optionals. */
function bare(schema: z.ZodType): z.ZodType {
  if (schema instanceof z.ZodDefault || schema instanceof z.ZodPrefault || schema instanceof z.ZodOptional) return bare(schema.unwrap() as z.ZodType);
  return schema;
}

const oneOf = (values: readonly string[]) => (values.length === 1 ? `${values[0]}` : `one of ${values.join(', ')}`);
const article = (type: string) => (type === 'int' ? 'a whole number' : /^[aeiou]/.test(type) ? `an ${type}` : `a ${type}`);
const unit = (origin: string) => (origin === 'string' ? ' characters' : origin === 'array' ? ' entries' : '');
const shown = (input: unknown) => (Array.isArray(input) ? `a list of ${input.length}` : JSON.stringify(input));
