import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseYaml } from '../../src/cli/parse-yaml.ts';

const faultOf = (content: string | Uint8Array) => {
  const parsed = parseYaml(typeof content === 'string' ? new TextEncoder().encode(content) : content);
  return parsed.ok ? null : parsed.fault;
};

test('parseYaml() reads one map, YAML or JSON, with anchors', () => {
  assert.deepEqual(parseYaml(new TextEncoder().encode('a: &x {b: 1}\nc: *x\n')), { ok: true, document: { a: { b: 1 }, c: { b: 1 } } });
  assert.deepEqual(parseYaml(new TextEncoder().encode('{"a": [1]}')), { ok: true, document: { a: [1] } });
  assert.deepEqual(parseYaml(new TextEncoder().encode('---\na: 1\n')), { ok: true, document: { a: 1 } });
});

test('parseYaml() takes the one training of a file that holds its Secret, too', () => {
  const secret = 'apiVersion: v1\nkind: Secret\n';
  assert.deepEqual(parseYaml(new TextEncoder().encode(`# both\n${secret}---\nkind: ChexTraining\nspec: {}\n`)), { ok: true, document: { kind: 'ChexTraining', spec: {} } });
  assert.match(faultOf('kind: ChexTraining\n---\nkind: ChexTraining\n') ?? '', /^a second document begins at line \d;/);
});

const refused: readonly (readonly [name: string, content: string | Uint8Array, says: RegExp])[] = [
  ['nothing', '', /^it is empty;/],
  ['comments alone', '# later\n', /^it is empty;/],
  ['several documents', 'a: 1\n---\nb: 2\n', /^a second document begins at line 2;/],
  ['a list', '- a\n- b\n', /^it holds a list;/],
  ['plain text', 'hello', /^it holds only text;/],
  ['a picture', Uint8Array.of(0xff, 0xd8, 0xff, 0xe0), /^it is not text;/],
  ['zero bytes', 'a: 1\0', /^it is not text;/],
  ['an open bracket', 'a: 1\nb: [1\nc: }\n', /^it is not YAML at line 3, column 1: a bracket/],
  ['a tab', 'a:\n\tb: 1\n', /^line 2 is indented with a tab;/],
  ['a field twice', 'a: 1\nb: 2\na: 3\n', /^the field at line 3, column 1 is there twice;/],
  ['an anchor that is not there', 'a: *x\n', /^it is not YAML: .*x/],
];
for (const [name, content, says] of refused) {
  test(`parseYaml() refuses ${name}`, () => assert.match(faultOf(content) ?? 'nothing', says));
}
