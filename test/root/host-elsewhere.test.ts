import { assert } from 'chai';
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, rmdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { hostSettings } from '../../plugins/host-inspector/settings.ts';

const MAIN = join(import.meta.dirname, '../../cli/main.ts');

/** What `check --json` says that is the same at any moment: no free space, no times. */
interface Answer {
  readonly conditions: readonly (readonly string[])[];
  readonly totals: readonly string[];
}

interface Json {
  readonly conditions: readonly { readonly type: string; readonly status: string; readonly reason: string; readonly message: string }[];
  readonly checks: readonly { readonly readings: readonly { readonly name: string; readonly subject?: string; readonly value: unknown }[] }[];
}

function answerOf(stdout: string): Answer {
  const { conditions: all, checks } = JSON.parse(stdout) as Json;
  // Limits of the kernel are another matter: foreign-namespaces.test.ts.
  const conditions = all.filter(({ type }) => type !== 'KernelLimitNear');
  const readings = checks.flatMap((check) => check.readings).filter(({ name }) => /^(?:disk|inodes|memory)_.*_?(?:total|limit)$/.test(name));
  return {
    conditions: conditions.map(({ type, status, reason, message }) => [type, status, reason, message]),
    totals: readings.map(({ name, subject = '', value }) => `${name} ${subject} ${String(value)}`),
  };
}

/** Folders for one test. Only empty ones are removed: where the whole host was mounted nothing may be deleted. */
function folders(): Disposable & { readonly host: string; readonly own: string; readonly config: string } {
  const path = mkdtempSync('/var/tmp/npd-elsewhere-');
  const [host, own, config] = [join(path, 'host'), join(path, 'own'), join(path, 'config.json')];
  for (const folder of [host, own]) mkdirSync(folder);
  // Other tests mount things below /tmp; and ramfs is to be judged, as a disk is.
  const settings = {
    diskIgnoreTypes: hostSettings.diskIgnoreTypes.initial.filter((type) => type !== 'ramfs'),
    diskIgnoreUnder: [...hostSettings.diskIgnoreUnder.initial, host, '/tmp'],
  };
  writeFileSync(config, JSON.stringify({ 'host-inspector': settings }));
  return {
    host, own, config,
    [Symbol.dispose]() {
      for (const folder of [host, own]) rmdirSync(folder);
      rmSync(config);
      rmdirSync(path);
    },
  };
}

describe("a host whose root and /proc are mounted elsewhere (in mount and process namespaces of their own, as in a container)", () => {
  before(function () {
    if (process.getuid?.() !== 0) this.skip();
  });

  it('is seen as it sees itself, and nothing of the container is taken for it', () => {
    using at = folders();
    const flags = ['check', 'host-inspector', '--json', '--config', at.config];
    const outside = spawnSync(process.execPath, [MAIN, ...flags], { encoding: 'utf8' });
    // The host first, then a /proc that shows only ourselves, and a file system that only we have.
    const script = `set -e
      mount --rbind / "$1"
      mount -t proc proc /proc
      mount -t ramfs ours "$2"
      cd /
      shift 2
      [ "$(cat /proc/1/comm)" = sh ] && grep -q ' - ramfs ours ' /proc/1/mountinfo
      exec "$@"`;
    const unshared = ['--mount', '--pid', '--fork', 'sh', '-c', script, 'sh', at.host, at.own];
    const inside = spawnSync('unshare', [...unshared, process.execPath, MAIN, ...flags, '--host-root', at.host], { encoding: 'utf8' });
    assert.deepEqual([inside.stderr, inside.status], ['', outside.status]);
    assert.deepEqual(answerOf(inside.stdout), answerOf(outside.stdout));
    assert.isNotEmpty(answerOf(outside.stdout).totals);
    assert.notInclude(inside.stdout, at.own);
    const own = spawnSync('unshare', [...unshared, process.execPath, MAIN, ...flags], { encoding: 'utf8' });
    assert.include(own.stdout, at.own, 'without --host-root it is the container that is looked at');
  });

  it('without the mounts of the host (no rbind) it says which are not to be seen, and takes no parent for them', () => {
    using at = folders();
    const script = `set -e
      mount -t ramfs disk "$2"
      mount --bind / "$1"
      mount --rbind /proc "$1/proc"
      cd /
      shift 2
      exec "$@"`;
    // The host is this namespace here, with one more disk than its root shows to the inner one.
    const inner = ['sh', '-c', script, 'sh', at.host, at.own, process.execPath, MAIN, 'check', 'host-inspector', '--json', '--config', at.config];
    const { stdout, status } = spawnSync('unshare', ['--mount', '--pid', '--fork', '--mount-proc', ...inner, '--host-root', at.host], { encoding: 'utf8' });
    assert.equal(status, 2);
    const { conditions } = answerOf(stdout);
    assert.deepEqual(conditions[0]?.slice(0, 3), ['DiskSpaceLow', 'Unknown', 'DiskSpaceUnknown']);
    assert.match(conditions[0]?.[3] ?? '', new RegExp(`${at.own} \\(as ${at.host}${at.own}\\): leads to device \\d+:\\d+ instead of 0:\\d+: hidden by another mount, or the volume lacks mountPropagation: HostToContainer`));
  });
});
