import { assert } from 'chai';
import { spawn, spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, rmSync, statSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { eventually } from '../support/eventually.ts';

const MAIN = join(import.meta.dirname, '../../cli/main.ts');

/** What manifests give: no capability, and the group of the plugins. */
const BARE = ['setpriv', '--bounding-set=-all', '--inh-caps=-all', '--no-new-privs'];
const ROOT_IN_GROUP = [...BARE, '--reuid=0', '--regid=0', '--groups=65532'];
const ROOT_ALONE = [...BARE, '--reuid=0', '--regid=0', '--clear-groups'];
const PLUGIN = [...BARE, '--reuid=65532', '--regid=65532', '--groups=65532'];

function runAs(user: readonly string[], ...command: readonly string[]): { readonly status: number | null; readonly stdout: string; readonly stderr: string } {
  const [program = '', ...args] = [...user, ...command];
  return spawnSync(program, args, { encoding: 'utf8', timeout: 15_000 });
}

function shareAs(user: readonly string[], ...folders: readonly string[]): ReturnType<typeof runAs> {
  return runAs(user, process.execPath, MAIN, 'share', ...folders);
}

function modeOf(path: string): readonly [uid: number, gid: number, mode: string] {
  const { uid, gid, mode } = statSync(path);
  return [uid, gid, (mode & 0o7777).toString(8)];
}

const missing = process.getuid?.() === 0 ? undefined : 'needs root';

describe(missing === undefined ? 'folders of a node that plugins share' : `folders of a node that plugins share (skipped: ${missing})`, () => {
  let top = '';
  before(function () {
    if (missing !== undefined) this.skip();
  });
  beforeEach(() => {
    top = mkdtempSync('/var/tmp/npd-shared-');
    chmodSync(top, 0o755);
  });
  afterEach(() => rmSync(top, { recursive: true }));

  it('are, as kubelet makes them, closed to a plugin that is not root, and open once root without any capability shared them', () => {
    const folder = join(top, 'npd');
    mkdirSync(folder, { mode: 0o755 });
    const writes = (): number | null => runAs(PLUGIN, 'touch', join(folder, 'socket')).status;
    assert.equal(writes(), 1);
    const { status, stdout, stderr } = shareAs(ROOT_IN_GROUP, folder);
    assert.deepEqual([status, stdout, stderr], [0, `${folder}: shared with group 65532\n`, '']);
    assert.deepEqual(modeOf(folder), [0, 65_532, '2770']);
    assert.equal(writes(), 0);
    assert.deepEqual(modeOf(join(folder, 'socket')).slice(0, 2), [65_532, 65_532]);
  });

  it('are made where they are missing', () => {
    const folder = join(top, 'lib', 'npd-plugins');
    assert.equal(shareAs(ROOT_IN_GROUP, folder).status, 0);
    assert.deepEqual(modeOf(folder), [0, 65_532, '2770']);
  });

  it('that are as wanted already are left alone, whoever owns them', () => {
    const folder = join(top, 'npd');
    assert.equal(shareAs(ROOT_IN_GROUP, folder).status, 0);
    const again = shareAs(PLUGIN, folder);
    assert.deepEqual([again.status, again.stderr], [0, '']);
  });

  it('are never at the top of the file system, where a link may lead, too', () => {
    // A file system of its own at /mnt, for these commands alone: should it be shared after all, the machine keeps its folder.
    symlinkSync('/mnt', join(top, 'link'));
    const script = 'mount -t tmpfs -o mode=0755 tmpfs /mnt; "$@"; echo "code $?"; stat -c "%g %a" /mnt; ls -A /mnt';
    const inOwnMounts = (...folders: readonly string[]) => runAs(['unshare', '--mount', 'sh', '-c', script, 'sh', ...ROOT_IN_GROUP], process.execPath, MAIN, 'share', ...folders);
    const refused = inOwnMounts(join(top, 'link'));
    assert.equal(refused.stdout, 'code 64\n0 755\n');
    assert.include(refused.stderr, `npd-plugins: cannot share ${join(top, 'link')}: leads to /mnt, which the whole system uses; `);
    const below = inOwnMounts(join(top, 'link', 'npd'));
    assert.deepEqual([below.stdout, below.stderr], [`${join(top, 'link', 'npd')}: shared with group 65532\ncode 0\n0 755\nnpd\n`, '']);
  });

  it('cannot be shared by who is not in the group, and the message says what is missing', () => {
    const folder = join(top, 'npd');
    mkdirSync(folder);
    const { status, stdout, stderr } = shareAs(ROOT_ALONE, folder);
    assert.deepEqual([status, stdout], [64, '']);
    assert.equal(stderr, `npd-plugins: cannot share ${folder}: operation not permitted; the folder must belong to the user of this process (uid 0 for a hostPath), whose supplementalGroups must hold 65532\n`);
    assert.deepEqual(modeOf(folder).slice(1), [0, '755']);
  });

  it('are shared by `serve --share-dirs` too; one that cannot be is a warning, and it serves', async () => {
    const [folder, file] = [join(top, 'state'), '/proc/version'];
    const socket = join(top, 'plugin.sock');
    const [program, ...args] = [...ROOT_IN_GROUP, process.execPath, MAIN, 'serve', 'host-inspector', '--socket', socket, '--log-format=json', `--share-dirs=${folder},${file}`];
    const child = spawn(program, args, { stdio: ['ignore', 'ignore', 'pipe'] });
    let log = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => (log += text));
    const ended = new Promise<number | null>((resolve) => child.once('close', resolve));
    try {
      await eventually('the folder is shared and the warning said', () => existsSync(folder) && modeOf(folder)[2] === '2770' && log.includes('folder not shared'));
      const warning = log.split('\n').filter((line) => line.includes('folder not shared')).map((line) => JSON.parse(line) as { readonly path: string; readonly problem: string });
      assert.deepEqual(warning.map(({ path, problem }) => [path, problem]), [[file, `${file}: file exists`]]);
      assert.isTrue(existsSync(socket));
    } finally {
      child.kill('SIGTERM');
    }
    assert.equal(await ended, 0);
  });
});
