import { assert } from 'chai';
import { silentLogger } from '../../../plugins/core/log.ts';
import { runCheck } from '../../../plugins/core/run-check.ts';
import { defaultsOf } from '../../../plugins/core/settings.ts';
import { type Verdict, healthy, notApplicable, problem } from '../../../plugins/core/verdict.ts';
import { clock, judge } from '../../../plugins/host-inspector/checks/clock.ts';
import { hostSettings } from '../../../plugins/host-inspector/settings.ts';
import { type HostSources, liveSources } from '../../../plugins/host-inspector/sources.ts';
import type { ChildRequest, ChildResult } from '../../../plugins/linux/child.ts';
import { type HostTree, hostTree } from '../../support/host-tree.ts';

const SUBJECT = 'clock of the node';
const WRONG = `${SUBJECT}: may be wrong by 16 s or more (adjtimex)`;
const missing = problem('TimeDaemonMissing', SUBJECT, `${WRONG}, and no time daemon runs`);

function print(maxErrorUs: number, frequency = 0, status = 64): string {
  return `         mode: 0\n       offset: 0\n    frequency: ${frequency}\n     maxerror: ${maxErrorUs}\n     esterror: 16000000\n       status: ${status}\n return value = 5\n`;
}

function exited(code: number, stdout: string, stderr = ''): ChildResult {
  return { kind: 'exited', code, signal: null, stdout, stderr };
}

const NOW_SECONDS = 1_795_700_000;

