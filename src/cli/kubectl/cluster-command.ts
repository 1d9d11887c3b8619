import type { Command } from 'commander';
import { Option } from 'commander';
import type { TrainingObject } from '../../kube/training-object.ts';
import type { Terminal } from '../../local/screen.ts';
import type { Access, AccessOptions } from './access.ts';

export interface Surroundings {
  readonly version: string;
  readonly terminal: Terminal;
  readonly print: (line: string) => void;
  readonly now: () => number;
  /** Aborted to end what goes on for ever. */
  readonly stop: () => AbortSignal;
}

export interface Shared extends AccessOptions {
  readonly output?: 'table' | 'json' | 'yaml';
}

const exitHelp = '\nExit codes: 0 done; 1 not there, or the cluster says no; 64 wrong words. watch: 0 it succeeded, 1 it failed.';

/** A command at a cluster, with the options that all of them have. */
export function clusterCommand(program: Command, signature: string, description: string): Command {
  return program
    .command(signature)
    .description(description)
    .option('-n, --namespace <name>', "namespace (default: that of the kubeconfig's context)")
    .option('--context <name>', 'context of the kubeconfig (default: its current one)')
    .addOption(new Option('--kubeconfig <file>', 'how to reach the cluster (default: ~/.kube/config)').env('KUBECONFIG'))
    .addHelpText('after', exitHelp);
}

export function formOption(): Option {
  return new Option('-o, --output <form>', 'how it is printed').choices(['table', 'json', 'yaml']).default('table');
}

/** Connects, works, and lets go of the connection however that ends. */
export async function withAccess(options: Shared, { version }: Surroundings, work: (access: Access) => Promise<void>): Promise<void> {
  const { openAccess } = await import('./access.ts');
  const access = await openAccess(options, version);
  await work(access).finally(() => access.close());
}

export async function find({ people, namespace }: Access, name: string | undefined): Promise<TrainingObject> {
  const { findTraining } = await import('./find-training.ts');
  return findTraining(people, { namespace, name });
}

/** A table for people, or the value itself for programs. */
export async function show({ value, table }: { readonly value: unknown; readonly table: () => readonly string[] }, { output }: Shared, { print }: Surroundings): Promise<void> {
  if (output === 'json') print(JSON.stringify(value, null, 2));
  else if (output === 'yaml') print((await import('yaml')).stringify(value, { lineWidth: 0 }).trimEnd());
  else for (const line of table()) print(line);
}
