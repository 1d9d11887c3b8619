import { existsSync, readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { EngineError } from '../engine.ts';

/** What tfjs-node's addon offers over libtensorflow, as far as we use it. Tensors and sessions are numbers. */
export interface Addon {
  readonly TF_Version: string;
  readonly TF_FLOAT: number;
  readonly TF_INT32: number;
  readonly TF_UINT8: number;
  isUsingGpuDevice(): boolean;
  createTensor(shape: readonly number[], type: number, values: ArrayBufferView): number;
  tensorDataSync(tensor: number): Float32Array | Int32Array | Uint8Array;
  deleteTensor(tensor: number): void;
  loadSavedModel(folder: string, tags: string): number;
  /** Names are `node:output`, joined by commas. */
  runSavedModel(session: number, inputs: readonly number[], inputNames: string, outputNames: string): readonly { readonly id: number }[];
  deleteSavedModel(session: number): void;
}

/** What our graphs are tried with. Other versions may lack an operation, or compute otherwise. */
const tensorFlow = '2.21';

/** The addon alone is loaded, without TensorFlow.js around it. Throws EngineError. */
export function loadAddon(file = findAddon()): Addon {
  const addon = requireAddon(file);
  if (addon.TF_Version.startsWith(`${tensorFlow}.`)) return addon;
  throw new EngineError(`Cannot use the native engine: ${file} runs TensorFlow ${addon.TF_Version}, not ${tensorFlow}. \`npm run build:native\` builds it with that`);
}

function requireAddon(file: string): Addon {
  try {
    return createRequire(import.meta.url)(file) as Addon;
  } catch (error) {
    // Behind its first line Node lists the files that asked for it.
    const [reason] = (error instanceof Error ? error.message : String(error)).split('\n', 1);
    throw new EngineError(`Cannot use the native engine: ${file} does not load (${reason}). \`npm run build:native\` builds it anew`, { cause: error });
  }
}

function findAddon(): string {
  const require = createRequire(import.meta.url);
  const found = packages.map((name) => addonOf(require, name)).find((file) => file !== null);
  if (found === undefined) throw new EngineError('Cannot use the native engine: it is not built. `npm run build:native` builds it');
  return found;
}

/** Whether the addon of a native package is there, and not the package alone; that it loads is seen only when it is opened. */
export function isNativeBuilt(): boolean {
  const require = createRequire(import.meta.url);
  return packages.some((name) => addonOf(require, name) !== null);
}

/** Whether the native engine is the one for GPUs: it comes before the other where both are built. */
export function isGpuBuilt(): boolean {
  const require = createRequire(import.meta.url);
  return gpuPackages.some((name) => addonOf(require, name) !== null);
}

/** GPUs of this machine that the native engine can use: none without its GPU package. */
export function countGpus(): number {
  if (!isGpuBuilt()) return 0;
  try {
    return readdirSync('/dev').filter((name) => /^nvidia\d+$/.test(name)).length;
  } catch {
    return 0;
  }
}

/** What `npm run build:native` made, or what the user installed. */
const placesOf = (name: string) => [`../../../.native/node_modules/${name}`, name];
const gpuPackages = placesOf('@tensorflow/tfjs-node-gpu');
/** In order of preference: a GPU package can only be there on purpose. */
const packages = [...gpuPackages, ...placesOf('@tensorflow/tfjs-node')];

/** Null where an interrupted build left the package without its addon. */
function addonOf(require: NodeJS.Require, name: string): string | null {
  try {
    const file = path.join(path.dirname(require.resolve(`${name}/package.json`)), 'lib/napi-v8/tfjs_binding.node');
    return existsSync(file) ? file : null;
  } catch {
    return null;
  }
}
