import { assert } from 'chai';
import { type SpawnSyncReturns, spawnSync } from 'node:child_process';
import { mkdtempSync, rmdirSync } from 'node:fs';
import { join } from 'node:path';

const MAIN = join(import.meta.dirname, '../../cli/main.ts');
const CHECK = [process.execPath, MAIN, 'check', 'host-inspector', '--json'];

/** What manifests give: uid 0 and nothing else. */
const NO_CAPABILITIES = ['setpriv', '--bounding-set=-all', '--inh-caps=-all', '--no-new-privs'];

interface Reading {
  readonly name: string;
  readonly subject?: string;
  readonly value: unknown;
}

interface Answer {
  readonly status: string;
  readonly message: string;
  /** Of the checks of the network. */
  readonly readings: readonly Reading[];
}

function answerOf({ stdout, error }: SpawnSyncReturns<string>): Answer {
  assert.isUndefined(error);
  const { conditions, checks } = JSON.parse(stdout) as {
    readonly conditions: readonly { readonly type: string; readonly status: string; readonly message: string }[];
    readonly checks: readonly { readonly readings: readonly Reading[] }[];
  };
  const found = conditions.find(({ type }) => type === 'NetworkInterfaceDegraded');
  if (found === undefined) throw new Error('no condition NetworkInterfaceDegraded');
  const readings = checks.flatMap((check) => check.readings).filter(({ name }) => /^(?:interface|bond|listen|tcp|udp)_/.test(name));
  return { status: found.status, message: found.message, readings };
}

/** In network, mount and PID namespaces of its own, with this machine below a folder; `prepare` may mount further, `$root` is the folder. */
function inside(prepare: string): Answer {
  const path = mkdtempSync('/var/tmp/npd-network-');
  try {
    const script = `set -e; root=$1; shift; mount --rbind / "$root"; ${prepare} cd /; "$@" --host-root "$root" || true`;
    const argv = ['--net', '--mount', '--pid', '--fork', '--kill-child', 'bash', '-c', script, 'bash', path, ...NO_CAPABILITIES, ...CHECK];
    return answerOf(spawnSync('unshare', argv, { encoding: 'utf8' }));
  } finally {
    // Only when empty: nothing of the host may be deleted.
    rmdirSync(path);
  }
}

/** That grow while nobody looks at the network itself. */
const steady = ({ readings }: Answer): readonly unknown[] =>
  readings.filter(({ name }) => /interface_(?:state|link_changes|receive_errors|send_errors)|listen_overflows/.test(name)).map(({ name, subject = '', value }) => [name, subject, value]);

describe('the network of the host', () => {
  before(function () {
    if (process.getuid?.() !== 0) this.skip();
  });

  it('is seen from inside foreign network, PID and mount namespaces without a capability', () => {
    const outside = answerOf(spawnSync(CHECK[0] ?? '', CHECK.slice(1), { encoding: 'utf8' }));
    const found = inside('');
    assert.deepEqual(steady(found), steady(outside));
    assert.deepEqual([found.status, found.message], [outside.status, outside.message]);
    const sent = (answer: Answer): number => answer.readings.filter(({ name }) => name === 'tcp_segments_sent').reduce((sum, { value }) => sum + Number(value), 0);
    // That of a new namespace would be 0.
    assert.isAbove(sent(outside), 0);
    assert.isAtLeast(sent(found), sent(outside));
  });

  it('is not what a /sys shows that was mounted in the foreign namespace: then none of it is told', () => {
    const { status, message, readings } = inside('mount -t sysfs sysfs "$root/sys";');
    assert.equal(status, 'False');
    assert.include(message, "network interfaces (/sys/class/net is not of PID 1's network namespace: needs the host's /sys)");
    assert.deepEqual(readings.filter(({ name }) => name.startsWith('interface_')), []);
  });

  it('is said to be hidden where hidepid hides PID 1', () => {
    const { message, readings } = inside('mount -t proc -o hidepid=ptraceable proc "$root/proc";');
    assert.include(message, 'network interfaces (hidepid hides PID 1: needs CAP_SYS_PTRACE, or no /proc)');
    assert.include(message, 'TCP listen queues (hidepid hides PID 1: needs CAP_SYS_PTRACE, or no /proc)');
    assert.deepEqual(readings, []);
  });
});