describe('clock', () => {
  let host: HostTree;
  beforeEach(() => (host = hostTree()));
  afterEach(() => host[Symbol.dispose]());

  async function look(answers: Readonly<Record<string, ChildResult>>, more: Partial<HostSources> = {}): Promise<readonly Verdict[]> {
    const run = async ({ command }: ChildRequest): Promise<ChildResult> => answers[command] ?? { kind: 'failed-to-start', message: `spawn ${command} ENOENT`, cause: Object.assign(new Error(command), { code: 'ENOENT' }) };
    const scene = { root: host.root, settings: defaultsOf(hostSettings), memo: undefined, signal: new AbortController().signal, log: silentLogger };
    return (await runCheck(clock({ ...liveSources, run, wallMs: () => NOW_SECONDS * 1_000, isRecorded: true, ...more }), scene)).verdicts;
  }

  function runs(comm: string): void {
    host.write('proc/734/comm', `${comm}\n`);
    host.write('proc/734/cgroup', '0::/system.slice/time.service\n');
    host.write('proc/734/stat', `734 (${comm}) S 1 734 734 0 -1 4194624 512 0 0 0 14 21 0 0 20 0 1 0 2210 0 0\n`);
    host.write('proc/734/status', `Name:\t${comm}\nPPid:\t1\nUid:\t0\t0\t0\t0\nFDSize:\t64\nNSpid:\t734\n`);
  }

  it('a clock that is kept right is healthy, also where the daemon leaves it marked as unsynchronized (chronyd without rtcsync)', async () => {
    assert.deepEqual(await look({ adjtimex: exited(0, print(1_250, 1_286_473, 8_192)) }), [healthy]);
    assert.deepEqual(await look({ adjtimex: exited(0, print(15_999_000, 1_286_473, 64)) }), [healthy]);
  });

  it('one that nobody keeps right is told', async () => {
    assert.deepEqual(await look({ adjtimex: exited(0, print(16_000_000)) }), [missing]);
  });

  for (const daemon of ['chronyd', 'ntpd', 'systemd-timesyn', 'phc2sys']) {
    it(`with ${daemon} it is that which does not succeed`, async () => {
      runs(daemon);
      const [verdict] = await look({ adjtimex: exited(0, print(16_000_000)) });
      assert.deepEqual(verdict, problem('ClockNotSynchronized', SUBJECT, `${WRONG}, though ${daemon === 'systemd-timesyn' ? 'systemd-timesyncd' : daemon} runs`));
    });
  }

  it('a daemon in a Pod keeps the clock of the Pod\'s network', async () => {
    runs('chronyd');
    host.write('proc/734/cgroup', '0::/kubepods.slice/kubepods-besteffort.slice/kubepods-besteffort-pod1.slice/cri-containerd-1.scope\n');
    assert.deepEqual(await look({ adjtimex: exited(0, print(16_000_000)) }), [missing]);
  });

  it('where processes are hidden, nobody says that no daemon runs', async () => {
    host.remove('proc/1/cgroup');
    assert.deepEqual(await look({ adjtimex: exited(0, print(16_000_000)) }), [problem('ClockNotSynchronized', SUBJECT, WRONG)]);
  });

  it('a guest that never had a daemon is left to its hypervisor; one that lost its daemon is told', async () => {
    host.write('sys/devices/system/clocksource/clocksource0/available_clocksource', 'tsc kvm-clock \n');
    assert.deepEqual(await look({ adjtimex: exited(0, print(16_000_000)) }), [notApplicable(`${SUBJECT} (left to the hypervisor: kvm-clock, and no time daemon since the boot)`)]);
    assert.deepEqual(await look({ adjtimex: exited(0, print(16_000_000, 1_286_473)) }), [missing]);
  });

  it("a guest whose hypervisor's tools may set the clock is not judged", async () => {
    runs('vmtoolsd');
    assert.deepEqual(await look({ adjtimex: exited(0, print(16_000_000, 655_360)) }), [notApplicable(`${SUBJECT} (vmtoolsd may set it, and does not tell the kernel)`)]);
  });

  const STAMP = 'run/systemd/timesync/synchronized';
  const stamp = (ageSeconds: number): ChildResult => exited(1, `${NOW_SECONDS - ageSeconds} ${host.root}/${STAMP}\n`, 'stat: cannot statx\n');

  it('without the program it is healthy only with a trace of a daemon that is younger than nine hours', async () => {
    const unknowable = [notApplicable(`${SUBJECT} (needs the program adjtimex)`)];
    assert.deepEqual(await look({ stat: stamp(60) }), [healthy]);
    assert.deepEqual(await look({ stat: stamp(-30) }), [healthy]);
    assert.deepEqual(await look({ stat: stamp(32_001) }), unknowable);
    assert.deepEqual(await look({ stat: stamp(-3_600) }), unknowable);
    assert.deepEqual(await look({}), unknowable);
  });

  it('under an old seccomp profile, which refuses the question, likewise', async () => {
    const refused = exited(1, print(0, 0, 0).replace(/ return.*\n/, ''), 'adjtimex: Operation not permitted\n');
    assert.deepEqual(await look({ adjtimex: refused }), [notApplicable(`${SUBJECT} (adjtimex is refused: the seccomp profile is older than 2020)`)]);
    assert.deepEqual(await look({ adjtimex: refused, stat: stamp(60) }), [healthy]);
  });

  it('what garbles or hangs is unknown', async () => {
    const found = await Promise.all([exited(0, ''), exited(0, print(16_000_000).slice(0, 90)), exited(1, '', ''), { kind: 'overflow' } as const].map(async (adjtimex) => await look({ adjtimex, stat: stamp(60) })));
    assert.deepEqual(found.flat().map(({ kind }) => kind), ['unknown', 'unknown', 'unknown', 'unknown']);
  });

  it('a copy of another machine has not our clock', async () => {
    assert.deepEqual(await look({ adjtimex: exited(0, print(16_000_000)) }, { isRecorded: false }), [notApplicable(`${SUBJECT} (of another machine than this one)`)]);
  });

  it('this very machine, whatever it is, gets an answer that is no error', async () => {
    const scene = { root: '/', settings: defaultsOf(hostSettings), memo: undefined, signal: new AbortController().signal, log: silentLogger };
    for (const { kind } of (await runCheck(clock(liveSources), scene)).verdicts) assert.notEqual(kind, 'unknown');
  });

  it('what is said has no live number, and fits', () => {
    for (const programs of [undefined, new Set<string>(), new Set(['chronyd', 'phc2sys', 'ptp4l'])]) {
      const verdict = judge({ isUnsynchronized: true, maxErrorMs: 16_000, correctionPpm: 0 }, 16_000, { programs, hypervisor: undefined });
      assert.isBelow('message' in verdict ? verdict.message.length : 0, 120);
    }
  });
});
