import { assert } from 'chai';
import type { Look } from '../../../plugins/core/check.ts';
import { type Verdict, healthy, notApplicable, problem, unknownOf } from '../../../plugins/core/verdict.ts';
import { judge as judgeConntrack } from '../../../plugins/host-inspector/checks/conntrack.ts';
import { judge as judgeFileHandles } from '../../../plugins/host-inspector/checks/file-handles.ts';
import { TABLES, judge as judgeNeighbours } from '../../../plugins/host-inspector/checks/neighbours.ts';
import { judge as judgeOpenFiles } from '../../../plugins/host-inspector/checks/open-files.ts';
import { judgeNode, judgePods } from '../../../plugins/host-inspector/checks/threads.ts';
import { judgeUsers, usersOf } from '../../../plugins/host-inspector/limits/inotify-users.ts';
import { isOfNode } from '../../../plugins/host-inspector/limits/ownership.ts';
import { parseNetStat } from '../../../plugins/linux/proc/net-stat.ts';
import { parsePidCgroup } from '../../../plugins/linux/proc/pid-cgroup.ts';

const verdictsOf = ({ verdicts }: Look): readonly Verdict[] => verdicts;

describe('threads', () => {
  const subject = 'threads of the node';
  const threadsMax = { limitName: 'kernel.threads-max', limit: 192_730 };
  const pidMax = { limitName: 'kernel.pid_max', limit: 32_768 };
  const isHidden = notApplicable('kernel.pid_max (needs hostPID since Linux 6.14)');
  const cases: readonly { readonly name: string; readonly look: Look; readonly want: readonly Verdict[] }[] = [
    { name: 'at 90 percent of pid_max they are healthy', look: judgeNode(29_491, [threadsMax, pidMax], [], 90), want: [healthy] },
    {
      name: 'above it the smallest limit binds, and is named',
      look: judgeNode(29_492, [threadsMax, pidMax], [], 90),
      want: [problem('ThreadsNearLimit', subject, 'threads of the node: more than 90% of kernel.pid_max (32768)')],
    },
    {
      name: 'a small threads-max binds before pid_max',
      look: judgeNode(29_000, [{ ...threadsMax, limit: 30_000 }, { ...pidMax, limit: 4_194_304 }], [], 90),
      want: [problem('ThreadsNearLimit', subject, 'threads of the node: more than 90% of kernel.threads-max (30000)')],
    },
    { name: 'a pid_max that is not visible is said, and threads-max judged', look: judgeNode(29_492, [threadsMax], [isHidden], 90), want: [healthy, isHidden] },
    {
      name: 'of all Pods are judged by the pids.max that kubelet set',
      look: judgePods(901, 1_000, 'sys/fs/cgroup/kubepods.slice', 90),
      want: [problem('ThreadsNearLimit', 'threads of all Pods', 'threads of all Pods: more than 90% of pids.max of kubepods (1000)')],
    },
    { name: 'of all Pods at 90 percent of it are healthy', look: judgePods(900, 1_000, 'sys/fs/cgroup/kubepods.slice', 90), want: [healthy] },
  ];
  for (const { name, look, want } of cases) {
    it(name, () => {
      assert.deepEqual(verdictsOf(look), want);
    });
  }

  it('come with every limit that was compared', () => {
    assert.deepEqual(judgeNode(105, [threadsMax, pidMax], [], 90).readings, [
      { name: 'threads', value: 105, unit: 'count', source: '/proc/loadavg' },
      { name: 'threads_limit', subject: 'kernel.threads-max', value: 192_730, unit: 'count', source: '/proc/sys/kernel/threads-max' },
      { name: 'threads_limit', subject: 'kernel.pid_max', value: 32_768, unit: 'count', source: '/proc/sys/kernel/pid_max' },
    ]);
  });
});

describe('file handles', () => {
  it('above 90 percent of fs.file-max are a problem', () => {
    const message = 'open files of the node: more than 90% of fs.file-max (1000)';
    assert.deepEqual(verdictsOf(judgeFileHandles({ allocated: 901n, max: 1_000n }, 90)), [problem('FileHandlesNearLimit', 'open files of the node', message)]);
    assert.deepEqual(verdictsOf(judgeFileHandles({ allocated: 900n, max: 1_000n }, 90)), [healthy]);
  });

  it("systemd's fs.file-max of 2^63 - 1 binds nobody", () => {
    assert.deepEqual(verdictsOf(judgeFileHandles({ allocated: 2n ** 62n, max: 2n ** 63n - 1n }, 0)), [healthy]);
  });
});

