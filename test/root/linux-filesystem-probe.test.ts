import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statfsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { assert } from 'chai';
import { type ChildRequest, type ChildResult, runChild } from '../../plugins/linux/child.ts';
import { createFilesystemProbe } from '../../plugins/linux/filesystem-probe.ts';
import { type Mount, parseMountinfo } from '../../plugins/linux/proc/mountinfo.ts';
import { deadMount, whyNoDeadMount } from '../support/dead-mount.ts';
import { mountNamespace, succeed } from '../support/namespaces.ts';

const MIB = 1024 * 1024;
const PROBE = new URL('../../plugins/linux/filesystem-probe.ts', import.meta.url).href;
const missing = whyNoDeadMount();
const isRoot = process.getuid?.() === 0;

function mountsOf(pid: number | 'self', mountPoint: string): readonly Mount[] {
  const mounts = parseMountinfo(readFileSync(`/proc/${pid}/mountinfo`, 'utf8'));
  return mounts.filter((mount) => mount.mountPoint === mountPoint);
}

function mountOf(pid: number | 'self', mountPoint: string): Mount {
  const mount = mountsOf(pid, mountPoint).at(-1);
  assert(mount !== undefined, `no mount at ${mountPoint}`);
  return mount;
}

describe('file systems of a live kernel', () => {
  let folder = '';
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'live-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  describe(missing === undefined ? 'that never answer' : `that never answer (skipped: ${missing})`, () => {
    before(function () {
      if (missing !== undefined) this.skip();
    });

    it('four of them are stuck after their deadline, are not asked again, and answer when they are freed', async () => {
      let started = 0;
      const results: ChildResult[] = [];
      const run = async (request: ChildRequest) => {
        started++;
        const result = await runChild(request);
        results.push(result);
        return result;
      };
      const probe = createFilesystemProbe({ timeoutMs: 1000, run, nowMs: () => 1000 });
      await using mounts = new AsyncDisposableStack();
      for (const name of ['a', 'b', 'c', 'd']) mounts.use(await deadMount(join(folder, name)));
      const targets = ['a', 'b', 'c', 'd'].map((name) => {
        const { mountPoint, device } = mountOf('self', join(folder, name));
        return { root: '/', mountPoint, device };
      });
      const ask = async () => await Promise.all(targets.map((target) => probe.probe(target)));

      const stuck = Array.from({ length: 4 }, () => ({ kind: 'stuck', sinceMs: 1000 }) as const);
      assert.deepEqual(await ask(), stuck);
      assert.deepEqual(await ask(), stuck);
      assert.equal(started, 4);
      assert.deepEqual(results.map(({ kind }) => kind), ['abandoned', 'abandoned', 'abandoned', 'abandoned']);

      await mounts.disposeAsync();
      await Promise.all(results.map(async (result) => result.kind === 'abandoned' && (await result.ended)));
      // The mounts are gone with their server, so what is left there are the folders of the file system below.
      assert.deepEqual((await ask()).map(({ kind }) => kind), Array.from({ length: 4 }, () => 'not-visible'));
    });

    it('a process that asked four of them ends at once', async () => {
      await using mounts = new AsyncDisposableStack();
      const paths = ['a', 'b', 'c', 'd'].map((name) => join(folder, name));
      for (const path of paths) mounts.use(await deadMount(path));
      const targets = paths.map((mountPoint) => ({ root: '/', mountPoint, device: mountOf('self', mountPoint).device }));
      const program = `
        import { createFilesystemProbe } from ${JSON.stringify(PROBE)};
        const probe = createFilesystemProbe({ timeoutMs: 1000 });
        const answers = await Promise.all(${JSON.stringify(targets)}.map((target) => probe.probe(target)));
        console.log(answers.map(({ kind }) => kind).join());
      `;
      const ended = spawnSync(process.execPath, ['--input-type=module', '-e', program], { encoding: 'utf8', timeout: 15_000 });
      assert.deepEqual([ended.status, ended.stdout], [0, 'stuck,stuck,stuck,stuck\n'], ended.stderr);
    });

    it('one whose waiters can be killed is stuck all the same, and asked each time', async () => {
      const results: string[] = [];
      const run = async (request: ChildRequest) => {
        const result = await runChild(request);
        results.push(result.kind);
        return result;
      };
      const probe = createFilesystemProbe({ timeoutMs: 1000, run, nowMs: () => 1000 });
      const path = join(folder, 'unread');
      await using _mount = await deadMount(path, 'unread');
      const target = { root: '/', mountPoint: path, device: mountOf('self', path).device };
      assert.deepEqual(await probe.probe(target), { kind: 'stuck', sinceMs: 1000 });
      assert.deepEqual(await probe.probe(target), { kind: 'stuck', sinceMs: 1000 });
      assert.deepEqual(results, ['timed-out', 'timed-out']);
    });

    it('one that dies among others that answer costs only itself its answer', async () => {
      const path = join(folder, 'dies');
      mkdirSync(path);
      const probe = createFilesystemProbe({ timeoutMs: 1000 });
      const healthy = ['/', '/proc', '/dev'].map((mountPoint) => ({ root: '/', mountPoint, device: mountOf('self', mountPoint).device }));
      const askWith = async (target: (typeof healthy)[number]) =>
        (await Promise.all([...healthy, target].map((each) => probe.probe(each)))).map(({ kind }) => kind);
      succeed('mount', '-t', 'tmpfs', 'alive', path);
      const target = { root: '/', mountPoint: path, device: mountOf('self', path).device };
      const kinds = await askWith(target).finally(() => succeed('umount', path));
      assert.deepEqual(kinds, ['ok', 'ok', 'ok', 'ok']);
      // A dead one takes its place; to the probe it is the mount that answered a moment ago.
      await using _mount = await deadMount(path);
      assert.deepEqual(await askWith(target), ['ok', 'ok', 'ok', 'stuck']);
      assert.deepEqual(await askWith(target), ['ok', 'ok', 'ok', 'stuck']);
    });
  });

  describe(isRoot ? 'that cannot be seen' : 'that cannot be seen (skipped: needs root)', () => {
    before(function () {
      if (!isRoot) this.skip();
    });

    it('one hidden by a later mount on its parent gives no numbers', async () => {
      const parent = join(folder, 'parent');
      const path = join(parent, 'data');
      mkdirSync(path, { recursive: true });
      await using namespace = await mountNamespace('private');
      namespace.run('mount', '-t', 'tmpfs', '-o', 'size=7m', 'below', path);
      const { device } = mountOf(namespace.pid, path);
      assert.deepEqual(probeIn(namespace.pid, { root: '/', mountPoint: path, device }), { kind: 'ok', totalBytes: 7 * MIB });
      namespace.run('mount', '-t', 'tmpfs', '-o', 'size=9m', 'above', parent);
      namespace.run('mkdir', path);
      // The table still lists it, just as the host's table does.
      assert.deepEqual(mountOf(namespace.pid, path).device, device);
      assert.equal(probeIn(namespace.pid, { root: '/', mountPoint: path, device }).kind, 'not-visible');
    });

    it('one covered by a later mount on the same path gives no numbers, the later one does', async () => {
      await using namespace = await mountNamespace('private');
      namespace.run('mount', '-t', 'tmpfs', '-o', 'size=7m', 'below', folder);
      namespace.run('mount', '-t', 'tmpfs', '-o', 'size=9m', 'above', folder);
      const [below, above] = mountsOf(namespace.pid, folder);
      assert(below !== undefined && above !== undefined);
      const ask = ({ device }: Mount) => probeIn(namespace.pid, { root: '/', mountPoint: folder, device });
      assert.equal(ask(below).kind, 'not-visible');
      assert.deepEqual(ask(above), { kind: 'ok', totalBytes: 9 * MIB });
    });

    it('one made on the host after our private view of it gives no numbers, above all not those of its parent', async () => {
      await using namespace = await mountNamespace('private');
      namespace.run('mount', '-t', 'tmpfs', '-o', 'size=7m', 'volume', folder);
      const { device } = mountOf(namespace.pid, folder);
      const answer = await createFilesystemProbe({ timeoutMs: 10_000 }).probe({ root: '/', mountPoint: folder, device });
      assert.equal(answer.kind, 'not-visible');
      // What a tool that does not compare would have told.
      assert.isAbove(statfsSync(folder).bsize * statfsSync(folder).blocks, 7 * MIB);
    });

    for (const [propagation, kind] of [['private', 'not-visible'], ['slave', 'ok']] as const) {
      it(`below /host, a volume that was mounted later is ${kind} when the propagation is ${propagation}`, async () => {
        // The host: a folder that shares its mounts, as systemd does with all of them.
        await using host = await mountNamespace('private');
        host.run('mount', '-t', 'tmpfs', 'shared', folder);
        host.run('mount', '--make-rshared', folder);
        host.run('mkdir', join(folder, 'view'), join(folder, 'data'));
        // The container's view of it, HostToContainer or not.
        const view = join(folder, 'view');
        host.run('mount', '--rbind', folder, view);
        host.run('mount', `--make-r${propagation}`, view);
        host.run('mount', '-t', 'tmpfs', '-o', 'size=7m', 'volume', join(folder, 'data'));
        const { device } = mountOf(host.pid, join(folder, 'data'));
        const answer = probeIn(host.pid, { root: view, mountPoint: '/data', device });
        assert.equal(answer.kind, kind);
        if (answer.kind === 'ok') assert.equal(answer.totalBytes, 7 * MIB);
      });
    }
  });
});

