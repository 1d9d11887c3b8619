import assert from 'node:assert/strict';
import { execFile, spawnSync } from 'node:child_process';
import { chmod, mkdir, mkdtemp, readdir, rm, symlink, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { TestContext } from 'node:test';
import { test } from 'node:test';
import { promisify } from 'node:util';
import { fileFault } from '../../src/storage/file-faults.ts';
import { fileStorage } from '../../src/storage/file.ts';
import { isStorageError } from '../../src/storage/storage.ts';
import { inPieces, patterned, pathsBelow, rejects, textOf } from './contract.ts';

const module = JSON.stringify(path.join(import.meta.dirname, '../../src/storage/file.ts'));

test('write() on a full disk says which disk, leaves nothing, and works once there is room', async (t) => {
  const folder = await temporaryFolder(t);
  const script = `
    const { fileStorage } = await import(${module});
    const { readdirSync, writeFileSync, rmSync } = await import('node:fs');
    const storage = fileStorage();
    writeFileSync('${folder}/ballast', new Uint8Array(600_000));
    const failed = await storage.write('file://${folder}/a.bin', new Uint8Array(900_000)).catch((error) => [error.kind, error.message]);
    const left = readdirSync('${folder}');
    rmSync('${folder}/ballast');
    await storage.write('file://${folder}/a.bin', new Uint8Array(900_000));
    console.log(JSON.stringify({ failed, left, then: readdirSync('${folder}') }));`;
  const inNewMount = ['-rm', 'sh', '-c', `mount -t tmpfs -o size=1m tmpfs '${folder}' && exec "$0" --input-type=module -e "$1"`, process.execPath, script];
  if (spawnSync('unshare', ['-rm', 'mount', '-t', 'tmpfs', 'tmpfs', folder]).status !== 0) return t.skip('this system lets no test mount a small disk');
  const { stdout } = await promisify(execFile)('unshare', inNewMount);
  assert.deepEqual(JSON.parse(stdout), {
    failed: ['NoSpace', `Cannot write file://${folder}/a.bin: the disk that holds ${folder} is full; free space on it and start again`],
    left: ['ballast'],
    then: ['a.bin'],
  });
});

test('fileFault() makes a sentence of what the system answers', async () => {
  const full = await writeFile('/dev/full', 'x').catch((error: unknown) => error);
  const fault = fileFault(full, { act: 'write', uri: 'file:///dev/full' });
  assert.ok(isStorageError(fault, 'NoSpace'));
  assert.equal(fault.message, 'Cannot write file:///dev/full: the disk that holds /dev is full; free space on it and start again');
  const table = [
    ['EDQUOT', 'NoSpace', /quota/],
    ['EACCES', 'AccessDenied', /change the rights/],
    ['EROFS', 'AccessDenied', /read-only/],
    ['EMFILE', 'Unavailable', /ulimit -n/],
    ['EIO', 'Unavailable', /the file system answered EIO/],
  ] as const;
  for (const [code, kind, sentence] of table) {
    const made = fileFault(Object.assign(new Error(code), { code }), { act: 'write', uri: 'file:///a/b' });
    assert.ok(isStorageError(made, kind) && sentence.test(made.message), code);
  }
  const foreign = new Error('no system error');
  assert.equal(fileFault(foreign, { act: 'read', uri: 'file:///a' }), foreign);
});

test('a folder without rights is AccessDenied to write() and read()', async (t) => {
  const folder = await temporaryFolder(t);
  await mkdir(`${folder}/closed`);
  await writeFile(`${folder}/closed/a`, 'x');
  await chmod(`${folder}/closed`, 0o000);
  await chmod(folder, 0o755);
  await asNobody(async () => {
    await rejects(() => fileStorage().write(`file://${folder}/closed/b`, Buffer.from('x')), 'AccessDenied', /^Cannot write file:.*this user may not do that to .*closed\/b; change the rights/);
    await rejects(() => fileStorage().read(`file://${folder}/closed/a`), 'AccessDenied');
    await rejects(() => fileStorage().head(`file://${folder}/closed/a`), 'AccessDenied');
    await rejects(() => pathsBelow(fileStorage(), `file://${folder}/closed`), 'AccessDenied');
  });
});

test('a file where a folder should be, and a folder where a file should be, are Configuration', async (t) => {
  const folder = await temporaryFolder(t);
  const storage = fileStorage();
  await storage.write(`file://${folder}/a`, Buffer.from('x'));
  await rejects(() => storage.write(`file://${folder}/a/b`, Buffer.from('x')), 'Configuration', /a part of .*\/a is a file, not a folder/);
  await mkdir(`${folder}/b/c`, { recursive: true });
  await rejects(() => storage.write(`file://${folder}/b`, Buffer.from('x')), 'Configuration', /\/b: it is a folder/);
  await rejects(() => storage.write(`file://${folder}/${'x'.repeat(300)}`, Buffer.from('x')), 'Configuration', /too long/);
  assert.deepEqual((await readdir(folder)).sort(), ['a', 'b'], 'no temporary file stays');
});

test('a folder where none can be made is Configuration, and no endless wait', { skip: process.platform !== 'linux' }, async () => {
  await rejects(() => fileStorage().write('file:///proc/chex/run/scores.csv', Buffer.from('x')), 'Configuration', /^Cannot write file:\/\/\/proc\/chex\/run\/scores\.csv: no folder can be made in \/proc; name another place$/);
});

test('write() onto a folder fails before its body is made', async (t) => {
  const folder = await temporaryFolder(t);
  const body = { [Symbol.asyncIterator]: () => assert.fail('the body was asked for') };
  await rejects(() => fileStorage().write(`file://${folder}`, body), 'Configuration', /is a folder; name a file$/);
});

test('every write() has an etag of its own, also of equal bytes written at once', async (t) => {
  const folder = await temporaryFolder(t);
  const storage = fileStorage();
  const etags = new Set<string>();
  for (let i = 0; i < 150; i++) etags.add((await storage.write(`file://${folder}/a`, Buffer.from('same'))).etag);
  assert.equal(etags.size, 150);
});

test('an editor that changes a file changes its etag', async (t) => {
  const folder = await temporaryFolder(t);
  const storage = fileStorage();
  const { etag } = await storage.write(`file://${folder}/a`, Buffer.from('same'));
  await writeFile(`${folder}/a`, 'SAME');
  await rejects(() => storage.write(`file://${folder}/a`, Buffer.from('new'), { ifMatch: etag }), 'PreconditionFailed');
  assert.equal(textOf(await storage.read(`file://${folder}/a`)), 'SAME');
});

test('list() follows links to files and folders, ends at circles, names dangling links and passes over files in the making', async (t) => {
  const folder = await temporaryFolder(t);
  await mkdir(`${folder}/films/train`, { recursive: true });
  await writeFile(`${folder}/films/train/a.jpg`, 'a');
  await writeFile(`${folder}/elsewhere.jpg`, 'b');
  await symlink(`${folder}/elsewhere.jpg`, `${folder}/films/b.jpg`);
  await symlink(`${folder}/films/train`, `${folder}/films/again`);
  await symlink(`${folder}/films`, `${folder}/films/train/circle`);
  await symlink(`${folder}/absent`, `${folder}/films/dangling`);
  await writeFile(`${folder}/films/.chex-0123abcd-1-0123456789ab.tmp`, 'half');
  await symlink('owner', `${folder}/films/.chex-0123456789abcdef.lock`);
  assert.deepEqual(await pathsBelow(fileStorage(), `file://${folder}/films`), ['again/a.jpg', 'b.jpg', 'dangling', 'train/a.jpg']);
  await assert.rejects(fileStorage().read(`file://${folder}/films/dangling`), { kind: 'NotFound' });
});

test('write() sweeps what dead writers left in its folder and leaves what living ones are writing', async (t) => {
  const folder = await temporaryFolder(t);
  const storage = fileStorage();
  let names: string[] = [];
  await storage.write(`file://${folder}/first`, (async function* () {
    names = await readdir(folder);
    yield Buffer.from('x');
  })());
  const own = names.find((name) => name.startsWith('.chex-')) ?? '';
  const dead = own.replace(/-\d+-/, '-4194999-');
  const foreign = own.replace(/^\.chex-.{8}/, '.chex-00000000');
  for (const name of [own, dead, foreign, foreign.replace(/.{4}\.tmp$/, '0000.tmp')]) await writeFile(`${folder}/${name}`, 'half');
  await utimes(`${folder}/${foreign}`, 1, 1);
  await fileStorage().write(`file://${folder}/second`, Buffer.from('y'));
  assert.deepEqual((await readdir(folder)).sort(), [own, foreign.replace(/.{4}\.tmp$/, '0000.tmp'), 'first', 'second'].sort());
});

test('a stream goes on with the content it began with, whatever is written or removed meanwhile', async (t) => {
  const folder = await temporaryFolder(t);
  const storage = fileStorage();
  const bytes = patterned(5_000_000);
  await storage.write(`file://${folder}/a`, inPieces(bytes, 1_000_000));
  const pieces: Uint8Array[] = [];
  for await (const piece of storage.stream(`file://${folder}/a`)) {
    if (pieces.push(piece) === 1) await storage.write(`file://${folder}/a`, new Uint8Array(5_000_000));
    else await storage.remove(`file://${folder}/a`);
  }
  assert.equal(Buffer.compare(Buffer.concat(pieces), bytes), 0);
});

async function temporaryFolder(t: TestContext): Promise<string> {
  const folder = await mkdtemp(path.join(tmpdir(), 'chex-file-'));
  t.after(async () => {
    await chmod(`${folder}/closed`, 0o700).catch(() => {});
    await rm(folder, { recursive: true, force: true });
  });
  return folder;
}

/** Rights bind everybody but root. */
async function asNobody(action: () => Promise<void>): Promise<void> {
  const isRoot = process.geteuid?.() === 0;
  if (isRoot) process.seteuid?.(65534);
  try {
    await action();
  } finally {
    if (isRoot) process.seteuid?.(0);
  }
}
