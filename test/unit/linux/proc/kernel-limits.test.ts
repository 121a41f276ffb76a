import { assert } from 'chai';
import { countPermanentArp } from '../../../../plugins/linux/proc/arp.ts';
import { parseFileNr } from '../../../../plugins/linux/proc/file-nr.ts';
import { parseNetStat } from '../../../../plugins/linux/proc/net-stat.ts';
import { isAtLeast, parseOsrelease } from '../../../../plugins/linux/proc/osrelease.ts';
import { parsePidCgroup } from '../../../../plugins/linux/proc/pid-cgroup.ts';
import { parsePidLimits } from '../../../../plugins/linux/proc/pid-limits.ts';
import { parsePidStatus } from '../../../../plugins/linux/proc/pid-status.ts';
import { parseNumberFile } from '../../../../plugins/linux/proc/sysctl.ts';

function refuses(parse: (text: string) => unknown, broken: readonly (readonly [string, string])[]): void {
  for (const [text, message] of broken) {
    it(`refused: ${message}`, () => {
      assert.throws(() => parse(text), message);
    });
  }
}

describe('/proc/sys/fs/file-nr', () => {
  const parse = (text: string): unknown => parseFileNr(text);

  it('open files and the most there may be, up to 2^63 - 1', () => {
    assert.deepEqual(parse('1024\t0\t1631329\n'), { allocated: 1_024n, max: 1_631_329n });
    assert.deepEqual(parse('1024\t0\t9223372036854775807\n'), { allocated: 1_024n, max: 2n ** 63n - 1n });
  });

  refuses(parse, [
    ['', '/proc/sys/fs/file-nr: expected "<n> <n> <n>" and a newline, got ""'],
    ['1024\t0\t1631', '/proc/sys/fs/file-nr: expected "<n> <n> <n>" and a newline, got "1024\\t0\\t1631"'],
    ['1024\t0\t-1\n', '/proc/sys/fs/file-nr: expected "<n> <n> <n>" and a newline, got "1024\\t0\\t-1\\n"'],
    ['1024\t0\t99999999999999999999\n', '/proc/sys/fs/file-nr: expected a counter, got "99999999999999999999"'],
  ]);
});

describe('a file that holds one number', () => {
  const parse = (text: string): unknown => parseNumberFile(text, '/proc/sys/kernel/pid_max');

  it('is that number, and ends with its line', () => {
    assert.equal(parse('4194304\n'), 4_194_304);
  });

  refuses(parse, [
    ['41943', '/proc/sys/kernel/pid_max: expected a number and a newline, got "41943"'],
    ['\n', '/proc/sys/kernel/pid_max: expected a whole number, got ""'],
    ['-1\n', '/proc/sys/kernel/pid_max: expected a whole number ≥ 0, got "-1"'],
    ['max\n', '/proc/sys/kernel/pid_max: expected a whole number, got "max"'],
  ]);
});

describe('/proc/sys/kernel/osrelease', () => {
  for (const [text, major, minor] of [['6.18.44-local\n', 6, 18], ['5.14.0-503.el9.x86_64\n', 5, 14], ['6.14-rc3+\n', 6, 14]] as const) {
    it(`${JSON.stringify(text)} is Linux ${major}.${minor}`, () => {
      assert.deepEqual(parseOsrelease(text), { major, minor });
    });
  }

  it('6.9 is before 6.14, and 7.0 after it', () => {
    const isNew = (text: string): boolean => isAtLeast(parseOsrelease(text), 6, 14);
    assert.deepEqual(['6.9.1\n', '6.13.12\n', '6.14.0\n', '6.18.1\n', '7.0.0\n', '5.19.0\n'].map(isNew), [false, false, true, true, true, false]);
  });

  refuses((text) => parseOsrelease(text), [
    ['6.18.44', '/proc/sys/kernel/osrelease: expected "<n>.<n>..." and a newline, got "6.18.44"'],
    ['linux\n', '/proc/sys/kernel/osrelease: expected "<n>.<n>..." and a newline, got "linux\\n"'],
  ]);
});

describe('/proc/<pid>/status', () => {
  const parse = (text: string): unknown => parsePidStatus(text, '/proc/9/status');
  const text = 'Name:\tsleep\nPPid:\t7\nUid:\t1000\t0\t0\t0\nFDSize:\t64\nNSpid:\t16815\t4\nThreads:\t1\n';

  it('parent, effective user, slots for descriptors, and the PID in each namespace', () => {
    assert.deepEqual(parse(text), { parentPid: 7, effectiveUid: 0, descriptorSlots: 64, pids: [16_815, 4] });
  });

  it('before Linux 4.1 it has no PIDs of namespaces', () => {
    assert.deepEqual(parse(text.replace(/NSpid.*\n/, '')), { parentPid: 7, effectiveUid: 0, descriptorSlots: 64, pids: undefined });
  });

  it('a process may be called like one of the lines', () => {
    assert.deepEqual(parse(text.replace('sleep', String.raw`Uid:\nUid:`)), { parentPid: 7, effectiveUid: 0, descriptorSlots: 64, pids: [16_815, 4] });
  });

  refuses(parse, [
    ['', '/proc/9/status: expected a newline at its end, got ""'],
    ['Uid:\t0\t0\nUid:\t1\t1\n', '/proc/9/status:2: expected one line "Uid", got "Uid:\\t1\\t1"'],
    ['PPid:\t7\nUid:\t0\n', '/proc/9/status: expected a line "Uid:" with 2 or more numbers, got '],
    [text.replace('16815', 'x'), '/proc/9/status: expected a whole number, got "x"'],
  ]);
});

