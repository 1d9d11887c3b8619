import type { Command } from 'commander';
import { InvalidArgumentError } from 'commander';
import type { Shared, Surroundings } from './cluster-command.ts';
import { clusterCommand, find, withAccess } from './cluster-command.ts';

/** What people do to a training, and the logs of what it does. */
export function addSteerCommands(program: Command, around: Surroundings): void {
  for (const [command, isSuspended, description] of [['suspend', true, 'save checkpoints and stop; nothing is lost'], ['resume', false, 'go on where it was']] as const) {
    clusterCommand(program, `${command} [training]`, description).action((name: string | undefined, options: Shared) =>
      withAccess(options, around, async (access) => {
        const { suspend } = await import('./steer.ts');
        around.print(await suspend(access.people, await find(access, name), isSuspended));
      }));
  }

  clusterCommand(program, 'rerun <observations...>', 'train observations once more, and then the combined model')
    .option('-t, --training <name>', 'the training (default: the only one of the namespace)')
    .action((words: string[], options: Shared & { training?: string }) =>
      withAccess(options, around, async (access) => {
        const [{ rerun }, { observationOf }] = await Promise.all([import('./steer.ts'), import('./step-labels.ts')]);
        const wanted = [...new Set(words.map((word) => observationOf(word)))];
        around.print(await rerun(access.people, await find(access, options.training), wanted));
      }));

  clusterCommand(program, 'logs <step>', 'what the newest Pod of a step says: an observation, catalog, preprocess or combined')
    .option('-t, --training <name>', 'the training (default: the only one of the namespace)')
    .option('-f, --follow', 'go on until it ends', false)
    .option('-p, --previous', 'of the Pod before the newest', false)
    .option('--tail <lines>', 'only the last so many lines', wholeNumber)
    .action((step: string, options: Shared & { training?: string; follow: boolean; previous: boolean; tail?: number }) =>
      withAccess(options, around, async (access) => {
        const { logs } = await import('./logs.ts');
        const { follow, previous, tail } = options;
        await logs(access.people, await find(access, options.training), { step, follow, previous, ...(tail === undefined ? {} : { lines: tail }), write: around.terminal.write, signal: around.stop() });
      }));
}

function wholeNumber(text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new InvalidArgumentError('It must be a whole number.');
  return Number(text);
}