const noBtrfs = isRoot && spawnSync('mkfs.btrfs', ['--version']).status === 0 ? undefined : 'needs root and mkfs.btrfs';

describe(noBtrfs === undefined ? 'a btrfs' : `a btrfs (skipped: ${noBtrfs})`, () => {
  before(function () {
    if (noBtrfs !== undefined) this.skip();
  });

  it('gives its numbers at every subvolume and bind mount, though their st_dev differs, and none where it is hidden', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'btrfs-'));
    const [image, top, sub, bind] = ['image', 'top', 'sub', 'bind'].map((name) => join(folder, name)) as [string, string, string, string];
    await using cleanup = new AsyncDisposableStack();
    cleanup.defer(() => rmSync(folder, { recursive: true }));
    for (const path of [top, sub, bind]) mkdirSync(path);
    succeed('truncate', '-s', '200M', image);
    succeed('mkfs.btrfs', '-q', image);
    const loop = succeed('losetup', '--find', '--show', image).trim();
    cleanup.defer(() => void succeed('losetup', '-d', loop));
    const namespace = cleanup.use(await mountNamespace('private'));
    namespace.run('mount', loop, top);
    namespace.run('btrfs', 'subvolume', 'create', join(top, 'sub'));
    namespace.run('mount', '-o', 'subvol=sub', loop, sub);
    namespace.run('mkdir', join(sub, 'folder'));
    namespace.run('mount', '--bind', join(sub, 'folder'), bind);
    const { device } = mountOf(namespace.pid, top);
    const ask = (root: string, mountPoint: string) => probeIn(namespace.pid, { root, mountPoint, device });
    const numbers = { kind: 'ok', totalBytes: 200 * MIB };
    assert.deepEqual([ask('/', top), ask('/', sub), ask('/', bind), ask(sub, '/')], [numbers, numbers, numbers, numbers]);
    namespace.run('mount', '-t', 'tmpfs', 'above', sub);
    assert.equal(ask('/', sub).kind, 'not-visible');
    namespace.run('mount', '-t', 'tmpfs', 'above', folder);
    namespace.run('mkdir', top);
    assert.equal(ask('/', top).kind, 'not-visible');
  });
});

/** Asks from inside a mount namespace. */
function probeIn(pid: number, target: { root: string; mountPoint: string; device: Mount['device'] }): { kind: string; totalBytes?: number } {
  const program = `
    import { createFilesystemProbe } from ${JSON.stringify(PROBE)};
    const { kind, totalBytes } = await createFilesystemProbe({ timeoutMs: 10_000 }).probe(${JSON.stringify(target)});
    console.log(JSON.stringify({ kind, totalBytes }));
  `;
  return JSON.parse(succeed('nsenter', '--mount', '--target', String(pid), '--', process.execPath, '--input-type=module', '-e', program)) as {
    kind: string;
  };
}
