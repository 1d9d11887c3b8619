#!/usr/bin/env node
/**
 * Argv to one command, imported lazily. The only place that reads the environment and the arguments and ends the
 * process.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { availableParallelism, hostname, totalmem } from 'node:os';
import { randomUUID } from 'node:crypto';
import { Command, InvalidArgumentError, Option } from 'commander';
import type { Machine } from './cli/machine.ts';
import type { OperatorOptions } from './operator/options.ts';

type EngineName = 'auto' | 'native' | 'wasm';

const usage = 64;
const interrupted = 143;
const brokenPipe = 141;
const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as { version: string };
const [{ usageSentence }, { addClusterCommands }] = await Promise.all([import('./cli/usage-sentence.ts'), import('./cli/kubectl/commands.ts')]);
const program = new Command('chex')
  .description('Train chest X-ray models: from films to autoencoders, a combined model and a report.')
  .version(version)
  .showHelpAfterError('chex --help tells more.')
  .configureOutput({ outputError: (words, write) => write(`${usageSentence(words)}\n`) })
  .configureHelp({ helpWidth: 100 })
  .exitOverride((error) => process.exit(error.exitCode === 0 ? 0 : usage));

const file = new Option('-f, --file <training.yaml>', 'the training').makeOptionMandatory();
const engine = new Option('--engine <name>', 'what computes: native where it is built, else wasm').choices(['auto', 'native', 'wasm']).default('auto');
const print = (line: string) => void process.stdout.write(`${line}\n`);
const terminal = {
  write: (text: string) => void process.stdout.write(text),
  // Of a pipe Node says undefined, which a library may take for "decide yourself" and colour what scripts read.
  isInteractive: Boolean(process.stdout.isTTY) && process.env['TERM'] !== 'dumb',
  isColoured: Boolean(process.stdout.isTTY) && process.env['NO_COLOR'] === undefined,
  // A terminal that does not know its size says 0.
  columns: () => process.stdout.columns || 80,
  rows: () => process.stdout.rows || 24,
};
const warn = (line: string) => void process.stderr.write(`${line}\n`);
// Whoever read has gone, as `head` does: what only shows ends as by SIGPIPE, a training goes on.
for (const stream of [process.stdout, process.stderr])
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
    if (!['run', 'operator', 'step'].includes(process.argv[2] ?? '')) process.exit(brokenPipe);
  });

program
  .command('run')
  .description('run the whole training on this machine; run it again to go on where it stopped')
  .addOption(file)
  .option('--parallel <number>', 'autoencoders at a time (default: autoencoders.maxParallel, else one per GPU, else 1)', whole)
  .addOption(engine)
  .action(async (options: { file: string; parallel?: number; engine: EngineName }) => {
    const { run } = await import('./cli/run.ts');
    const stops = stopSignals();
    process.exitCode = await run({ ...options, ...stops, machine: await thisMachine(), terminal, print: warn, now: Date.now, uid: randomUUID() });
  });

for (const [name, description] of [['plan', 'what would happen: Jobs in start order, films, GPU-hours, cost, wall time; touches nothing'], ['estimate', 'the same as plan, as `kubectl chex estimate`']] as const) {
  program
    .command(name)
    .description(description)
    .addOption(file)
    .addOption(new Option('-o, --output <form>', 'how it is printed').choices(['table', 'json', 'yaml']).default('table'))
    .option('--instance-type <type>', 'machine whose price and GPU are assumed, such as g4dn.xlarge (default: the one of the node selector)')
    .option('--images-per-second <number>', 'films a second of one autoencoder, flips counted (default: measured by an earlier run, else assumed)', positive)
    .option('--prices <file>', "YAML file of node prices, in the form of spec.prices, such as the operator's (default: AWS on-demand list prices)")
    .option('--endpoint <url>', 'address of the S3 server from here (default: as the training has it)')
    .action(async ({ prices, ...options }: { file: string; output: 'table' | 'json' | 'yaml'; instanceType?: string; imagesPerSecond?: number; prices?: string; endpoint?: string }) => {
      const [{ plan }, { readPrices }] = await Promise.all([import('./cli/plan.ts'), import('./operator/read-prices.ts')]);
      await plan({ ...options, ...(prices === undefined ? {} : { prices: await readPrices(prices) }), print });
    });
}

program
  .command('predict')
  .description("a probability per observation for new films, by a run's own preprocessing and model")
  .requiredOption('--model <uri>', 'folder of a finished run')
  .requiredOption('--in <folder>', 'folder of films, searched to its depth')
  .requiredOption('--out <file>', 'CSV file to write: the path of each film relative to --in (predictions.csv of a run has it relative to the data set), and a column for each observation')
  .option('--endpoint <url>', 'address of an S3-compatible server, addressed by path')
  .addOption(engine)
  .action(async (options: { model: string; in: string; out: string; endpoint?: string; engine: EngineName }) => {
    const [{ predict }, { openStorage }, { nativeEnvironment }] = await Promise.all([import('./cli/predict.ts'), import('./storage/open.ts'), import('./engines/native.ts')]);
    const { endpoint, ...rest } = options;
    const storage = openStorage({ ...(endpoint === undefined ? {} : { endpoint }), forcePathStyle: endpoint !== undefined, checksums: 'Auto' });
    const threads = availableParallelism();
    Object.assign(process.env, nativeEnvironment(threads));
    const { films, rejected } = await predict({ ...rest, threads, storage, log: warn });
    warn(`${films} films in ${options.out}${rejected > 0 ? `; ${rejected} left out` : ''}`);
  });

program
  .command('validate')
  .description('report all faults of a training at once, each with its path')
  .addOption(file)
  .action(async (options: { file: string }) => {
    const { validate } = await import('./cli/validate.ts');
    await validate({ file: options.file, print });
  });

program
  .command('synthesise')
  .description('make a CheXpert-shaped data set of phantom X-rays with known truth')
  .requiredOption('--out <folder>', 'an empty folder, or one that is not there')
  .requiredOption('--patients <number>', 'patients, each with 1 to 4 films; a quarter of them for validation', whole)
  .option('--seed <number>', 'the same seed gives the same bytes', whole, 123)
  .option('--size <pixels>', 'about how many pixels a side has (default: the sizes of CheXpert-v1.0-small)', whole)
  .action(async (options: { out: string; patients: number; seed: number; size?: number }) => {
    const { synthesise } = await import('./cli/synthesise.ts');
    await synthesise({ ...options, log: warn });
  });

program
  .command('crd')
  .description('print the CustomResourceDefinition as YAML')
  .action(async () => {
    const [{ customResourceDefinition }, { stringify }] = await Promise.all([import('./api/crd.ts'), import('yaml')]);
    print(stringify(customResourceDefinition(), { lineWidth: 0 }).trimEnd());
  });

program
  .command('operator')
  .description('look after the trainings of a cluster')
  .action(async (options: OperatorOptions) => {
    const { operate } = await import('./operator/operate.ts');
    const { KUBERNETES_SERVICE_HOST: host, KUBERNETES_SERVICE_PORT: port } = process.env;
    const server = host === undefined || port === undefined ? null : { host, port };
    process.exit(await operate({ options, version, server, instance: hostname(), uid: randomUUID(), now: Date.now, stop: stopSignals().stop, print }));
  });

addClusterCommands(program, { version, terminal, print, now: Date.now, stop: () => stopSignals().stop });

program.hook('preSubcommand', async (_program, command) => {
  if (command.name() !== 'operator') return;
  const { operatorFlags } = await import('./operator/options.ts');
  for (const flag of operatorFlags) command.addOption(flag);
});

program
  .command('step')
  .description('do the one step that CHEX_STEP holds (for Jobs; not for people)')
  .addOption(new Option('--require-gpu [boolean]', 'fail rather than train on the CPU').env('CHEX_REQUIRE_GPU').preset('true').choices(['true', 'false']).default('false'))
  .action(async ({ requireGpu }: { requireGpu: string }) => {
    endWithParent();
    const authorities = process.env['AWS_CA_BUNDLE'];
    if (authorities !== undefined && authorities !== '') (await import('./storage/trust.ts')).trustAlso(authorities);
    const { work } = await import('./workers/work.ts');
    const exit = await work({
      step: process.env['CHEX_STEP'],
      address: addressOf(process.env['CHEX_PROGRESS']),
      worker: {
        index: Number(process.env['JOB_COMPLETION_INDEX'] ?? 0),
        requireGpu: requireGpu === 'true',
        host: hostname(),
        pid: process.pid,
        isAlive,
        scratchBytes: Number(process.env['CHEX_SCRATCH_BYTES'] || Infinity),
        signal: stopSignals().stop,
        setEnvironment: (variables) => void Object.assign(process.env, variables),
        now: Date.now,
        log: (message, fields) => warn(JSON.stringify({ time: new Date().toISOString(), message, ...fields })),
      },
    });
    leaveWords(process.env['CHEX_TERMINATION_LOG'] ?? '/dev/termination-log', exit.message);
    process.exit(exit.code);
  });

for (const command of program.commands) command.showHelpAfterError(`chex ${command.name()} --help tells more.`);

await program.parseAsync().catch(async (error: unknown) => {
  const { exitOf } = await import('./workers/exit.ts');
  const exit = exitOf(error);
  warn(exit.message);
  process.exit(exit.code);
});

function whole(text: string): number {
  if (!/^\d+$/.test(text)) throw new InvalidArgumentError('It must be a whole number.');
  return Number(text);
}

function positive(text: string): number {
  const number = Number(text);
  if (!(number > 0 && number < Infinity)) throw new InvalidArgumentError('It must be a number above 0.');
  return number;
}

function addressOf(text: string | undefined) {
  if (text === undefined) return null;
  return /^\d+$/.test(text) ? { port: Number(text) } : { path: text };
}

/** Kubernetes keeps at most 4,096 bytes. Where they cannot be left, the exit code and the log still tell. */
function leaveWords(place: string, words: string): void {
  try {
    writeFileSync(place, Buffer.from(words).subarray(0, 4096));
  } catch (error) {
    warn(JSON.stringify({ time: new Date().toISOString(), message: `Cannot leave the last words: ${String(error)}`, words }));
  }
}

