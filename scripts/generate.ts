/**
 * `npm run generate` writes every generated file from its source; `npm run verify` fails when one differs.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { stringify } from 'yaml';
import { customResourceDefinition } from '../src/api/crd.ts';
import { imagingKernels, kernels } from './generate/kernels.ts';
import { lives } from './generate/lives.ts';
import { reference } from './generate/reference.ts';

const root = path.join(import.meta.dirname, '..');
const isVerifying = process.argv.includes('--verify');

const generated: Readonly<Record<string, Uint8Array>> = {
  'manifests/crd.yaml': Buffer.from(`# Generated from src/api by \`npm run generate\`.\n${stringify(customResourceDefinition(), { lineWidth: 0 })}`),
  'docs/reference.md': Buffer.from(reference()),
  'src/engines/kernels.wasm': await kernels(),
  'src/imaging/kernels.ts': await imagingKernels(),
  ...(await lives()),
};

function present(file: string): Buffer | null {
  try {
    return readFileSync(path.join(root, file));
  } catch {
    return null;
  }
}

for (const [file, content] of Object.entries(generated)) {
  if (present(file)?.equals(content) === true) continue;
  if (isVerifying) {
    console.error(`${file} differs from its source: run \`npm run generate\` and commit it.`);
    process.exitCode = 1;
  } else {
    mkdirSync(path.dirname(path.join(root, file)), { recursive: true });
    writeFileSync(path.join(root, file), content);
    console.error(`wrote ${file}`);
  }
}
