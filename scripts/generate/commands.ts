/** The commands of docs/reference.md, as `chex <command> --help` tells them. */
import { execFileSync } from 'node:child_process';
import path from 'node:path';

const main = path.join(import.meta.dirname, '../../src/main.ts');

/** A section of Markdown with the help of every command for people. */
export function commands(): string {
  const names = [...helpOf().matchAll(/^ {2}([a-z]+) /gm)].flatMap(([, name]) => (name === undefined || name === 'help' || name === 'step' ? [] : [name]));
  return `## Commands\n\n${names.map((name) => `### chex ${name}\n\n\`\`\`\n${helpOf(name)}\n\`\`\`\n`).join('\n')}`;
}

function helpOf(...command: readonly string[]): string {
  const environment = { PATH: process.env['PATH'] };
  return execFileSync(process.execPath, [main, ...command, '--help'], { encoding: 'utf8', env: environment }).trim();
}
