/** `npm run build`: dist/, the compiled form that npm installs, because Node strips no types below node_modules. */
import { spawnSync } from 'node:child_process';
import { chmodSync, cpSync, globSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { completionScript } from '../src/cli/kubectl/completion.ts';

const root = path.join(import.meta.dirname, '..');
const dist = path.join(root, 'dist');

rmSync(dist, { recursive: true, force: true });
const compiled = spawnSync(process.execPath, [path.join(root, 'node_modules/typescript/bin/tsc'), '-p', 'tsconfig.build.json'], { cwd: root, stdio: 'inherit' });
if (compiled.status !== 0) process.exit(compiled.status ?? 1);
for (const file of globSync('**/*.wasm', { cwd: path.join(root, 'src') })) cpSync(path.join(root, 'src', file), path.join(dist, file));
writeFileSync(path.join(dist, 'kubectl_complete-chex'), `${completionScript('kubectl')}\n`);
for (const program of ['main.js', 'kubectl_complete-chex']) chmodSync(path.join(dist, program), 0o755);