describe('open files of processes', () => {
  const kubelet = { kind: 'exact', name: 'kubelet', count: 922, limit: 1_024 } as const;
  const full = problem('FileHandlesNearLimit', 'open files of kubelet', 'open files of kubelet: more than 90% of its soft limit (1024)');
  const cases: readonly { readonly name: string; readonly holders: Parameters<typeof judgeOpenFiles>[0]; readonly want: readonly Verdict[] }[] = [
    { name: 'of which none has many are healthy', holders: [], want: [healthy] },
    { name: 'at 90 percent are healthy', holders: [{ ...kubelet, count: 921 }], want: [healthy] },
    { name: 'above it are a problem', holders: [kubelet], want: [full] },
    { name: 'of the same name are one finding, with the smallest limit', holders: [{ ...kubelet, count: 4_096, limit: 4_096 }, kubelet], want: [full] },
    { name: 'without a limit are healthy', holders: [{ ...kubelet, limit: Infinity }], want: [healthy] },
    {
      name: 'that are only known not to be more are no problem, and not healthy',
      holders: [{ ...kubelet, kind: 'at-most', count: 1_024 }],
      want: [notApplicable('open files of processes with large tables (needs CAP_SYS_PTRACE before Linux 6.2)')],
    },
    { name: 'that are known to be no more than few are healthy', holders: [{ ...kubelet, kind: 'at-most', count: 512 }], want: [healthy] },
    {
      name: 'that are hidden are said to be, beside those that are not',
      holders: [{ kind: 'denied', message: '/proc/9/fd: EACCES' }, kubelet],
      want: [full, notApplicable('open files of processes that are hidden (needs CAP_SYS_PTRACE)')],
    },
    {
      name: 'that cannot be counted are unknown',
      holders: [{ kind: 'failed', message: '/proc/9/fd: EIO' }, { kind: 'failed', message: '/proc/8/fd: EIO' }],
      want: [unknownOf('open files of processes', '/proc/8/fd: EIO')],
    },
  ];
  for (const { name, holders, want } of cases) {
    it(name, () => {
      assert.deepEqual(verdictsOf(judgeOpenFiles(holders, 90)), want);
    });
  }
});

describe('readings of open files', () => {
  it('are the largest of each name, largest first, and no limit where there is none', () => {
    const holders = [{ kind: 'exact', name: 'a', count: 300, limit: 1_024 }, { kind: 'exact', name: 'b', count: 500, limit: Infinity }, { kind: 'exact', name: 'a', count: 400, limit: 2_048 }] as const;
    assert.deepEqual(judgeOpenFiles(holders, 90).readings, [
      { name: 'open_files_judged', value: 3, unit: 'count', source: '/proc/<pid>/fd' },
      { name: 'open_files', subject: 'b', value: 500, unit: 'count', source: '/proc/<pid>/fd' },
      { name: 'open_files', subject: 'a', value: 400, unit: 'count', source: '/proc/<pid>/fd' },
      { name: 'open_files_limit', subject: 'a', value: 2_048, unit: 'count', source: '/proc/<pid>/limits' },
    ]);
  });
});

describe('a process', () => {
  const onHost = parsePidCgroup('0::/init.scope\n', 'x');
  const inPod = parsePidCgroup('0::/../../../../init.scope\n', 'x');
  const cases = [
    { path: '/system.slice/kubelet.service', first: onHost, isNodes: true },
    { path: '/', first: onHost, isNodes: true },
    { path: '/kubepods.slice/kubepods-burstable.slice/pod1/cri-1.scope', first: onHost, isNodes: false },
    { path: '/kubelet.slice/kubelet-kubepods.slice/x', first: onHost, isNodes: false },
    { path: '/user.slice/user-1000.slice/session-2.scope', first: onHost, isNodes: false },
    { path: '/../../../../system.slice/kubelet.service', first: inPod, isNodes: true },
    { path: '/../../../../kubepods/besteffort/pod9', first: inPod, isNodes: false },
    { path: '/../../pod7/container', first: inPod, isNodes: false },
    { path: '/', first: inPod, isNodes: false },
  ];
  for (const { path, first, isNodes } of cases) {
    it(`in ${path} is ${isNodes ? "the node's" : "a Pod's or a person's"}, ${first === onHost ? 'on the host' : 'seen from a Pod'}`, () => {
      assert.equal(isOfNode(parsePidCgroup(`0::${path}\n`, 'x'), first), isNodes);
    });
  }
});