/**
 * The first SIGTERM, SIGINT or SIGHUP asks to save and stop, a later one to stop at once. Within a second it is the same
 * request: a terminal sends it to its whole group, and npm hands it on once more.
 */
function stopSignals(): { stop: AbortSignal; kill: AbortSignal } {
  const [stop, kill] = [new AbortController(), new AbortController()];
  let askedAt = 0;
  const onSignal = () => {
    if (!stop.signal.aborted) {
      askedAt = performance.now();
      stop.abort();
    } else if (performance.now() - askedAt >= 1000) kill.abort();
  };
  for (const name of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(name, onSignal);
  return { stop: stop.signal, kill: kill.signal };
}

/** A worker must not outlive the `chex run` that started it: its standard input closes when that one dies. */
function endWithParent(): void {
  if (process.env['CHEX_PARENT'] !== '1') return;
  process.stdin.on('close', () => process.exit(interrupted)).resume();
}

async function thisMachine(): Promise<Machine> {
  const { countGpus, isNativeBuilt } = await import('./engines/tensorflow/addon.ts');
  return {
    cores: availableParallelism(),
    // Of its container where one limits it.
    memoryBytes: Math.min(totalmem(), process.constrainedMemory() || Infinity),
    gpus: countGpus(),
    hasNative: isNativeBuilt(),
    host: hostname(),
    pid: process.pid,
    isAlive,
    version,
    program: { command: process.execPath, args: [import.meta.filename], environment: process.env },
  };
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}
