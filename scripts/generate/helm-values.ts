import { readFileSync } from 'node:fs';
import path from 'node:path';
import { isMap, isScalar, parseDocument } from 'yaml';
import type { Pair } from 'yaml';

const file = path.join(import.meta.dirname, '../../charts/chex-operator/values.yaml');

interface Value {
  readonly path: string;
  readonly preset: string;
  readonly text: string;
}

/** docs/helm.md: every value of the chart, its default and what it is for, from the comments in values.yaml. */
export function helmValues(): string {
  const { contents } = parseDocument(readFileSync(file, 'utf8'));
  if (!isMap(contents)) throw new Error('values.yaml is no map');
  const rows = valuesOf(contents.items as Pair[], '', commentOf(contents.commentBefore));
  return [
    '# Values of the chart',
    '',
    'Generated from charts/chex-operator/values.yaml by `npm run generate`. Helm 3.10 or newer, and 4:',
    '',
    '```',
    'helm install chex-operator charts/chex-operator --namespace chex-system --create-namespace --values values.yaml',
    '```',
    '',
    '| value | default | what it is for |',
    '|---|---|---|',
    ...rows.map(({ path: name, preset, text }) => `| \`${name}\` | \`${preset}\` | ${text.replaceAll('|', '\\|')} |`),
    '',
  ].join('\n');
}

/** A section that has a comment tells of its fields too. */
function valuesOf(pairs: readonly Pair[], prefix: string, first: string): Value[] {
  return pairs.flatMap(({ key, value }, index) => {
    if (!isScalar(key)) return [];
    const name = `${prefix}${String(key.value)}`;
    const text = commentOf(key.commentBefore) || (index === 0 ? first : '');
    if (isMap(value) && value.items.length > 0) {
      const inner = valuesOf(value.items as Pair[], `${name}.`, commentOf(value.commentBefore));
      return text === '' ? inner : inner.map((each, place) => (place === 0 && each.text === '' ? { ...each, text } : each));
    }
    return [{ path: name, preset: JSON.stringify((value as { toJSON(): unknown }).toJSON()), text }];
  });
}

function commentOf(comment: string | null | undefined): string {
  return (comment ?? '').replace(/^ -- /, '').replaceAll('\n ', ' ').trim();
}