describe('tracked connections', () => {
  const stat = (entries: string, drop: string, insertFailed = '0', invalid = '0'): ReturnType<typeof parseNetStat> => {
    const cells = [entries, drop, insertFailed, invalid].map((cell) => cell.padStart(8, '0')).join(' ');
    return parseNetStat(`entries  drop insert_failed invalid\n${cells}\n`, 'nf_conntrack');
  };
  const look = (now: ReturnType<typeof stat>, memo?: unknown, limit = 1_000): Look => judgeConntrack(now, limit, 90, memo);
  const near = problem('ConntrackNearLimit', 'tracked connections', 'tracked connections: more than 90% of net.netfilter.nf_conntrack_max (1000)');
  const lost = problem('ConntrackNearLimit', 'packets of new connections', 'packets of new connections: dropped for want of an entry (net.netfilter.nf_conntrack_max is 1000)');

  it('at 90 percent are healthy, above it near the limit', () => {
    assert.deepEqual([verdictsOf(look(stat('384', '0'))), verdictsOf(look(stat('385', '0')))], [[healthy], [near]]);
  });

  it('have no limit where it is 0', () => {
    assert.deepEqual(verdictsOf(look(stat('fffff', '0'), undefined, 0)), [healthy]);
  });

  it('that were dropped are told although the table has room again, in this look and the next', () => {
    const first = look(stat('10', '7'));
    const second = look(stat('10', '9'), first.memo);
    const third = look(stat('10', '9'), second.memo);
    const fourth = look(stat('10', '9'), third.memo);
    assert.deepEqual([first, second, third, fourth].map(verdictsOf), [[healthy], [healthy, lost], [healthy, lost], [healthy]]);
  });

  it('are not dropped for want of an entry when two equal packets race, or when a TCP packet does not fit', () => {
    const { memo } = look(stat('10', '7', '3', '1'));
    assert.deepEqual(verdictsOf(look(stat('10', 'a', '5', '2'), memo)), [healthy]);
    assert.deepEqual(verdictsOf(look(stat('10', 'b', '5', '2'), memo)), [healthy, lost]);
  });

  it('count on past 2^32, and begin anew with the module', () => {
    assert.deepEqual(verdictsOf(look(stat('10', '1'), look(stat('10', 'ffffffff')).memo)), [healthy, lost]);
    assert.deepEqual(verdictsOf(look(stat('10', '0'), look(stat('10', '9')).memo)), [healthy]);
  });

  it('of a memo that cannot be used nothing is made', () => {
    for (const memo of [null, 7, 'x', {}, { drop: 7 }, { drop: '-1', insertFailed: '0', invalid: '0' }, { drop: '1', isLosing: true }]) {
      assert.deepEqual(verdictsOf(look(stat('10', '9'), memo)), [healthy]);
    }
  });
});

