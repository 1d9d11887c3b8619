import { z } from 'zod';

/** A form of strings, and what is said of one that has another. */
export interface Pattern {
  /** As RE2 and JavaScript both read it. */
  readonly form: RegExp;
  /** "must be …", with an example. */
  readonly message: string;
}

/** A string of this form, of at most so many characters. The API server is told by `ruleOf`: of a pattern it would print the regular expression. */
export function patterned(pattern: Pattern, most: number): z.ZodString {
  // One sentence is enough for one that is too long, too.
  return z.string().regex(pattern.form, { message: pattern.message, abort: true }).max(most).meta(ruleOf(pattern));
}

/** The pattern as a CEL rule of its field, which refuses in our words. */
export function ruleOf({ form, message }: Pattern): Readonly<Record<string, unknown>> {
  const text = form.source.replaceAll('\\/', '/').replaceAll('\\', '\\\\');
  return { 'x-kubernetes-validations': [{ rule: `self.matches('${text}')`, message }] };
}
