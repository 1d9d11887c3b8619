/** docs/reference.md: every field of the resource, from the schema; every command, from its help. */
import { specOpenApi } from '../../src/api/crd.ts';
import { frozenRules, mutableFields } from '../../src/api/frozen.ts';
import { specRules } from '../../src/api/rules.ts';
import { commands } from './commands.ts';

interface Schema {
  readonly type?: string;
  readonly description?: string;
  readonly default?: unknown;
  readonly enum?: readonly unknown[];
  readonly minimum?: number;
  readonly maximum?: number;
  readonly exclusiveMinimum?: boolean;
  readonly exclusiveMaximum?: boolean;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly items?: Schema;
  readonly additionalProperties?: Schema;
}

/** The page as Markdown. */
export function reference(): string {
  const spec = specOpenApi() as Schema;
  const sections = Object.entries(spec.properties ?? {}).map(([name, schema]) => section(name, schema, spec.required?.includes(name) ?? false));
  return `<!-- Generated from src/api and src/main.ts by \`npm run generate\`. -->
# The fields of a ChexTraining

\`apiVersion: chex.dev/v1alpha1\`, \`kind: ChexTraining\`. Every field below is a key of \`spec\`. Only \`dataset.uri\`, \`output.uri\` and, for the default backbone, \`combined.backboneWeightsUri\` must be given. Unknown fields are refused. A field without a value, such as \`seed:\` alone, takes its default at \`kubectl apply\`, as Kubernetes has it; \`chex validate\` and \`chex run\` refuse it.

${sections.join('\n')}
## Rules between fields

${specRules.map(({ path, message }) => `- \`${path}\`: ${message}.`).join('\n')}

## What may change once a training has started

\`${mutableFields.join('`, `')}\`, and, for Jobs created later, \`resources\`, \`scheduling\`, \`progressDeadlineSeconds\` and \`checkpointEverySeconds\`. The other fields (${frozenRules().length - 2} of them) are frozen, because finished work was made with them.

${commands()}`;
}

function section(name: string, schema: Schema, isRequired: boolean): string {
  const lines = rows(name, schema, isRequired);
  return `## ${name}\n\n${schema.description ?? ''}\n\n| field | type | default | meaning |\n|---|---|---|---|\n${lines.join('\n')}\n`;
}

function rows(path: string, schema: Schema, isRequired: boolean): string[] {
  const inner = schema.properties ?? schema.items?.properties;
  const required = schema.required ?? schema.items?.required;
  if (inner === undefined) return [row(path, schema, isRequired)];
  const place = schema.type === 'array' ? `${path}[]` : path;
  return Object.entries(inner).flatMap(([key, value]) => rows(`${place}.${key}`, value, required?.includes(key) ?? false));
}

function row(path: string, schema: Schema, isRequired: boolean): string {
  const value = schema.default === undefined ? (isRequired ? '**required**' : 'absent') : defaultOf(schema.default);
  return `| \`${path}\` | ${typeOf(schema)} | ${value} | ${(schema.description ?? '').replaceAll('|', '\\|')} |`;
}

function defaultOf(value: unknown): string {
  return Array.isArray(value) && value.length > 6 ? `all ${value.length}` : `\`${JSON.stringify(value)}\``;
}

function typeOf(schema: Schema): string {
  if (schema.enum !== undefined) return schema.enum.length > 6 ? `one of ${schema.enum.length}` : schema.enum.map((value) => `\`${String(value)}\``).join(' or ');
  if (schema.type === 'array') return `list of ${schema.items === undefined ? 'values' : typeOf(schema.items)}`;
  if (schema.type === 'object') return `map to ${schema.additionalProperties === undefined ? 'values' : typeOf(schema.additionalProperties)}`;
  return `${schema.type ?? 'any'}${boundsOf(schema)}`;
}

function boundsOf({ minimum, maximum, exclusiveMinimum, exclusiveMaximum }: Schema): string {
  if (minimum === undefined && maximum === undefined) return '';
  const from = minimum === undefined ? '' : `${exclusiveMinimum ? 'more than' : 'from'} ${minimum}`;
  const to = maximum === undefined ? '' : `${exclusiveMaximum ? 'below' : 'to'} ${maximum}`;
  return `, ${[from, to].filter(Boolean).join(' ')}`;
}
