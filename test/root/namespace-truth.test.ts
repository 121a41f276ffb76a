import { assert } from 'chai';
import { type SpawnSyncReturns, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, rmdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { hostSettings } from '../../plugins/host-inspector/settings.ts';

const MAIN = join(import.meta.dirname, '../../cli/main.ts');

interface Answer {
  readonly conditions: readonly { readonly type: string; readonly status: string; readonly reason: string; readonly message: string }[];
  readonly checks: readonly { readonly readings: readonly { readonly name: string; readonly subject?: string; readonly value: unknown }[] }[];
  readonly privileges: { readonly rung?: string; readonly grants: readonly { readonly name: string; readonly state: string; readonly evidence: string }[] };
}

/** What manifests give: uid 0 and nothing else. */
const NO_CAPABILITIES = ['setpriv', '--bounding-set=-all', '--inh-caps=-all', '--no-new-privs'];

/** ramfs is judged, so that a mount of it is told. */
const CONFIG = JSON.stringify({
  'host-inspector': { diskIgnoreTypes: hostSettings.diskIgnoreTypes.initial.filter((type) => type !== 'ramfs'), diskIgnoreUnder: hostSettings.diskIgnoreUnder.initial },
});

interface Container {
  readonly propagation: 'private' | 'slave';
  /** Namespaces of its own, beside that of its mounts: words for unshare. */
  readonly own: readonly string[];
  readonly capabilities?: boolean;
}

/**
 * `check` in a container on a node. The node is this machine, but with mounts and PIDs of its own, since PID 1 has to be
 * one of ours. Its root is mounted in the container, and a disk appears on the node when that is done.
 */
function checkInContainer({ propagation, own, capabilities = false }: Container): { readonly answer: Answer; readonly disk: string } {
  const at = mkdtempSync('/var/tmp/npd-truth-');
  const [host, disk] = [join(at, 'host'), join(at, 'disk')];
  const config = join(mkdtempSync(join(tmpdir(), 'npd-truth-')), 'config.json');
  writeFileSync(config, CONFIG);
  const container = 'mount --rbind / "$HOST"; cd /; : >"$AT/mounted"; until [ -e "$AT/disk-is-there" ]; do sleep 0.02; done; exec "$@"';
  const node = `set -e; mkdir "$HOST" "$DISK"; mount --make-rshared /
    unshare --mount --propagation ${propagation} ${own.join(' ')} bash -ec '${container}' bash "$@" & container=$!
    until [ -e "$AT/mounted" ]; do sleep 0.02; done
    mount -t ramfs disk "$DISK"; : >"$AT/disk-is-there"
    wait $container || true; umount "$DISK"`;
  const check = [process.execPath, MAIN, 'check', 'host-inspector', '--json', '--config', config, '--host-root', host];
  const argv = ['--mount', '--pid', '--fork', '--kill-child', '--mount-proc', 'bash', '-c', node, 'bash', ...(capabilities ? [] : NO_CAPABILITIES), ...check];
  try {
    return { answer: answerOf(spawnSync('unshare', argv, { encoding: 'utf8', env: { ...process.env, AT: at, HOST: host, DISK: disk } })), disk };
  } finally {
    for (const name of ['mounted', 'disk-is-there']) rmSync(join(at, name), { force: true });
    // Only if they are empty: nothing of the host may be deleted.
    for (const folder of [host, disk, at]) rmdirSync(folder);
    rmSync(join(config, '..'), { recursive: true });
  }
}

function answerOf({ stdout, stderr, error }: SpawnSyncReturns<string>): Answer {
  assert.deepEqual([stderr, error], ['', undefined]);
  return JSON.parse(stdout) as Answer;
}

function grantsOf({ privileges }: Answer): Readonly<Record<string, string>> {
  return Object.fromEntries(privileges.grants.map(({ name, state }) => [name, state]));
}

/** By name and subject. */
function readingsOf({ checks }: Answer): ReadonlyMap<string, unknown> {
  return new Map(checks.flatMap(({ readings }) => readings).map(({ name, subject = '', value }) => [`${name} ${subject}`.trimEnd(), value]));
}

const OWN_EVERYTHING = ['--pid', '--fork', '--kill-child', '--net', '--uts', '--ipc', '--cgroup'];

describe('what a container is told of its node', () => {
  before(function () {
    this.timeout(60_000);
    if (process.getuid?.() !== 0) this.skip();
  });

  it('is the truth from within namespaces of its own, without a capability: rung a', () => {
    const { answer, disk } = checkInContainer({ propagation: 'slave', own: OWN_EVERYTHING });
    assert.equal(answer.privileges.rung, 'a');
    assert.deepEqual(grantsOf(answer), {
      "host's / with HostToContainer": 'granted', 'uid 0': 'granted', hostPID: 'missing', hostNetwork: 'missing', CAP_SYS_PTRACE: 'missing', 'CAP_SYSLOG with /dev/kmsg': grantsOf(answer)['CAP_SYSLOG with /dev/kmsg'] ?? '',
    });
    assert.isTrue([...readingsOf(answer).keys()].some((name) => name.endsWith(disk)), 'a disk that was mounted later');
    const outside = answerOf(spawnSync(process.execPath, [MAIN, 'check', 'host-inspector', '--json'], { encoding: 'utf8' }));
    const told = (of: Answer): readonly string[] => of.conditions.map(({ type, status, reason }) => `${type}=${status} ${reason}`);
    assert.deepEqual(told(answer), told(outside));
    const [inside, without] = [readingsOf(answer), readingsOf(outside)];
    const steady = /^(?:memory_total|file_handles_limit|threads_limit kernel\.threads-max|conntrack_limit|inotify_\w+_limit|cpus_online|oom_kills_since_boot)/;
    const names = [...without.keys()].filter((name) => steady.test(name));
    assert.includeMembers(names, ['memory_total', 'file_handles_limit', 'cpus_online']);
    assert.deepEqual(names.filter((name) => inside.has(name)).map((name) => [name, inside.get(name)]), names.filter((name) => inside.has(name)).map((name) => [name, without.get(name)]));
    // What has a value of its own in its network namespace is not told: that has no limit of neighbours at all.
    assert.isFalse([...inside.keys()].some((name) => name.startsWith('neighbours_limit')));
  });

  it('names the grant that is missing where mounts do not propagate, and never the numbers of the parent', () => {
    const { answer, disk } = checkInContainer({ propagation: 'private', own: OWN_EVERYTHING });
    assert.isUndefined(answer.privileges.rung);
    assert.include(answer.privileges.grants[0]?.evidence, 'lacks mountPropagation: HostToContainer');
    // What PID 1's table says of it, and no number of statfs.
    const told = [...readingsOf(answer)].filter(([name]) => name.endsWith(disk));
    assert.deepEqual(told, [[`filesystem_super_options ${disk}`, 'rw'], [`mount_answer ${disk}`, 'not-visible']]);
    const space = answer.conditions.find(({ type }) => type === 'DiskSpaceLow');
    assert.equal(space?.status, 'Unknown');
    assert.include(space?.message, 'the volume lacks mountPropagation: HostToContainer');
  });

  it('is told as hostPID and hostNetwork where these namespaces are the node\'s: rungs b and c', () => {
    const b = checkInContainer({ propagation: 'slave', own: ['--net'] }).answer;
    assert.deepEqual([b.privileges.rung, grantsOf(b)['hostPID'], grantsOf(b)['hostNetwork']], ['b', 'granted', 'missing']);
    const c = checkInContainer({ propagation: 'slave', own: ['--uts'] }).answer;
    assert.deepEqual([c.privileges.rung, grantsOf(c)['hostPID'], grantsOf(c)['hostNetwork']], ['c', 'granted', 'granted']);
  });

  it('is told with CAP_SYS_PTRACE where it opens the links of PID 1: rung d', () => {
    const { answer } = checkInContainer({ propagation: 'slave', own: ['--uts'], capabilities: true });
    assert.equal(grantsOf(answer)['CAP_SYS_PTRACE'], 'granted');
    assert.include(['d', 'e'], answer.privileges.rung);
  });

  it('is told that it looks at a container where there is none of the node', () => {
    const argv = ['--mount', '--pid', '--fork', '--kill-child', '--mount-proc', process.execPath, MAIN, 'check', 'host-inspector', '--json'];
    const { privileges } = answerOf(spawnSync('unshare', argv, { encoding: 'utf8' })) as Answer & { readonly privileges: { readonly notes: readonly string[] } };
    assert.deepEqual(privileges.notes, ['/proc is that of a container, or of a node in a container: it has no threads of the kernel']);
  });
});
