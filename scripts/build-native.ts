/**
 * `npm run build:native`: the native engine in .native/. tfjs-node from npm, its addon compiled against the
 * libtensorflow inside PyPI's wheel, which is far newer than the one tfjs-node would download. Needs g++, npm and,
 * unless `npm run build:oracles` has been there, pip; no Python afterwards. Does nothing when all is there
 * in the sizes that were built.
 * `npm run build:native -- gpu` takes the wheel for NVIDIA's GPUs and the libraries of CUDA: 5 GB instead of 1.
 */
import { spawnSync } from 'node:child_process';
import { copyFileSync, existsSync, linkSync, mkdirSync, readFileSync, readdirSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';

const TENSORFLOW = '2.21.0';
const forms = {
  cpu: { module: '@tensorflow/tfjs-node', wheel: 'tensorflow-cpu' },
  gpu: { module: '@tensorflow/tfjs-node-gpu', wheel: 'tensorflow' },
};
const libraries = ['libtensorflow_cc.so.2', 'libtensorflow_framework.so.2'];

const form = process.argv[2] ?? 'cpu';
if (form !== 'cpu' && form !== 'gpu') fail(`\`${form}\` is neither cpu nor gpu`);
const { module, wheel } = forms[form];
const packages = { [module]: '4.22.0', 'node-api-headers': '1.9.0' };

const root = path.join(import.meta.dirname, '..');
const folder = path.join(root, '.native');
const unpacked = path.join(folder, 'wheel');
const addon = path.join(folder, 'node_modules', module);
const stamp = path.join(folder, 'built.json');
const binary = path.join(addon, 'lib/napi-v8/tfjs_binding.node');

if (process.platform !== 'linux' || process.arch !== 'x64') fail('the recipe is for Linux on x86-64. The wasm engine runs everywhere');
if (existsSync(stamp) && readFileSync(stamp, 'utf8') === describeBuild()) {
  console.error('The files of the native engine are there.');
} else {
  rmSync(stamp, { force: true });
  installPackages();
  placeTensorflow(findTensorflow());
  compileAddon();
  writeFileSync(stamp, describeBuild());
  console.error('Placed the files of the native engine in .native/.');
}

function fail(reason: string): never {
  console.error(`Cannot build the native engine: ${reason}.`);
  process.exit(1);
}

/** What is built, with the bytes of each file that runs: one that was cut is built anew. */
function describeBuild(): string {
  const files = [binary, ...libraries.map((name) => path.join(addon, 'deps/lib', name))];
  const bytes = Object.fromEntries(files.map((file) => [path.basename(file), sizeOf(file)]));
  return JSON.stringify({ TENSORFLOW, packages, node: process.versions.modules, format: 3, bytes });
}

/** In bytes; null where there is none. */
function sizeOf(file: string): number | null {
  return statSync(file, { throwIfNoEntry: false })?.size ?? null;
}

function run(program: string, args: readonly string[], sentence: string): void {
  const { status, error } = spawnSync(program, args, { cwd: folder, stdio: ['ignore', 2, 2] });
  if (error !== undefined) fail(`${sentence}; ${program} is not installed`);
  if (status !== 0) fail(`${sentence}. What \`${program}\` printed is above`);
}

/** Without install scripts: tfjs-node's would download a prebuilt addon and an old libtensorflow. */
function installPackages(): void {
  mkdirSync(folder, { recursive: true });
  writeFileSync(path.join(folder, 'package.json'), JSON.stringify({ private: true, dependencies: packages }, null, 2));
  console.error('Installing tfjs-node …');
  run('npm', ['install', '--ignore-scripts', '--no-fund', '--no-audit', '--loglevel=error'], 'npm could not install tfjs-node');
}

/** The folder `tensorflow` of the unpacked wheel: that of the oracles if it is the same, else from PyPI. */
function findTensorflow(): string {
  const information = `${wheel.replace('-', '_')}-${TENSORFLOW}.dist-info`;
  const lib = path.join(root, '.oracles/lib');
  for (const python of existsSync(lib) ? readdirSync(lib) : []) {
    const packagesFolder = path.join(lib, python, 'site-packages');
    if (isWhole(packagesFolder, path.join(packagesFolder, information, 'RECORD'))) return path.join(packagesFolder, 'tensorflow');
  }
  rmSync(unpacked, { recursive: true, force: true });
  unpack([`${wheel}==${TENSORFLOW}`]);
  if (form === 'gpu') unpack(cudaPackages(readFileSync(path.join(unpacked, information, 'METADATA'), 'utf8')));
  return path.join(unpacked, 'tensorflow');
}

/** Whether the libraries have the sizes that the wheel records: they are linked, so what cut ours may have cut these too. */
function isWhole(packagesFolder: string, record: string): boolean {
  if (!existsSync(record)) return false;
  const lines = readFileSync(record, 'utf8').split(/\r?\n/);
  return libraries.map((name) => `tensorflow/${name}`).every((file) => lines.some((line) => line.startsWith(`${file},`) && line.endsWith(`,${String(sizeOf(path.join(packagesFolder, file)))}`)));
}

/** NVIDIA's packages in the versions that this TensorFlow asks for: what `pip install tensorflow[and-cuda]` would add. */
function cudaPackages(metadata: string): readonly string[] {
  return [...metadata.matchAll(/^Requires-Dist: (.+); extra == "and-cuda"$/gm)].flatMap(([, requirement]) => requirement ?? []);
}

/** Wheels of PyPI, beside one another as pip would install them. */
function unpack(requirements: readonly string[]): void {
  console.error(`Downloading ${requirements.join(', ')} from PyPI …`);
  const wheels = path.join(folder, 'wheels');
  // Of a Debian 12; some of NVIDIA's wheels are tagged with far older ones.
  const platforms = ['2_28', '2_27', '2_24', '2_18', '2_17', '2_12'].map((glibc) => `--platform=manylinux_${glibc}_x86_64`);
  run('python3', ['-m', 'pip', 'download', '--quiet', '--disable-pip-version-check', '--no-deps', '--only-binary=:all:', '--python-version=3.11', ...platforms, `--dest=${wheels}`, ...requirements], 'pip could not download the wheels');
  for (const name of readdirSync(wheels)) run('python3', ['-m', 'zipfile', '-e', path.join(wheels, name), unpacked], `${name} could not be unpacked`);
  rmSync(wheels, { recursive: true });
}

function placeTensorflow(tensorflow: string): void {
  const deps = path.join(addon, 'deps');
  rmSync(deps, { recursive: true, force: true });
  mkdirSync(path.join(deps, 'lib'), { recursive: true });
  symlinkSync(path.join(tensorflow, 'include'), path.join(deps, 'include'));
  // libtensorflow looks for CUDA where pip has it: in `../nvidia`, seen from its own folder.
  if (form === 'gpu') symlinkSync(path.join(unpacked, 'nvidia'), path.join(deps, 'nvidia'));
  for (const library of libraries) {
    const [from, to] = [path.join(tensorflow, library), path.join(deps, 'lib', library)];
    try {
      // 850 MB: shared with where they came from, and still there when that goes.
      linkSync(from, to);
    } catch {
      copyFileSync(from, to);
    }
  }
}

/** What binding.gyp says, without node-gyp: Node-API needs no headers of Node itself. */
function compileAddon(): void {
  console.error('Compiling the addon …');
  mkdirSync(path.dirname(binary), { recursive: true });
  const includes = [addon, path.join(addon, 'deps/include'), path.join(folder, 'node_modules/node-api-headers/include')].map((each) => `-I${each}`);
  const sources = ['tfjs_backend.cc', 'tfjs_binding.cc'].map((name) => path.join(addon, 'binding', name));
  const linked = libraries.map((name) => path.join(addon, 'deps/lib', name));
  // Bound when it is loaded: a symbol that is missing is an error there, and the end of the process when it is first called.
  const args = ['-std=c++17', '-O2', '-fPIC', '-shared', '-w', '-DNAPI_VERSION=8', ...includes, ...sources, '-o', binary, ...linked, '-Wl,-z,now', '-Wl,-rpath,$ORIGIN/../../deps/lib'];
  run('g++', args, 'g++ could not compile the addon (on Debian, `apt-get install g++` as root)');
}