describe('neighbours', () => {
  const [arp] = TABLES;
  const stat = (entries: number, cleanings: string, overflows: string): ReturnType<typeof parseNetStat> => {
    const cells = [entries.toString(16), cleanings, overflows].map((cell) => cell.padStart(8, '0')).join(' ');
    return parseNetStat(`entries  forced_gc_runs table_fulls\n${cells}\n`, 'arp_cache');
  };
  const look = (now: ReturnType<typeof stat>, memo?: unknown, room = { limit: 1_024 as number | undefined, exempt: 0 }): Look => judgeNeighbours(arp, now, room, 90, memo);
  const near = problem('NeighbourTableNearLimit', 'ARP table', 'ARP table: more than 90% of net.ipv4.neigh.default.gc_thresh3 (1024)');
  const full = problem('NeighbourTableNearLimit', 'ARP table overflow', 'ARP table overflow: no room for further neighbours (net.ipv4.neigh.default.gc_thresh3)');

  it('at 90 percent are healthy, above it near the limit', () => {
    assert.deepEqual([verdictsOf(look(stat(921, '0', '0'))), verdictsOf(look(stat(922, '0', '0')))], [[healthy], [near]]);
  });

  it('that are permanent do not count', () => {
    assert.deepEqual(verdictsOf(look(stat(1_500, '0', '0'), undefined, { limit: 1_024, exempt: 600 })), [healthy]);
  });

  it('are near the limit only while the kernel makes room: all others are exempt, or nobody asks for more', () => {
    const { memo } = look(stat(1_500, '5', '0'));
    assert.deepEqual(verdictsOf(look(stat(1_500, '5', '0'), memo)), [healthy]);
    assert.deepEqual(verdictsOf(look(stat(1_500, '6', '0'), memo)), [near]);
  });

  it('whose limit is not visible are told to overflow, in this look and the next', () => {
    const hidden = notApplicable('ARP table but for overflow (gc_thresh3 needs hostNetwork)');
    const room = { limit: undefined, exempt: 0 };
    const first = look(stat(5, '0', '1'), undefined, room);
    const second = look(stat(5, '0', '2'), first.memo, room);
    const third = look(stat(5, '0', '2'), second.memo, room);
    const fourth = look(stat(5, '0', '2'), third.memo, room);
    assert.deepEqual([first, second, third, fourth].map(verdictsOf), [[healthy, hidden], [healthy, hidden, full], [healthy, hidden, full], [healthy, hidden]]);
  });

  it('of a kernel that does not count overflows are judged by their number', () => {
    const old = parseNetStat('entries  forced_gc_runs\n00000500  00000001\n', 'arp_cache');
    assert.deepEqual(verdictsOf(look(old)), [near]);
  });

  it('of a memo that cannot be used nothing is made', () => {
    for (const memo of [null, 7, {}, { cleanings: 1, overflows: 1 }, { cleanings: 'x', overflows: '0', isOverflowing: true }]) {
      assert.deepEqual(verdictsOf(look(stat(5, '9', '9'), memo)), [healthy]);
    }
  });
});

describe('inotify', () => {
  const limits = { instances: 128, watches: 1_000 };
  const instance = (descriptor: string, watches: number): { readonly descriptor: string; readonly watches: number } => ({ descriptor, watches });
  const many = Array.from({ length: 116 }, (_, index) => instance(String(index), 1));

  it('instances and watches are told by user', () => {
    const users = usersOf(new Map([
      [10, { uid: 0, parentPid: 1, instances: many }],
      [11, { uid: 1_000, parentPid: 1, instances: [instance('3', 500)] }],
      [12, { uid: 1_000, parentPid: 1, instances: [instance('3', 401)] }],
    ]));
    assert.deepEqual(users, new Map([[0, { instances: 116, watches: 116 }], [1_000, { instances: 2, watches: 901 }]]));
    assert.deepEqual(judgeUsers(users, limits, 90).verdicts, [
      problem('InotifyNearLimit', 'inotify instances of uid 0', 'inotify instances of uid 0: more than 90% of fs.inotify.max_user_instances (128)'),
      problem('InotifyNearLimit', 'inotify watches of uid 1000', 'inotify watches of uid 1000: more than 90% of fs.inotify.max_user_watches (1000)'),
    ]);
  });

  it('what a child has from its parent counts once', () => {
    const users = usersOf(new Map([
      [10, { uid: 0, parentPid: 1, instances: [instance('3', 5), instance('4', 6)] }],
      [11, { uid: 0, parentPid: 10, instances: [instance('3', 5), instance('4', 7)] }],
      [12, { uid: 0, parentPid: 11, instances: [instance('3', 5)] }],
    ]));
    assert.deepEqual(users, new Map([[0, { instances: 3, watches: 18 }]]));
  });

  it('below the limits nobody is named', () => {
    assert.deepEqual(judgeUsers(new Map([[0, { instances: 115, watches: 900 }]]), limits, 90).verdicts, []);
  });
});
