import type { Command } from 'commander';
import { Argument } from 'commander';
import type { Surroundings } from './cluster-command.ts';
import type { Shell } from './completion.ts';
import { shells } from './completion.ts';
import { addShowCommands } from './show-commands.ts';
import { addSteerCommands } from './steer-commands.ts';

/** Adds what people do at a cluster: `kubectl chex …`. */
export function addClusterCommands(program: Command, around: Surroundings): void {
  addShowCommands(program, around);
  addSteerCommands(program, around);
  program
    .command('completion')
    .description('a script that completes kubectl-chex: source <(kubectl-chex completion bash); kubectl: the program kubectl_complete-chex, which completes `kubectl chex`')
    .addArgument(new Argument('<shell>').choices(shells))
    .action(async (shell: Shell) => around.print((await import('./completion.ts')).completionScript(shell)));
}
