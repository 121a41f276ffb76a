import { assert } from 'chai';
import { type SpawnSyncReturns, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isAtLeast, parseOsrelease } from '../../plugins/linux/proc/osrelease.ts';

const MAIN = join(import.meta.dirname, '../../cli/main.ts');
const CHECK = [process.execPath, MAIN, 'check', 'host-inspector', '--json'];

/** What manifests give: uid 0 and nothing else. */
const NO_CAPABILITIES = ['setpriv', '--bounding-set=-all', '--inh-caps=-all', '--no-new-privs'];

/** Whose the PID namespace's pid_max is cannot be told before. */
const hasOwnPidMax = isAtLeast(parseOsrelease(readFileSync('/proc/sys/kernel/osrelease', 'utf8')), 6, 14);

interface Json {
  readonly conditions: readonly { readonly type: string; readonly status: string; readonly reason: string; readonly message: string }[];
  readonly checks: readonly { readonly readings: readonly { readonly name: string; readonly subject?: string; readonly value: unknown }[] }[];
}

interface Answer {
  readonly status: string;
  readonly reason: string;
  readonly message: string;
  /** By name and subject. */
  readonly readings: ReadonlyMap<string, unknown>;
}

function answerOf({ stdout, stderr, error }: SpawnSyncReturns<string>): Answer {
  assert.deepEqual([stderr, error], ['', undefined]);
  const { conditions, checks } = JSON.parse(stdout) as Json;
  const found = conditions.find(({ type }) => type === 'KernelLimitNear');
  if (found === undefined) throw new Error('no condition KernelLimitNear');
  const { status, reason, message } = found;
  const readings = new Map(checks.flatMap((check) => check.readings).map(({ name, subject = '', value }) => [`${name} ${subject}`.trimEnd(), value]));
  return { status, reason, message, readings };
}

/** An empty folder, to have the host mounted at. Only removed when empty: nothing of the host may be deleted. */
function mountPoint(): Disposable & { readonly path: string } {
  const path = mkdtempSync('/var/tmp/npd-foreign-');
  return { path, [Symbol.dispose]: () => rmdirSync(path) };
}

/** Runs a shell script as PID 1 of its own PID namespace; `$1` is the folder, the rest are words for it. */
function inNamespaces(flags: readonly string[], script: string, folder: string, words: readonly string[]): SpawnSyncReturns<string> {
  const argv = [...flags, '--mount', '--pid', '--fork', '--kill-child', 'bash', '-c', `set -e; root=$1; shift; ${script}`, 'bash', folder, ...words];
  return spawnSync('unshare', argv, { encoding: 'utf8' });
}

/** This machine below the folder, but with the /proc of the new PID namespace: all processes there are the test's own. */
const OWN_PROC = 'mount --rbind / "$root"; mount -t proc proc "$root/proc"; cd /;';

