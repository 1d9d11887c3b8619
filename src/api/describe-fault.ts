import { closest, distance } from 'fastest-levenshtein';
import { z } from 'zod';
import { pathText } from './path-text.ts';
import { uriPattern } from './schema.ts';

/** What is wrong with one field, in words. */
export interface Fault {
  readonly path: string;
  readonly message: string;
  /** A required field that is not there. */
  readonly isMissing?: true;
  /** Path of the field that an unknown one stands for, as far as its spelling tells. */
  readonly meant?: string;
}

/** A fault that zod found (with `reportInput`) in words for people; several where it names several fields. */
export function describeFault(issue: z.core.$ZodIssue, schema: z.ZodType): Fault[] {
  const path = pathText(issue.path);
  const says = (message: string): Fault[] => [{ path, message }];
  switch (issue.code) {
    case 'unrecognized_keys':
      return issue.keys.map((key) => unknownField([...issue.path, key], keysAt(issue.path, schema)));
    case 'invalid_value':
      if (issue.input === undefined) return [{ path, message: `is required: ${oneOf(issue.values)}`, isMissing: true }];
      return says(`${shown(issue.input)} is not allowed${choiceFor(issue.input, issue.values.map(String))}`);
    case 'invalid_type':
      if (issue.input === undefined) return [{ path, message: `is required: ${kindOf(issue.expected)}`, isMissing: true }];
      if (issue.input === null) return says(`has no value: write ${kindOf(issue.expected)}`);
      return says(`must be ${kindOf(issue.expected)}, not ${shown(issue.input)}${issue.expected === 'string' && typeof issue.input === 'number' ? ': put quotes around it' : ''}`);
    case 'too_small':
      if (issue.input === '') return says('is empty');
      if (isOfEveryInteger(issue.minimum)) return [];
      return says(`${shown(issue.input)} is too small: must be ${issue.inclusive === false ? 'more than' : 'at least'} ${String(issue.minimum)}${unit(issue.origin)}`);
    case 'too_big':
      if (isOfEveryInteger(issue.maximum)) return [];
      return says(`${shown(issue.input)} is too large: must be ${issue.inclusive === false ? 'less than' : 'at most'} ${String(issue.maximum)}${unit(issue.origin)}`);
    case 'invalid_format':
      return says(`${shown(issue.input)} ${issue.pattern === String(uriPattern) ? uriAdvice(issue.input, issue.message) : issue.message}`);
    case 'invalid_union':
      return says(`${shown(issue.input)} is not allowed`);
    case 'invalid_key':
    case 'not_multiple_of':
    case 'invalid_element':
    case 'custom':
      return says(issue.message);
  }
}

/** The bound of 2^53 that zod adds to every integer: each has a tighter one, which is told. */
const isOfEveryInteger = (bound: number | bigint) => Math.abs(Number(bound)) === Number.MAX_SAFE_INTEGER;

function unknownField(path: readonly PropertyKey[], known: readonly string[]): Fault {
  const near = nearestOf(String(path.at(-1)), known);
  if (near === null) return { path: pathText(path), message: `unknown field; known are ${known.join(', ')}` };
  return { path: pathText(path), message: `unknown field; did you mean ${near}?`, meant: pathText([...path.slice(0, -1), near]) };
}

function choiceFor(input: unknown, values: readonly string[]): string {
  const near = typeof input === 'string' ? nearestOf(input, values) : null;
  return near === null ? `: must be ${oneOf(values)}` : `; did you mean ${near}?`;
}

/** What to write in place of a path of this machine. */
function uriAdvice(input: unknown, rule: string): string {
  const text = String(input);
  if (/^\/[^/]/.test(text)) return `is a path: write file://${text}`;
  const [, host, rest] = /^file:\/\/([^/\s]+)(\/.*)$/.exec(text) ?? [];
  if (host !== undefined && rest !== undefined) return `would be on another machine, "${host}": write file:///${host}${rest} with three slashes`;
  if (/^[\w.~-]+(\/|$)/.test(text)) return `is a relative path: ${rule}, with the absolute path`;
  return rule;
}

function nearestOf(word: string, known: readonly string[]): string | null {
  if (known.length === 0) return null;
  const best = closest(word.toLowerCase(), known.map((name) => name.toLowerCase()));
  const name = known.find((candidate) => candidate.toLowerCase() === best) ?? best;
  return distance(word.toLowerCase(), best) <= Math.floor((name.length + 3) / 3) ? name : null;
}

/** Field names of the object at a path of the schema. */
function keysAt(path: readonly PropertyKey[], root: z.ZodType): string[] {
  let schema: z.ZodType | undefined = root;
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

/** A value as it was written; a long one is cut. */
function shown(input: unknown): string {
  if (Array.isArray(input)) return `a list of ${input.length}`;
  if (typeof input === 'object' && input !== null) return 'a map';
  const text = typeof input === 'number' ? String(input) : JSON.stringify(input);
  return text.length <= longest ? text : `${text.slice(0, longest)}…`;
}
const longest = 80;

/** What YAML calls it. */
function kindOf(type: string): string {
  switch (type) {
    case 'int':
      return 'a whole number';
    case 'boolean':
      return 'true or false';
    case 'array':
      return 'a list';
    case 'object':
    case 'record':
      return 'a map';
    default:
      return `a ${type}`;
  }
}

const oneOf = (values: readonly z.core.util.Primitive[]) => (values.length === 1 ? String(values[0]) : `one of ${values.map(String).join(', ')}`);
const unit = (origin: string) => (origin === 'string' ? ' characters' : origin === 'array' ? ' entries' : '');
