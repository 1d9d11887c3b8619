import type { Command } from 'commander';
import type { Shared, Surroundings } from './cluster-command.ts';
import { clusterCommand, find, formOption, show, withAccess } from './cluster-command.ts';

/** What people look at: trainings, their costs and reports. */
export function addShowCommands(program: Command, around: Surroundings): void {
  clusterCommand(program, 'status [training]', 'one training at a glance, or all of the namespace')
    .addOption(formOption())
    .option('-A, --all-namespaces', 'all trainings of the cluster')
    .action((name: string | undefined, options: Shared & { allNamespaces?: boolean }) =>
      withAccess(options, around, async (access) => {
        const all = name === undefined ? await access.people.trainings(options.allNamespaces === true ? undefined : access.namespace) : [];
        if (name === undefined && all.length !== 1) {
          const { listText } = await import('./list-text.ts');
          const place = options.allNamespaces === true ? 'the cluster' : `namespace ${access.namespace}`;
          const table = () => (all.length === 0 ? [`There are no trainings in ${place}.`] : listText(all, { isOfAll: options.allNamespaces === true }));
          return show({ value: all, table }, options, around);
        }
        const training = all[0] ?? (await find(access, name));
        const { statusText } = await import('./status-text.ts');
        return show({ value: training, table: () => statusText(training, { now: around.now(), isColoured: around.terminal.isColoured }) }, options, around);
      }));

  clusterCommand(program, 'watch [training]', 'follow a training until it is over').action((name: string | undefined, options: Shared) =>
    withAccess(options, around, async (access) => {
      const [{ watch }, { openScreen }] = await Promise.all([import('./watch.ts'), import('../../local/screen.ts')]);
      process.exitCode = await watch(access.people, await find(access, name), { screen: openScreen(around.terminal), print: around.print, now: around.now, signal: around.stop() });
    }));

  clusterCommand(program, 'cost [training]', 'what a training has cost and will cost, step by step').addOption(formOption()).action((name: string | undefined, options: Shared) =>
    withAccess(options, around, async (access) => {
      const training = await find(access, name);
      const { costText, costValue } = await import('./cost-text.ts');
      await show({ value: costValue(training), table: () => costText(training) }, options, around);
    }));

  clusterCommand(program, 'report [training]', 'fetch the report with your own S3 keys')
    .option('--out <folder>', 'where to (default: a folder with the name of the training)')
    .option('--endpoint <url>', 'address of the S3 server from here (default: as the training has it)')
    .action((name: string | undefined, options: Shared & { out?: string; endpoint?: string }) =>
      withAccess(options, around, async (access) => {
        const training = await find(access, name);
        const { fetchReport } = await import('./fetch-report.ts');
        around.print(await fetchReport(training, { folder: options.out ?? training.metadata.name, ...(options.endpoint === undefined ? {} : { endpoint: options.endpoint }) }));
      }));
}