describe('limits of the kernel', () => {
  before(function () {
    if (process.getuid?.() !== 0) this.skip();
  });

  it('are those of the host inside foreign network, PID and mount namespaces; what is not the host\'s is not taken for it, and said', () => {
    using at = mountPoint();
    const outside = answerOf(spawnSync(CHECK[0] ?? '', CHECK.slice(1), { encoding: 'utf8' }));
    const script = `mount --rbind / "$root"; mount -t proc proc /proc; echo 1000 >/proc/sys/kernel/pid_max; cd /; "$@" --host-root "$root"`;
    // Before 6.14 that would be the host's.
    const inside = answerOf(inNamespaces(['--net'], hasOwnPidMax ? script : script.replace(/echo[^;]*;/, ''), at.path, CHECK));
    const hidden = [
      ...(hasOwnPidMax ? ['kernel.pid_max (needs hostPID since Linux 6.14)'] : []),
      'ARP table but for overflow (gc_thresh3 needs hostNetwork)',
      'IPv6 neighbour table but for overflow (gc_thresh3 needs hostNetwork)',
    ];
    assert.deepEqual([inside.status, inside.reason], [outside.status, outside.reason]);
    if (inside.status === 'False') for (const message of hidden) assert.include(inside.message, message);

    const steady = [...outside.readings.keys()].filter((name) => /^(?:threads_limit|conntrack_limit|conntrack_entries|file_handles_limit|inotify_.*_limit|neighbours) ?/.test(name));
    const visible = steady.filter((name) => !name.startsWith('neighbours_limit') && (!hasOwnPidMax || name !== 'threads_limit kernel.pid_max'));
    assert.includeMembers(visible, ['threads_limit kernel.threads-max', 'file_handles_limit']);
    assert.deepEqual(visible.map((name) => [name, inside.readings.get(name)]), visible.map((name) => [name, outside.readings.get(name)]));
    assert.equal(inside.readings.has('threads_limit kernel.pid_max'), !hasOwnPidMax);
    assert.isFalse([...inside.readings.keys()].some((name) => name.startsWith('neighbours_limit')));
    // Not steady, but far more than the two processes of the namespace.
    for (const name of ['threads', 'file_handles']) assert.closeTo(Number(inside.readings.get(name)), Number(outside.readings.get(name)), 0.5 * Number(outside.readings.get(name)), name);
  });

  const OPEN_300 = 'ulimit -n 310; for n in {10..305}; do eval "exec $n</dev/null"; done; echo open >&9; read line';

  it('a process of the node with 300 files open of 310 is named, and no longer when it has ended; with no capability', () => {
    using at = mountPoint();
    const script = `${OWN_PROC}
      mkfifo /tmp/npd-open-$$; exec 8<>/tmp/npd-open-$$; rm /tmp/npd-open-$$
      (exec -a leaky bash -c '${OPEN_300}' 9>&8 < <(sleep 1000)) & leaky=$!
      read line <&8
      "$@" --host-root "$root" || true
      kill -KILL $leaky; wait $leaky || true
      "$@" --host-root "$root" || true`;
    const { stdout, stderr } = inNamespaces([], script, at.path, [...NO_CAPABILITIES, ...CHECK]);
    assert.notInclude(stderr, 'rror');
    const [sick = '', well = ''] = stdout.split(/^(?<=\}\n)(?=\{)/m);
    const answers = [sick, well].map((text) => answerOf({ stdout: text, stderr: '', pid: 0, output: [], status: 0, signal: null }));
    const message = 'open files of bash: more than 90% of its soft limit (310)';
    assert.deepEqual(answers.map((answer) => [answer.status, answer.message.includes(message)]), [['True', true], ['False', false]]);
  });

  const WATCH = `require('fs').watch('/'); console.log('watching')`;

  it('inotify instances are counted by user, and not judged without CAP_SYS_PTRACE', () => {
    using at = mountPoint();
    const script = `${OWN_PROC}
      # Through cat: Node.js would make the shell's own pipe one that does not wait.
      mkfifo /tmp/npd-watch-$$; exec 8<>/tmp/npd-watch-$$; rm /tmp/npd-watch-$$
      for n in 1 2 3; do ${process.execPath} -e "${WATCH}" | cat >&8 & done
      for n in 1 2 3; do read line <&8; done
      mount -t tmpfs limits /mnt; echo 3 >/mnt/limit; mount --bind /mnt/limit "$root/proc/sys/fs/inotify/max_user_instances"
      "$@" --host-root "$root" || true
      ${NO_CAPABILITIES.join(' ')} "$@" --host-root "$root" || true`;
    const { stdout } = inNamespaces([], script, at.path, CHECK);
    const [seeing = '', blind = ''] = stdout.split(/^(?<=\}\n)(?=\{)/m);
    const answers = [seeing, blind].map((text) => answerOf({ stdout: text, stderr: '', pid: 0, output: [], status: 0, signal: null }));
    const [sees, doesNot] = answers;
    assert.deepEqual([sees?.status, sees?.reason], ['True', 'InotifyNearLimit']);
    assert.include(sees?.message, 'inotify instances of uid 0: more than 90% of fs.inotify.max_user_instances (3)');
    assert.equal(doesNot?.status, 'False');
    assert.include(doesNot?.message, 'inotify (needs CAP_SYS_PTRACE)');
  });

  it('processes that hidepid=ptraceable hides are said to be hidden, and nothing of them is called healthy', () => {
    using at = mountPoint();
    const script = 'mount --rbind / "$root"; mount -t proc -o hidepid=ptraceable proc "$root/proc"; cd /; "$@" --host-root "$root" || true';
    const said = inNamespaces([], script, at.path, [...NO_CAPABILITIES, ...CHECK]);
    assert.include(said.stderr, "stands in for the host's");
    const { status, message } = answerOf({ ...said, stderr: '' });
    assert.equal(status, 'False');
    assert.include(message, 'open files of processes (no /proc/1/fd: hidepid, or no /proc)');
    assert.include(message, 'inotify (no /proc/1/fd: hidepid, or no /proc)');
  });

  it('Pods near the pids.max that kubelet set for all of them are told, by cgroup files of the kernel', function () {
    const hierarchy = '/sys/fs/cgroup/pids';
    const own = join(hierarchy, `npd-plugins-${randomBytes(4).toString('hex')}`);
    const kubepods = join(own, 'kubepods');
    try {
      mkdirSync(kubepods, { recursive: true });
      writeFileSync(join(kubepods, 'pids.max'), '10');
    } catch {
      this.skip();
    }
    using at = mountPoint();
    try {
      const script = `${OWN_PROC}
        mount --bind ${own} "$root${hierarchy}"
        for n in 1 2 3 4 5 6 7 8 9 10; do sleep 1000 & echo $! >${kubepods}/cgroup.procs; done
        "$@" --host-root "$root" || true`;
      const { status, message } = answerOf(inNamespaces([], script, at.path, CHECK));
      assert.equal(status, 'True');
      assert.include(message, 'threads of all Pods: more than 90% of pids.max of kubepods (10)');
    } finally {
      rmdirSync(kubepods);
      rmdirSync(own);
    }
  });
});
