import { assert } from 'chai';
import * as fc from 'fast-check';
import { mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import type { Check } from '../../../plugins/core/check.ts';
import { silentLogger } from '../../../plugins/core/log.ts';
import { runCheck } from '../../../plugins/core/run-check.ts';
import { defaultsOf } from '../../../plugins/core/settings.ts';
import { type Verdict, healthy, notApplicable, problem } from '../../../plugins/core/verdict.ts';
import { conntrack } from '../../../plugins/host-inspector/checks/conntrack.ts';
import { fileHandles } from '../../../plugins/host-inspector/checks/file-handles.ts';
import { inotify } from '../../../plugins/host-inspector/checks/inotify.ts';
import { neighbours } from '../../../plugins/host-inspector/checks/neighbours.ts';
import { openFiles } from '../../../plugins/host-inspector/checks/open-files.ts';
import { threads } from '../../../plugins/host-inspector/checks/threads.ts';
import { type HostSettings, hostSettings } from '../../../plugins/host-inspector/settings.ts';
import { neighbourTable } from '../../support/host-tree-limits.ts';
import { type HostTree, hostTree } from '../../support/host-tree.ts';

const settings = defaultsOf(hostSettings);

async function look(check: Check<HostSettings>, { root }: HostTree, memo?: unknown): Promise<readonly Verdict[]> {
  const scene = { root, settings, memo, signal: new AbortController().signal, log: silentLogger };
  // As they are compared: without the error behind an unknown.
  return (await runCheck(check, scene)).verdicts.map((verdict) => {
    const { cause: _, ...told } = { cause: undefined, ...verdict };
    return told;
  });
}

/** As /proc shows a process: its open files are links. */
function addProcess({ root, write }: HostTree, pid: number, files: Readonly<Record<string, string>>, links: readonly string[]): void {
  for (const [name, text] of Object.entries(files)) write(`proc/${pid}/${name}`, text);
  mkdirSync(join(root, `proc/${pid}/fd`));
  for (const [index, target] of links.entries()) symlinkSync(target, join(root, `proc/${pid}/fd/${index}`));
}

const LOADAVG = '0.21 0.37 0.39 1/30000 31999\n';
const NF_CONNTRACK = 'entries  drop insert_failed invalid\n0003fff0  00000000 00000000 00000000\n0003fff0  00000000 00000000 00000000\n';
const LIMITS = 'Limit                     Soft Limit           Hard Limit           Units     \nMax open files            310                  524288               files     \n';
const FILE_NR = '9901\t0\t9999\n';

describe('a node near a limit of its kernel', () => {
  let host: HostTree;
  beforeEach(() => (host = hostTree()));
  afterEach(() => host[Symbol.dispose]());

  const near = (subject: string, limit: string, reason = 'ThreadsNearLimit'): Verdict => problem(reason, subject, `${subject}: more than 90% of ${limit}`);
  const cases: readonly { readonly name: string; readonly check: Check<HostSettings>; readonly spoil: () => void; readonly want: readonly Verdict[] }[] = [
    { name: 'threads against pid_max', check: threads, spoil: () => host.write('proc/loadavg', LOADAVG), want: [near('threads of the node', 'kernel.pid_max (32768)'), healthy] },
    {
      name: 'threads against threads-max, where pid_max of the host is not visible (6.14 and later, another PID namespace)',
      check: threads,
      spoil() {
        host.write('proc/loadavg', LOADAVG);
        host.write('proc/sys/kernel/threads-max', '31000\n');
        host.write('proc/self/status', 'PPid:\t0\nUid:\t0\t0\t0\t0\nFDSize:\t64\nNSpid:\t16815\t4\n');
      },
      want: [near('threads of the node', 'kernel.threads-max (31000)'), notApplicable('kernel.pid_max (needs hostPID since Linux 6.14)'), healthy],
    },
    {
      name: 'threads against pid_max before 6.14, in whichever PID namespace',
      check: threads,
      spoil() {
        host.write('proc/loadavg', LOADAVG);
        host.write('proc/sys/kernel/osrelease', '6.12.9\n');
        host.write('proc/self/status', 'PPid:\t0\nUid:\t0\t0\t0\t0\nFDSize:\t64\nNSpid:\t16815\t4\n');
      },
      want: [near('threads of the node', 'kernel.pid_max (32768)'), healthy],
    },
    {
      name: 'threads of all Pods, cgroup v2 with the systemd driver',
      check: threads,
      spoil: () => host.write('sys/fs/cgroup/kubepods.slice/pids.current', '29000\n'),
      want: [healthy, near('threads of all Pods', 'pids.max of kubepods (32000)')],
    },
    {
      name: 'threads of all Pods, cgroup v1 with the cgroupfs driver',
      check: threads,
      spoil() {
        host.remove('sys/fs/cgroup/kubepods.slice');
        host.write('sys/fs/cgroup/pids/kubepods/pids.max', '1000\n');
        host.write('sys/fs/cgroup/pids/kubepods/pids.current', '901\n');
      },
      want: [healthy, near('threads of all Pods', 'pids.max of kubepods (1000)')],
    },
    { name: 'open files of the node', check: fileHandles, spoil: () => host.write('proc/sys/fs/file-nr', FILE_NR), want: [near('open files of the node', 'fs.file-max (9999)', 'FileHandlesNearLimit')] },
    {
      name: 'open files of a service, and not those of a Pod',
      check: openFiles,
      spoil() {
        const links = Array.from({ length: 300 }, (_, index) => `socket:[${index}]`);
        addProcess(host, 70, { limits: LIMITS, cgroup: '0::/system.slice/leaky.service\n', comm: 'leaky\u0007\n' }, links);
        addProcess(host, 71, { limits: LIMITS, cgroup: '0::/kubepods.slice/kubepods-pod1.slice/cri-1.scope\n', comm: 'app\n' }, links);
      },
      want: [near('open files of leaky?', 'its soft limit (310)', 'FileHandlesNearLimit')],
    },
    {
      name: 'open files of a service, beside a process of which nothing can be understood',
      check: openFiles,
      spoil() {
        const links = Array.from({ length: 300 }, (_, index) => `socket:[${index}]`);
        addProcess(host, 70, { limits: LIMITS, cgroup: '0::/system.slice/leaky.service\n', comm: 'leaky\n' }, links);
        addProcess(host, 71, { limits: LIMITS, cgroup: 'garbage\n', comm: 'app\n' }, links);
      },
      want: [
        near('open files of leaky', 'its soft limit (310)', 'FileHandlesNearLimit'),
        { kind: 'unknown', subject: 'open files of processes', message: '/proc/71/cgroup:1: expected "<n>:<controllers>:/<path>", got "garbage"' },
      ],
    },
    { name: 'tracked connections', check: conntrack, spoil: () => host.write('proc/1/net/stat/nf_conntrack', NF_CONNTRACK), want: [near('tracked connections', 'net.netfilter.nf_conntrack_max (262144)', 'ConntrackNearLimit')] },
    {
      name: 'tracked connections, with hostNetwork on a kernel that does not tell them by process',
      check: conntrack,
      spoil() {
        host.remove('proc/1/net/stat/nf_conntrack');
        host.write('proc/sys/net/netfilter/nf_conntrack_count', '262000\n');
      },
      want: [near('tracked connections', 'net.netfilter.nf_conntrack_max (262144)', 'ConntrackNearLimit')],
    },
    {
      name: 'IPv6 neighbours',
      check: neighbours,
      spoil: () => host.write('proc/1/net/stat/ndisc_cache', neighbourTable('000003f0')),
      want: [healthy, near('IPv6 neighbour table', 'net.ipv6.neigh.default.gc_thresh3 (1024)', 'NeighbourTableNearLimit')],
    },
    {
      name: 'inotify instances of a user',
      check: inotify,
      spoil() {
        host.write('proc/sys/fs/inotify/max_user_instances', '10\n');
        const links = Array.from({ length: 10 }, () => 'anon_inode:inotify');
        addProcess(host, 70, { status: 'PPid:\t9\nUid:\t33\t33\t33\t33\nFDSize:\t64\n' }, links);
        for (const index of links.keys()) host.write(`proc/70/fdinfo/${index}`, 'pos:\t0\ninotify wd:1 ino:1\n');
      },
      want: [near('inotify instances of uid 33', 'fs.inotify.max_user_instances (10)', 'InotifyNearLimit')],
    },
    {
      name: 'inotify instances of a user, beside a process of which nothing can be understood',
      check: inotify,
      spoil() {
        host.write('proc/sys/fs/inotify/max_user_instances', '10\n');
        const links = Array.from({ length: 10 }, () => 'anon_inode:inotify');
        for (const [pid, status] of [[70, 'PPid:\t9\nUid:\t33\t33\t33\t33\nFDSize:\t64\n'], [71, 'garbage\n']] as const) {
          addProcess(host, pid, { status }, links);
          for (const index of links.keys()) host.write(`proc/${pid}/fdinfo/${index}`, 'pos:\t0\ninotify wd:1 ino:1\n');
        }
      },
      want: [
        near('inotify instances of uid 33', 'fs.inotify.max_user_instances (10)', 'InotifyNearLimit'),
        { kind: 'unknown', subject: 'inotify', message: '/proc/71/status: expected a line "PPid:" with 1 or more numbers, got "garbage\\n"' },
      ],
    },
  ];
  for (const { name, check, spoil, want } of cases) {
    it(name, async () => {
      spoil();
      assert.deepEqual(await look(check, host), want);
    });
  }
});

describe('what a node has not got, or hides', () => {
  let host: HostTree;
  beforeEach(() => (host = hostTree()));
  afterEach(() => host[Symbol.dispose]());

  const cases: readonly { readonly name: string; readonly check: Check<HostSettings>; readonly spoil: () => void; readonly want: readonly Verdict[] }[] = [
    { name: 'Pods without a limit of PIDs are bound by the node', check: threads, spoil: () => host.write('sys/fs/cgroup/kubepods.slice/pids.max', 'max\n'), want: [healthy] },
    { name: 'a node without kubelet has no Pods', check: threads, spoil: () => host.remove('sys/fs/cgroup'), want: [healthy] },
    { name: 'nf_conntrack may not be loaded', check: conntrack, spoil: () => host.remove('proc/sys/net/netfilter'), want: [notApplicable('tracked connections (nf_conntrack is not loaded)')] },
    {
      name: 'nf_conntrack may have no file of numbers, and what another network namespace counts is not the host\'s', check: conntrack,
      spoil() {
        host.remove('proc/1/net/stat/nf_conntrack');
        host.remove('proc/sys/net/ipv4');
        host.write('proc/sys/net/netfilter/nf_conntrack_count', '262000\n');
      },
      want: [notApplicable('tracked connections (no /proc/1/net/stat/nf_conntrack: needs hostNetwork)')],
    },
    {
      name: 'limits of neighbours are only visible in the first network namespace', check: neighbours, spoil: () => (host.remove('proc/sys/net/ipv4'), host.remove('proc/sys/net/ipv6')),
      want: [
        healthy, notApplicable('ARP table but for overflow (gc_thresh3 needs hostNetwork)'),
        healthy, notApplicable('IPv6 neighbour table but for overflow (gc_thresh3 needs hostNetwork)'),
      ],
    },
    { name: 'IPv6 may be off', check: neighbours, spoil: () => host.remove('proc/1/net/stat/ndisc_cache'), want: [healthy, notApplicable('IPv6 neighbour table (no /proc/1/net/stat/ndisc_cache)')] },
    { name: 'processes may be hidden', check: openFiles, spoil: () => host.remove('proc/1/fd'), want: [notApplicable('open files of processes (no /proc/1/fd: hidepid, or no /proc)')] },
    { name: 'processes may be hidden, and so what they watch', check: inotify, spoil: () => host.remove('proc/1/fd'), want: [notApplicable('inotify (no /proc/1/fd: hidepid, or no /proc)')] },
    { name: 'a kernel may have no inotify', check: inotify, spoil: () => host.remove('proc/sys/fs/inotify'), want: [notApplicable('inotify (this kernel has none)')] },
  ];
  for (const { name, check, spoil, want } of cases) {
    it(name, async () => {
      spoil();
      assert.deepEqual(await look(check, host), want);
    });
  }

  it('what does not apply is said in fewer than 100 characters', () => {
    for (const { want } of cases) for (const verdict of want) if ('message' in verdict) assert.isBelow(verdict.message.length, 100);
  });
});

/** A file, how it looks on a sick node, and the check that reads it. */
const SICK: readonly { readonly file: string; readonly check: Check<HostSettings>; readonly text: string }[] = [
  { file: 'proc/loadavg', check: threads, text: LOADAVG },
  { file: 'proc/sys/kernel/threads-max', check: threads, text: '10\n' },
  { file: 'proc/sys/kernel/pid_max', check: threads, text: '10\n' },
  { file: 'sys/fs/cgroup/kubepods.slice/pids.max', check: threads, text: '10\n' },
  { file: 'sys/fs/cgroup/kubepods.slice/pids.current', check: threads, text: '31000\n' },
  { file: 'proc/sys/fs/file-nr', check: fileHandles, text: FILE_NR },
  { file: 'proc/1/net/stat/nf_conntrack', check: conntrack, text: NF_CONNTRACK },
  { file: 'proc/sys/net/netfilter/nf_conntrack_max', check: conntrack, text: '10\n' },
  { file: 'proc/1/net/stat/arp_cache', check: neighbours, text: neighbourTable('000007f0') },
  { file: 'proc/1/net/stat/ndisc_cache', check: neighbours, text: neighbourTable('000007f0') },
  { file: 'proc/sys/net/ipv4/neigh/default/gc_thresh3', check: neighbours, text: '10\n' },
  { file: 'proc/sys/fs/inotify/max_user_watches', check: inotify, text: '1\n' },
];

describe('a file that tells that a limit is near', () => {
  const isSickOrUnknown = (verdicts: readonly Verdict[]): boolean => verdicts.some(({ kind }) => kind === 'problem' || kind === 'unknown');
  let host: HostTree;
  beforeEach(() => (host = hostTree()));
  afterEach(() => host[Symbol.dispose]());

  for (const { file, check, text } of SICK) {
    it(`${file}: whole, it tells so`, async () => {
      host.write(file, text);
      assert.isTrue((await look(check, host)).some(({ kind }) => kind === 'problem'));
    });

    it(`${file}: cut anywhere, it never comes out healthy`, async () => {
      for (let end = 0; end < text.length; end++) {
        host.write(file, text.slice(0, end));
        assert.isTrue(isSickOrUnknown(await look(check, host)), `cut at ${end}`);
      }
    });

    it(`${file}: with a piece replaced by garbage, it never comes out healthy`, async () => {
      // Line ends alone are none: in place of the last digits they make another whole number.
      const garbage = fc.uint8Array({ minLength: 1, maxLength: 40 }).map((bytes) => Buffer.from(bytes).toString('latin1').replaceAll(/[0-9]/g, 'x')).filter((junk) => /[^\n]/.test(junk));
      await fc.assert(
        fc.asyncProperty(fc.nat(text.length - 1), fc.nat(60), garbage, async (at, length, junk) => {
          host.write(file, text.slice(0, at) + junk + text.slice(at + length));
          assert.isTrue(isSickOrUnknown(await look(check, host)), `at ${at}`);
        }),
        { numRuns: 200 },
      );
    });
  }
});
