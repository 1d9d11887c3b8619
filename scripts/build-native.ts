/**
 * `npm run build:native`: the native engine in .native/. tfjs-node from npm, its addon compiled against the
 * libtensorflow inside PyPI's tensorflow-cpu wheel, which is far newer than the one tfjs-node would download. Needs g++,
 * npm and, unless `npm run build:oracles` has been there, pip; no Python afterwards. Does nothing when all is there.
 */
import { spawnSync } from 'node:child_process';
import { copyFileSync, existsSync, linkSync, mkdirSync, readFileSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { nativeEnvironment } from '../src/engines/native.ts';

const TENSORFLOW = '2.21.0';
const packages = { '@tensorflow/tfjs-node': '4.22.0', 'node-api-headers': '1.9.0' };
const libraries = ['libtensorflow_cc.so.2', 'libtensorflow_framework.so.2'];

const root = path.join(import.meta.dirname, '..');
const folder = path.join(root, '.native');
const addon = path.join(folder, 'node_modules/@tensorflow/tfjs-node');
const stamp = path.join(folder, 'built.json');
const wanted = JSON.stringify({ TENSORFLOW, packages, node: process.versions.modules, format: 1 });

if (process.platform !== 'linux' || process.arch !== 'x64') fail('the recipe is for Linux on x86-64. The wasm engine runs everywhere');
if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted && verify()) {
  console.error('The native engine is built.');
} else {
  rmSync(stamp, { force: true });
  installPackages();
  placeTensorflow(findTensorflow());
  compileAddon();
  if (!verify()) fail('it was built but does not train. What it printed is above');
  writeFileSync(stamp, wanted);
  console.error('Built the native engine in .native/.');
}

function fail(reason: string): never {
  console.error(`Cannot build the native engine: ${reason}.`);
  process.exit(1);
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

/** The folder `tensorflow` of the unpacked wheel: that of the oracles if it is the same version, else from PyPI. */
function findTensorflow(): string {
  const lib = path.join(root, '.oracles/lib');
  for (const python of existsSync(lib) ? readdirSync(lib) : []) {
    const packagesFolder = path.join(lib, python, 'site-packages');
    if (existsSync(path.join(packagesFolder, `tensorflow_cpu-${TENSORFLOW}.dist-info`))) return path.join(packagesFolder, 'tensorflow');
  }
  const unpacked = path.join(folder, 'wheel');
  if (!existsSync(path.join(unpacked, 'tensorflow', 'include'))) {
    console.error(`Downloading tensorflow-cpu ${TENSORFLOW} from PyPI (about 260 MB) …`);
    const platform = ['--python-version', '3.11', '--only-binary=:all:', '--platform', 'manylinux_2_27_x86_64'];
    run('python3', ['-m', 'pip', 'download', '--quiet', '--disable-pip-version-check', '--no-deps', ...platform, '--dest', folder, `tensorflow-cpu==${TENSORFLOW}`], 'pip could not download the tensorflow-cpu wheel');
    const wheel = readdirSync(folder).find((name) => name.endsWith('.whl')) ?? fail('pip downloaded no wheel');
    run('python3', ['-m', 'zipfile', '-e', wheel, unpacked], 'the tensorflow-cpu wheel could not be unpacked');
    rmSync(path.join(folder, wheel));
  }
  return path.join(unpacked, 'tensorflow');
}

function placeTensorflow(tensorflow: string): void {
  const deps = path.join(addon, 'deps');
  rmSync(deps, { recursive: true, force: true });
  mkdirSync(path.join(deps, 'lib'), { recursive: true });
  symlinkSync(path.join(tensorflow, 'include'), path.join(deps, 'include'));
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
  const output = path.join(addon, 'lib/napi-v8');
  mkdirSync(output, { recursive: true });
  const includes = [addon, path.join(addon, 'deps/include'), path.join(folder, 'node_modules/node-api-headers/include')].map((each) => `-I${each}`);
  const sources = ['tfjs_backend.cc', 'tfjs_binding.cc'].map((name) => path.join(addon, 'binding', name));
  const linked = libraries.map((name) => path.join(addon, 'deps/lib', name));
  const args = ['-std=c++17', '-O2', '-fPIC', '-shared', '-w', '-DNAPI_VERSION=8', ...includes, ...sources, '-o', path.join(output, 'tfjs_binding.node'), ...linked, '-Wl,-rpath,$ORIGIN/../../deps/lib'];
  run('g++', args, 'g++ could not compile the addon (on Debian, `apt-get install g++` as root)');
}

/** One training step, in a process of its own: TensorFlow reads its environment once. */
function verify(): boolean {
  const program = `
    const { openNative } = await import('./src/engines/native.ts');
    const { autoencoder } = await import('./src/models/autoencoder.ts');
    const engine = await openNative(1);
    const model = engine.load(autoencoder({ size: 32, width: 0.1, loss: 'MeanAbsoluteError' }), { seed: 1, adam: { learningRate: 1e-3, beta1: 0.5, beta2: 0.999, epsilon: 1e-7 } });
    const losses = await model.trainStep({ image: new Uint8Array(2 * 32 * 32).fill(128) });
    console.error(engine.device, losses);`;
  const child = spawnSync(process.execPath, ['--input-type=module', '--eval', program], { cwd: root, stdio: ['ignore', 2, 'pipe'], encoding: 'utf8', env: { ...process.env, ...nativeEnvironment(1) } });
  if (child.status !== 0) console.error(child.stderr);
  return child.status === 0;
}
