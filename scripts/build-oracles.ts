/**
 * `npm run build:oracles`: what the tests compare against, pinned. Python packages into .oracles/, an S3 server into
 * .tools/, helm into the user's cache, a browser and zsh where the system can install them. Does nothing when all is there.
 * `-- torch` puts PyTorch into .torch/ instead, 5 GB: a rival of `npm run bench` that no test needs.
 */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { helm, helmVersion } from './helm.ts';
import { kubeconform, kubeconformSchemas, kubeconformVersion, kubernetesVersion } from './kubeconform.ts';
import { kubernetesSchemas } from './kubernetes-schemas.ts';
import { prometheus, prometheusVersion } from './prometheus.ts';

const root = path.join(import.meta.dirname, '..');
function run(program: string, args: readonly string[], env: NodeJS.ProcessEnv = {}): boolean {
  return spawnSync(program, args, { cwd: root, stdio: ['ignore', 2, 2], env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive', ...env } }).status === 0;
}

function need(isDone: boolean, sentence: string): void {
  if (isDone) return;
  console.error(sentence);
  process.exitCode = 1;
}

/** Packages of test/oracles/`requirements` in a virtual environment of the root. */
function buildPython(folder: string, requirements: string): boolean {
  const environment = path.join(root, folder);
  const packages = path.join(root, 'test/oracles', requirements);
  const stamp = path.join(environment, 'installed');
  const wanted = createHash('sha256').update(readFileSync(packages)).digest('hex');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return true;
  const python = ['python3.11', 'python3.12', 'python3.13', 'python3'].find((name) => spawnSync(name, ['--version']).status === 0);
  if (python === undefined) return false;
  const isBuilt = run(python, ['-m', 'venv', environment]) && run(path.join(environment, 'bin/pip'), ['install', '--quiet', '--disable-pip-version-check', '-r', packages]);
  if (isBuilt) writeFileSync(stamp, wanted);
  return isBuilt;
}

function buildBrowser(): boolean {
  if (['/usr/bin/chromium', '/usr/bin/google-chrome'].some((file) => existsSync(file))) return true;
  return existsSync('/usr/bin/apt-get') && run('apt-get', ['update', '-qq']) && run('apt-get', ['install', '-y', '-qq', '--no-install-recommends', 'chromium', 'fonts-dejavu-core']);
}

function installZsh(): boolean {
  if (existsSync('/usr/bin/zsh')) return true;
  return existsSync('/usr/bin/apt-get') && run('apt-get', ['update', '-qq']) && run('apt-get', ['install', '-y', '-qq', '--no-install-recommends', 'zsh']);
}

function buildS3Server(): boolean {
  const bin = path.join(root, '.tools/bin');
  return existsSync(path.join(bin, 'versitygw')) || goInstall('github.com/versity/versitygw/cmd/versitygw@v1.8.0', bin);
}

function buildHelm(): boolean {
  if (existsSync(helm)) return true;
  console.error(`Building helm ${helmVersion}: some minutes, once for this user …`);
  // Beside its place until it is whole: a build that was interrupted is not taken for a program.
  const folder = `${path.dirname(helm)}.partial`;
  if (!goInstall(`helm.sh/helm/v4/cmd/helm@v${helmVersion}`, folder)) return false;
  renameSync(folder, path.dirname(helm));
  return true;
}

/** Debian's package, unpacked and not installed: nothing of it is to run on this machine but in tests. */
function fetchPrometheus(): boolean {
  if (existsSync(path.join(prometheus, 'promtool'))) return true;
  const folder = `${prometheus}.partial`;
  mkdirSync(folder, { recursive: true });
  const script = `apt-get update -qq && apt-get download -qq prometheus=${prometheusVersion} && dpkg-deb --fsys-tarfile prometheus_*.deb | tar -x --strip-components=3 ./usr/bin && rm prometheus_*.deb`;
  if (!existsSync('/usr/bin/apt-get') || spawnSync('sh', ['-c', script], { cwd: folder, stdio: ['ignore', 2, 2] }).status !== 0) return false;
  renameSync(folder, prometheus);
  return true;
}

function buildKubeconform(): boolean {
  if (existsSync(kubeconform)) return true;
  const swagger = downloadModule(`k8s.io/kubernetes@v${kubernetesVersion}`, 'api/openapi-spec/swagger.json');
  if (swagger === null) return false;
  mkdirSync(kubeconformSchemas, { recursive: true });
  for (const [name, schema] of kubernetesSchemas(JSON.parse(readFileSync(swagger, 'utf8')) as Parameters<typeof kubernetesSchemas>[0])) writeFileSync(path.join(kubeconformSchemas, name), JSON.stringify(schema));
  // Last: its being there says that all is.
  return goInstall(`github.com/yannh/kubeconform/cmd/kubeconform@v${kubeconformVersion}`, path.dirname(kubeconform));
}

/** A file of a module's sources, or null where they cannot be had. */
function downloadModule(module: string, file: string): string | null {
  const { status, stdout } = spawnSync(go() ?? 'go', ['mod', 'download', '-json', module], { cwd: tmpdir(), encoding: 'utf8', stdio: ['ignore', 'pipe', 2] });
  return status === 0 ? path.join((JSON.parse(stdout) as { Dir: string }).Dir, file) : null;
}

/** A program from the Go module proxy into a folder, leaving the processor to whoever else wants it. */
function goInstall(program: string, folder: string): boolean {
  const compiler = go();
  return compiler !== undefined && run('nice', ['-n', '19', compiler, 'install', '-trimpath', '-ldflags', '-s -w', program], { GOBIN: folder });
}

function go(): string | undefined {
  return ['go', '/usr/local/go/bin/go'].find((name) => spawnSync(name, ['version']).status === 0);
}

if (process.argv[2] === 'torch') {
  need(buildPython('.torch', 'requirements-torch.txt'), 'Cannot install PyTorch: Python 3.11 to 3.13 with venv, access to PyPI and 5 GB are needed.');
} else {
  need(buildPython('.oracles', 'requirements.txt'), 'Cannot build the Python oracles: Python 3.11 to 3.13 with venv and access to PyPI is needed.');
  need(buildBrowser(), 'Cannot install a browser: on Debian, `apt-get install chromium` as root does.');
  need(installZsh(), 'Cannot install zsh: on Debian, `apt-get install zsh` as root does.');
  need(buildS3Server(), 'Cannot build the S3 server versitygw: Go 1.25 or newer and access to its module proxy is needed.');
  need(fetchPrometheus(), `Cannot unpack Prometheus ${prometheusVersion}: Debian 12 and its package archive are needed.`);
  need(buildKubeconform(), `Cannot build kubeconform ${kubeconformVersion}: Go 1.25 or newer and access to its module proxy is needed.`);
  need(buildHelm(), `Cannot build helm ${helmVersion}: Go 1.26 or newer and access to its module proxy is needed.`);
}
