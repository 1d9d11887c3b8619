/**
 * The second half of `npm run build:native`: one training step, in a process of its own, because a damaged library ends
 * the process that loads it. Where it fails, the next build begins anew.
 */
import { spawnSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import path from 'node:path';

const { status, signal, stdout, stderr } = spawnSync(process.execPath, [path.join(import.meta.dirname, 'train-native.ts')], { encoding: 'utf8' });
if (status === 0) {
  console.error(`The native engine is built and trains: ${stdout.trim()}.`);
} else {
  rmSync(path.join(import.meta.dirname, '../.native/built.json'), { force: true });
  const reason = signal === null ? stderr.trimEnd().split('\n').at(-1) : `its first step was ended by ${signal}${signal === 'SIGBUS' ? ', as by a file that is cut short' : ''}`;
  console.error(`The native engine does not train: ${reason}; \`npm run build:native\` again builds it anew.`);
  process.exitCode = 1;
}
