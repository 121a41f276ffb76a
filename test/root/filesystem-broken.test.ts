import { assert } from 'chai';
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { hostSettings } from '../../plugins/host-inspector/settings.ts';
import { type MountNamespace, mountNamespace, succeed } from '../support/namespaces.ts';

const MAIN = join(import.meta.dirname, '../../cli/main.ts');

/** Finds one, or fails. */
const FREE_LOOP = ['losetup', '--find'] as const;

/** Why a disk of this type cannot be made here, or undefined if it can. */
function whyNot(programs: readonly (readonly [string, ...string[]])[]): string | undefined {
  if (process.getuid?.() !== 0) return 'needs root';
  const missing = programs.find(([command, ...args]) => spawnSync(command, args).status !== 0);
  return missing === undefined ? undefined : `needs ${missing.join(' ')}`;
}

/** A disk of its own, as a mount namespace of its own sees it. */
interface Disk extends AsyncDisposable {
  readonly namespace: MountNamespace;
  readonly device: string;
  /** Where it may be mounted, and once more. */
  readonly at: string;
  readonly again: string;
  /** What the program says of it: `reason: message`, or the status alone where it is no problem. */
  readonly told: () => string;
}

async function diskOf(bytes: string, ...mkfs: readonly [string, ...string[]]): Promise<Disk> {
  await using made = new AsyncDisposableStack();
  // Not below /tmp, where other tests mount things.
  const folder = mkdtempSync('/var/tmp/npd-disk-');
  const [at, again, image, config] = ['at', 'again', 'image', 'config.json'].map((name) => join(folder, name)) as [string, string, string, string];
  made.defer(() => {
    for (const mountPoint of [at, again]) rmdirSync(mountPoint);
    for (const file of [image, config]) rmSync(file, { force: true });
    rmdirSync(folder);
  });
  for (const mountPoint of [at, again]) mkdirSync(mountPoint);
  const settings = { diskIgnoreUnder: [...hostSettings.diskIgnoreUnder.initial, '/tmp'], mountHungIgnoreUnder: ['/tmp'] };
  writeFileSync(config, JSON.stringify({ 'host-inspector': settings }));
  succeed('truncate', '-s', bytes, image);
  succeed(...mkfs, image);
  const device = succeed('losetup', '--find', '--show', image).trim();
  made.defer(() => void succeed('losetup', '-d', device));
  const namespace = made.use(await mountNamespace('private'));
  const told = (): string => {
    // With a PID 1 of its own, whose mount table is that of the namespace: here the namespace is the host.
    const enter = ['nsenter', '--mount', '--target', String(namespace.pid), '--', 'unshare', '--mount', '--pid', '--fork', '--mount-proc'] as const;
    const [command, ...args] = [...enter, process.execPath, MAIN, 'check', 'host-inspector', '--json', '--config', config] as const;
    const { stdout, stderr } = spawnSync(command, args, { encoding: 'utf8' });
    assert.equal(stderr, '');
    const { conditions } = JSON.parse(stdout) as { readonly conditions: readonly Record<'type' | 'status' | 'reason' | 'message', string>[] };
    const condition = conditions.find(({ type }) => type === 'FilesystemUnhealthy');
    return condition?.status === 'True' ? `${condition.reason}: ${condition.message.split('. ')[0] ?? ''}` : (condition?.status ?? 'missing');
  };
  const stack = made.move();
  return { namespace, device, at, again, told, [Symbol.asyncDispose]: () => stack.disposeAsync() };
}

const noExt4 = whyNot([['mkfs.ext4', '-V'], ['e2fsck', '-V'], FREE_LOOP]);

describe(noExt4 === undefined ? 'a real ext4' : `a real ext4 (skipped: ${noExt4})`, () => {
  before(function () {
    if (noExt4 !== undefined) this.skip();
  });

  it('that gives up writing after an error is named, and healthy again once it was repaired', async () => {
    await using disk = await diskOf('32M', 'mkfs.ext4', '-q', '-F');
    const { namespace, device, at, again, told } = disk;
    const name = device.replace('/dev/', '');
    namespace.run('mount', '-o', 'errors=remount-ro', device, at);
    namespace.run('mount', '--bind', at, again);
    namespace.run('mount', '-o', 'remount,bind,ro', again);
    assert.equal(told(), 'False', 'a bind mount that is read-only is no problem');

    writeFileSync(`/sys/fs/ext4/${name}/trigger_fs_error`, '1');
    const errors = `${at}: errors since the boot, counted in /sys/fs/ext4/${name}/errors_count (ext4 on ${device})`;
    const readOnly = `${at}: (?:the kernel gave up writing after an error \\(option emergency_ro|mounted to be written, but the kernel made it read-only \\(option ro), ext4 on ${device}\\)`;
    assert.match(told(), new RegExp(`^FilesystemReadOnly: ${readOnly}; `));
    assert.include(told(), `; ${errors}`);

    for (const mountPoint of [again, at]) namespace.run('umount', mountPoint);
    succeed('e2fsck', '-fy', device);
    namespace.run('mount', device, at);
    assert.equal(told(), 'False');

    writeFileSync(`/sys/fs/ext4/${name}/trigger_fs_error`, '1');
    assert.equal(told(), `FilesystemErrors: ${errors}`, 'without errors=remount-ro it goes on');
    namespace.run('umount', at);
    namespace.run('mount', device, at);
    assert.equal(told(), `FilesystemErrors: ${errors}`, 'mounting it again repairs nothing');
    namespace.run('umount', at);
    assert.equal(told(), 'False', 'what is not mounted is nobody\'s');
  });

  it('that was mounted or remounted read-only is meant to be', async () => {
    await using disk = await diskOf('32M', 'mkfs.ext4', '-q', '-F');
    const { namespace, device, at, told } = disk;
    namespace.run('mount', '-o', 'ro', device, at);
    assert.equal(told(), 'False');
    namespace.run('mount', '-o', 'remount,rw', at);
    assert.equal(told(), 'False');
    namespace.run('mount', '-o', 'remount,ro', at);
    assert.equal(told(), 'False');
  });
});

const noXfs = whyNot([['mkfs.xfs', '-V'], ['xfs_io', '-V'], FREE_LOOP]);

describe(noXfs === undefined ? 'a real XFS' : `a real XFS (skipped: ${noXfs})`, () => {
  before(function () {
    if (noXfs !== undefined) this.skip();
  });

  it('that has shut down is named though its mount says rw, and healthy again once it was mounted anew', async () => {
    await using disk = await diskOf('400M', 'mkfs.xfs', '-q');
    const { namespace, device, at, told } = disk;
    namespace.run('mount', device, at);
    assert.equal(told(), 'False');
    namespace.run('xfs_io', '-x', '-c', 'shutdown', at);
    assert.equal(told(), `FilesystemErrors: ${at}: answers "Input/output error" (xfs on ${device})`);
    namespace.run('umount', at);
    namespace.run('mount', device, at);
    assert.equal(told(), 'False');
  });
});
