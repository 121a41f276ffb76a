import { assert } from 'chai';
import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, rmdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { hostSettings } from '../../plugins/host-inspector/settings.ts';

const MAIN = join(import.meta.dirname, '../../cli/main.ts');

/** What manifests give: uid 0 and nothing else. */
const NO_CAPABILITIES = ['setpriv', '--bounding-set=-all', '--inh-caps=-all', '--no-new-privs'];
const NOBODY = [...NO_CAPABILITIES, '--reuid=65532', '--regid=65532', '--clear-groups'];

/** Why this user cannot even start the program, or undefined. */
function whyNot(user: readonly string[]): string | undefined {
  if (process.getuid?.() !== 0) return 'needs root';
  const [command = '', ...args] = user;
  const { status } = spawnSync(command, [...args, 'test', '-r', MAIN, '-a', '-x', process.execPath]);
  return status === 0 ? undefined : 'the program lies in a folder that is closed to that user';
}

/** `check` as that user, in a mount namespace with a file system (ramfs, judged) below a folder that only root may enter. */
function checkAs(user: readonly string[]): { readonly disk: string; readonly status: number | null; readonly stdout: string; readonly stderr: string } {
  const path = mkdtempSync('/var/tmp/npd-privileges-');
  const [closed, config] = [join(path, 'closed'), join(path, 'config.json')];
  const disk = join(closed, 'disk');
  chmodSync(path, 0o755);
  mkdirSync(disk, { recursive: true });
  chmodSync(closed, 0o700);
  const settings = {
    diskIgnoreTypes: hostSettings.diskIgnoreTypes.initial.filter((type) => type !== 'ramfs'),
    diskIgnoreUnder: [...hostSettings.diskIgnoreUnder.initial, '/tmp'],
  };
  writeFileSync(config, JSON.stringify({ 'host-inspector': settings }));
  // The table of PID 1 is the host's; here the namespace is the host, so it gets a PID 1 of its own.
  const script = 'set -e; mount -t ramfs disk "$1"; shift; cd /; exec "$@"';
  const check = [process.execPath, MAIN, 'check', 'host-inspector', '--json', '--config', config];
  try {
    const unshared = ['--mount', '--pid', '--fork', '--mount-proc', 'sh', '-c', script, 'sh', disk];
    const { status, stdout, stderr } = spawnSync('unshare', [...unshared, ...user, ...check], { encoding: 'utf8' });
    return { disk, status, stdout, stderr };
  } finally {
    rmdirSync(disk);
    rmdirSync(closed);
    rmSync(config);
    rmdirSync(path);
  }
}

describe('what the host-inspector may do', () => {
  it('is enough as uid 0 without any capability: nothing is Unknown', function () {
    if (whyNot(NO_CAPABILITIES) !== undefined) this.skip();
    const { disk, status, stdout, stderr } = checkAs(NO_CAPABILITIES);
    assert.deepEqual([status === 2, stderr], [false, '']);
    assert.include(stdout, `"source": "statfs ${disk}"`);
  });

  it('is not, as another uid, where only root may enter; it says so and calls nothing healthy', function () {
    if (whyNot(NOBODY) !== undefined) this.skip();
    const { disk, status, stdout, stderr } = checkAs(NOBODY);
    assert.deepEqual([status, stderr], [2, '']);
    const { conditions } = JSON.parse(stdout) as { readonly conditions: readonly { readonly type: string; readonly status: string; readonly message: string }[] };
    for (const type of ['DiskSpaceLow', 'FilesystemUnhealthy']) {
      const condition = conditions.find((candidate) => candidate.type === type);
      assert.equal(condition?.status, 'Unknown');
      assert.include(condition?.message, `${disk}: permission denied`);
    }
  });
});