describe('/proc/<pid>/limits', () => {
  const parse = (text: string): unknown => parsePidLimits(text, '/proc/9/limits');
  const limits = (soft: string): string => `Limit                     Soft Limit           Hard Limit           Units     \nMax open files            ${soft.padEnd(20)} 524288               files     \n`;

  it('the soft limit of open files binds, not the hard one', () => {
    assert.deepEqual([parse(limits('1024')), parse(limits('unlimited'))], [{ openFilesSoft: 1_024 }, { openFilesSoft: Infinity }]);
  });

  refuses(parse, [
    ['', '/proc/9/limits: expected a line "Max open files <soft> <hard> files", got ""'],
    [limits('-1'), '/proc/9/limits: expected a line "Max open files <soft> <hard> files", got '],
    [`${limits('1024')}Max locked`, '/proc/9/limits: expected a newline at its end, got "Max locked"'],
  ]);
});

describe('/proc/<pid>/cgroup', () => {
  const parse = (text: string): unknown => parsePidCgroup(text, '/proc/9/cgroup');

  it('one path per hierarchy, which may hold colons', () => {
    const text = '4:cpu,cpuacct:/kubepods/pod1\n1:name=systemd:/a:b\n0::/../../system.slice/kubelet.service\n';
    assert.deepEqual(parse(text), new Map([['cpu,cpuacct', '/kubepods/pod1'], ['name=systemd', '/a:b'], ['', '/../../system.slice/kubelet.service']]));
  });

  refuses(parse, [
    ['', '/proc/9/cgroup: expected a newline at its end, got ""'],
    ['0::\n', '/proc/9/cgroup:1: expected "<n>:<controllers>:/<path>", got "0::"'],
    ['1:cpu:/\n0::/kube', '/proc/9/cgroup: expected a newline at its end, got "0::/kube"'],
  ]);
});

describe('/proc/1/net/stat', () => {
  const parse = (text: string): ReturnType<typeof parseNetStat> => parseNetStat(text, 'nf_conntrack');

  it('entries are those of the whole table, other columns the sum over CPUs, wherever the kernel puts them', () => {
    const stat = parse('entries  clashres found drop\n00000021  00000001 00000000 ffffffff\n00000022  00000002 00000000 00000001\n');
    assert.deepEqual([stat.entries, stat.sum('clashres'), stat.sum('drop'), stat.sum('early_drop')], [34, 3n, 4_294_967_296n, undefined]);
  });

  it('counters of 64 bits are read', () => {
    assert.equal(parse('entries  table_fulls\n00000021  ffffffffffffffff\n').sum('table_fulls'), 2n ** 64n - 1n);
  });

  refuses(parse, [
    ['', 'nf_conntrack: expected a header "entries ..." and a line per CPU, got ""'],
    ['entries  drop\n', 'nf_conntrack: expected a header "entries ..." and a line per CPU, got "entries  drop\\n"'],
    ['entries  Drop!\n00000001  00000001\n', 'nf_conntrack:1: expected names of columns, got "entries Drop!"'],
    ['entries  drop\n00000001\n', 'nf_conntrack:2: expected 2 hexadecimal numbers, got "00000001"'],
    ['entries  drop\n00000001  1\n', 'nf_conntrack:2: expected 2 hexadecimal numbers, got "00000001 1"'],
    ['entries  drop\n00000001  00000001\n00000001  000000', 'nf_conntrack: expected a newline at its end, got "00000001  000000"'],
  ]);
});

describe('/proc/1/net/arp', () => {
  const HEADER = 'IP address       HW type     Flags       HW address            Mask     Device\n';
  const parse = (text: string): number => countPermanentArp(text, '/proc/1/net/arp');
  const entry = (flags: string): string => `10.244.1.0       0x1         ${flags}         02:fc:00:00:00:05     *        flannel.1\n`;

  it('permanent entries have the flag 0x4', () => {
    assert.equal(parse(`${HEADER}${entry('0x2')}${entry('0x6')}${entry('0x4')}${entry('0x0')}`), 2);
    assert.equal(parse(HEADER), 0);
  });

  refuses(parse, [
    ['', '/proc/1/net/arp: expected a header "IP address ...", got ""'],
    [`${HEADER}10.244.1.0 0x1 six\n`, '/proc/1/net/arp:2: expected "<address> <type> <flags> <address> <mask> <device>", got "10.244.1.0 0x1 six"'],
    [`${HEADER}${entry('0x2')}10.244`, '/proc/1/net/arp: expected a newline at its end, got "10.244"'],
  ]);
});
