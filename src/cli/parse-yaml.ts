import type { Document, YAMLParseError } from 'yaml';
import { LineCounter, parseAllDocuments } from 'yaml';
import { kind } from '../api/schema.ts';

/** The one map that a YAML (or JSON) file holds, of several documents the one training, or why it holds none: the end of a sentence without its stop. */
export type ParsedYaml = { readonly ok: true; readonly document: object } | { readonly ok: false; readonly fault: string };

/** Reads YAML 1.2. Never throws on bad input. */
export function parseYaml(bytes: Uint8Array): ParsedYaml {
  const text = textOf(bytes);
  if (text === null) return { ok: false, fault: 'it is not text; YAML is written as UTF-8' };
  const lines = new LineCounter();
  const documents = documentsOf(text, lines);
  const [error] = documents.flatMap(({ errors }) => errors);
  if (error) return { ok: false, fault: faultOf(error, lines) };
  let document: unknown;
  try {
    const all = documents.map((each): unknown => each.toJS());
    const trainings = all.filter(isTraining);
    if (all.length > 1 && trainings.length !== 1) return { ok: false, fault: `a second document begins at line ${lines.linePos(documents[1]?.range[0] ?? 0).line}; keep one training in a file` };
    document = all.length > 1 ? trainings[0] : (all[0] ?? null);
  } catch (cause) {
    // What only shows when anchors are followed: one that is not there, or too many.
    return { ok: false, fault: `it is not YAML: ${cause instanceof Error ? cause.message : String(cause)}` };
  }
  if (document === null) return { ok: false, fault: 'it is empty; a training begins with apiVersion and kind' };
  if (typeof document !== 'object') return { ok: false, fault: 'it holds only text; a training is a map that begins with apiVersion and kind' };
  if (Array.isArray(document)) return { ok: false, fault: 'it holds a list; a training is a map that begins with apiVersion and kind, without - before it' };
  return { ok: true, document };
}

/** None where there is nothing but comments. */
function documentsOf(text: string, lineCounter: LineCounter): readonly Document.Parsed[] {
  const documents = parseAllDocuments(text, { prettyErrors: false, lineCounter });
  return 'empty' in documents ? [] : documents;
}

/** Beside which a file may hold other things for the cluster, such as its Secret. */
function isTraining(document: unknown): boolean {
  return typeof document === 'object' && document !== null && 'kind' in document && document.kind === kind;
}

/** null where the bytes are not text. */
function textOf(bytes: Uint8Array): string | null {
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    return text.includes('\0') ? null : text;
  } catch {
    return null;
  }
}

function faultOf({ code, pos: [start], message }: YAMLParseError, lines: LineCounter): string {
  const { line, col } = lines.linePos(start);
  if (code === 'DUPLICATE_KEY') return `the field at line ${line}, column ${col} is there twice; keep one of them`;
  if (code === 'TAB_AS_INDENT') return `line ${line} is indented with a tab; YAML wants spaces`;
  const state = spelling.includes(code) ? 'a bracket, quote, colon or indent there or just before is wrong' : message.replace(/\.$/, '');
  return `it is not YAML at line ${line}, column ${col}: ${state}`;
}

/** Where the library names the part of its grammar that did not fit, which says little to who wrote the file. */
const spelling: readonly YAMLParseError['code'][] = ['BAD_INDENT', 'MISSING_CHAR', 'UNEXPECTED_TOKEN', 'BLOCK_AS_IMPLICIT_KEY', 'BLOCK_IN_FLOW', 'MULTILINE_IMPLICIT_KEY', 'BAD_SCALAR_START'];
