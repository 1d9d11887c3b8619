import type { ChexTraining } from '../api/training.ts';
import type { Terminal } from '../local/screen.ts';
import { openScreen } from '../local/screen.ts';
import { layout, rootOf } from '../plan/layout.ts';
import type { Settings } from '../plan/plan.ts';
import { exitCodes, ExitError } from '../plan/exit-error.ts';
import { openStorage } from '../storage/open.ts';
import { openScratch } from '../storage/scratch.ts';
import type { Storage } from '../storage/storage.ts';
import { countFilms } from './count-films.ts';
import { readEarlierSteps, refusalOf } from './earlier-steps.ts';
import type { Machine } from './machine.ts';
import { machineSettings, usesNative } from './machine.ts';
import { endOf } from './run-end.ts';
import { notesOn } from './run-notes.ts';
import { trainHere } from './train-here.ts';
import { readTraining } from './training-file.ts';
import { demandWasmRoom } from './wasm-room.ts';
import { withLock } from './with-lock.ts';

export interface RunOptions {
  readonly file: string;
  /** Autoencoders at a time; absent: autoencoders.maxParallel, else one per GPU, else 1. */
  readonly parallel?: number | undefined;
  readonly engine: Settings['engine'];
  readonly machine: Machine;
  readonly terminal: Terminal;
  /** A line for people, before the table or after it. */
  readonly print: (line: string) => void;
  /** Aborted by the first SIGINT or SIGTERM: save and stop. */
  readonly stop: AbortSignal;
  /** Aborted by the second: stop at once. */
  readonly kill: AbortSignal;
  readonly now: () => number;
  /** Identity of this run: whoever holds the lock under another is a foreign run. */
  readonly uid: string;
}

/**
 * `chex run`: the whole training on this machine. Resolves to the exit code: 0 only if the report was written, that of
 * the worker that failed where it is final (65, 66, 78), 143 when it was interrupted and saved, 137 when work was lost by
 * that, else 1.
 */
export async function run(options: RunOptions): Promise<number> {
  const { machine, print, now, uid } = options;
  const training = await readLocalTraining(options);
  for (const note of notesOn(training.spec)) print(note);
  const storage = openStorage(training.spec.storage);
  const settings = machineSettings(training, options);
  await demandThatItCanGoOn({ training, settings, storage, isWasm: !usesNative(options) });
  const paths = layout(rootOf(training.spec.output.uri, training.metadata));
  const screen = openScreen(options.terminal);
  const { host, pid, isAlive } = machine;
  const note = (line: string) => screen.note(line, now());
  const trained = await withLock({ storage, uri: paths.lock, owner: { uid, host, pid }, now, isAlive, note }, async (held) => {
    const scratch = await openScratch({ ...machine, limitBytes: Infinity });
    try {
      return await trainHere({ ...options, ...held, training, settings, storage, paths, folder: scratch.folder, screen });
    } finally {
      await scratch.remove();
    }
  });
  return endOf({ ...trained, paths, print });
}

/** The training, if it can be run here as was asked. Throws ExitError. */
async function readLocalTraining({ file, parallel, engine, machine, uid }: RunOptions): Promise<ChexTraining> {
  const { metadata, spec } = await readTraining(file);
  if (spec.suspend) throw new ExitError(exitCodes.configuration, `Cannot run ${metadata.name}: spec.suspend is true; set it to false, or leave it out, to run the training`);
  if (engine === 'native' && !machine.hasNative) throw new ExitError(exitCodes.configuration, 'Cannot use the native engine: it is not built. `npm run build:native` builds it; --engine wasm needs nothing');
  if (parallel !== undefined && !(Number.isInteger(parallel) && parallel >= 1)) throw new ExitError(exitCodes.usage, `Cannot run ${parallel} autoencoders at a time: --parallel must be a whole number from 1`);
  const autoencoders = parallel === undefined ? spec.autoencoders : { ...spec.autoencoders, maxParallel: parallel };
  return { metadata: { ...metadata, uid, generation: 1 }, spec: { ...spec, autoencoders } };
}

interface Beginning {
  readonly training: ChexTraining;
  readonly settings: Settings;
  readonly storage: Storage;
  readonly isWasm: boolean;
}

/** Looks at what is finished and at the room that the rest needs, before any work. Throws ExitError and EngineError. */
async function demandThatItCanGoOn({ training, settings, storage, isWasm }: Beginning): Promise<void> {
  const { spec } = training;
  const earlier = await readEarlierSteps(storage, { training, settings });
  const refusal = refusalOf(training, earlier);
  if (refusal !== null) throw new ExitError(exitCodes.configuration, refusal);
  const { finished } = earlier;
  const { threads } = settings;
  if (isWasm && threads !== null) await demandWasmRoom({ spec, finished, threads, findPositives: async () => (await countFilms(storage, { spec, finished })).catalog.images.train });
}
