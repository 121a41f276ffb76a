import { assert } from 'chai';
import { chmodSync, statfsSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { say } from '../../support/command-line.ts';
import { assertGolden } from '../../support/golden.ts';
import { neighbourTable } from '../../support/host-tree-limits.ts';
import { type HostTree, hostTree } from '../../support/host-tree.ts';

interface Case {
  /** Of the golden file. */
  readonly name: string;
  readonly code: 0 | 1 | 2;
  readonly spoil?: (host: HostTree) => void;
  readonly settings?: Readonly<Record<string, unknown>>;
}

const STALLED = 'some avg10=60.00 avg60=55.10 avg300=12.00 total=9000000\nfull avg10=40.00 avg60=31.25 avg300=8.00 total=7000000\n';
const EVERYTHING = { diskAvailableMinPercent: 100, diskAvailableEnoughBytes: '1Pi' };

function withoutPressure(host: HostTree): void {
  host.remove('proc/pressure');
  host.remove('sys/fs/cgroup');
}

/** As on a host with cgroup v1. */
function onNode(host: HostTree, resource: 'cpu' | 'io', somePercent: number, fullPercent: number): void {
  host.remove('sys/fs/cgroup');
  host.setPressure('node', resource, somePercent, fullPercent);
}

const CASES: readonly Case[] = [
  { name: 'healthy', code: 0 },
  { name: 'disk-space-low', code: 1, settings: EVERYTHING },
  { name: 'inodes-low', code: 1, settings: { diskInodesFreeMinPercent: 100 } },
  { name: 'memory-low', code: 1, spoil: (host) => host.setAvailableKb(409_600) },
  { name: 'memory-stalled', code: 1, spoil: (host) => host.write('proc/pressure/memory', STALLED) },
  { name: 'everything-low', code: 1, settings: EVERYTHING, spoil: (host) => (host.setAvailableKb(1_000), host.write('proc/pressure/memory', STALLED)) },
  { name: 'no-psi', code: 0, spoil: withoutPressure },
  { name: 'old-kernel', code: 0, spoil: (host) => (withoutPressure(host), host.write('proc/vmstat', 'nr_free_pages 4000000\npgmajfault 12\n')) },
  { name: 'no-disk', code: 0, spoil: (host) => host.write('proc/1/mountinfo', '27 1 0:26 / / rw - tmpfs tmpfs rw\n') },
  { name: 'meminfo-absent', code: 2, spoil: (host) => host.remove('proc/meminfo') },
  { name: 'meminfo-garbage', code: 2, spoil: (host) => host.write('proc/meminfo', 'MemTotal: many kB\n') },
  { name: 'meminfo-truncated', code: 2, spoil: (host) => host.write('proc/meminfo', 'MemTotal:       16384000 kB\nMemFree:         8192000 kB\nMemAvailable:   120') },
  { name: 'pressure-garbage', code: 2, spoil: (host) => host.write('proc/pressure/memory', 'some avg10=x\n') },
  { name: 'pressure-truncated', code: 2, spoil: (host) => host.write('proc/pressure/memory', STALLED.slice(0, STALLED.indexOf('full'))) },
  { name: 'vmstat-absent', code: 2, spoil: (host) => host.remove('proc/vmstat') },
  { name: 'vmstat-truncated', code: 2, spoil: (host) => host.write('proc/vmstat', 'nr_free_pages 4000000\npgmajfault 12\noom_k') },
  { name: 'mountinfo-absent', code: 2, spoil: (host) => host.remove('proc/1') },
  { name: 'mountinfo-garbage', code: 2, spoil: (host) => host.write('proc/1/mountinfo', 'rootfs / ext4\n') },
  { name: 'mount-elsewhere', code: 2, spoil: (host) => host.write('proc/1/mountinfo', '27 1 8:1 / / rw - ext4 /dev/sda1 rw\n') },
  { name: 'meminfo-is-a-folder', code: 2, spoil: (host) => (host.remove('proc/meminfo'), host.write('proc/meminfo/x', '')) },
  { name: 'filesystem-read-only', code: 1, spoil: (host) => host.setRootOptions('rw', 'ro,errors=remount-ro') },
  { name: 'filesystem-emergency', code: 1, spoil: (host) => host.setRootOptions('rw', 'rw,errors=remount-ro,emergency_ro') },
  { name: 'filesystem-shut-down', code: 1, spoil: (host) => host.setRootOptions('rw', 'rw,shutdown') },
  { name: 'filesystem-read-only-on-purpose', code: 0, spoil: (host) => host.setRootOptions('ro', 'ro') },
  { name: 'filesystem-errors', code: 1, spoil: (host) => host.setExt4Errors(2, host.bootTimeSeconds + 3_600) },
  { name: 'filesystem-errors-of-old', code: 0, spoil: (host) => host.setExt4Errors(2, host.bootTimeSeconds - 3_600) },
  { name: 'filesystem-errors-garbage', code: 2, spoil: (host) => host.write('sys/fs/ext4/vda/errors_count', '1') },
  { name: 'no-ext4-counters', code: 0, spoil: (host) => host.remove('sys/fs/ext4') },
  { name: 'io-stalled', code: 1, spoil: (host) => host.setPressure('services', 'io', 90, 64) },
  { name: 'io-stalled-node', code: 1, spoil: (host) => onNode(host, 'io', 99, 97) },
  { name: 'io-busy', code: 0, spoil: (host) => onNode(host, 'io', 99, 85) },
  { name: 'io-pressure-truncated', code: 2, spoil: (host) => host.write('sys/fs/cgroup/system.slice/io.pressure', STALLED.slice(0, STALLED.indexOf('full'))) },
  { name: 'cpu-stalled', code: 1, spoil: (host) => (host.setPressure('services', 'cpu', 95, 60), host.setLoad(14)) },
  { name: 'cpu-stalled-node', code: 1, spoil: (host) => (onNode(host, 'cpu', 99, 0), host.setLoad(14)) },
  { name: 'cpu-busy', code: 0, spoil: (host) => (host.setPressure('node', 'cpu', 99, 0), host.setPressure('services', 'cpu', 52, 20), host.setLoad(14)) },
  { name: 'cpu-quota', code: 0, spoil: (host) => (onNode(host, 'cpu', 99, 0), host.setLoad(0.5)) },
  { name: 'loadavg-garbage', code: 2, spoil: (host) => host.write('proc/loadavg', 'low\n') },
  { name: 'cpu-throttled', code: 1, spoil: (host) => host.setThrottledMs(20_000_000) },
  { name: 'cpu-throttle-garbage', code: 2, spoil: (host) => host.write('sys/devices/system/cpu/cpu1/thermal_throttle/package_throttle_total_time_ms', '70') },
  { name: 'no-thermal-throttle', code: 0, spoil: (host) => (host.remove('sys/devices/system/cpu/cpu0'), host.remove('sys/devices/system/cpu/cpu1')) },
  { name: 'threads-near-limit', code: 1, spoil: (host) => host.write('proc/loadavg', '0.21 0.37 0.39 1/29500 32000\n') },
  { name: 'pod-threads-near-limit', code: 1, spoil: (host) => host.write('sys/fs/cgroup/kubepods.slice/pids.current', '28801\n') },
  { name: 'file-handles-near-limit', code: 1, spoil: (host) => host.write('proc/sys/fs/file-nr', '901\t0\t1000\n') },
  { name: 'conntrack-near-limit', code: 1, spoil: (host) => host.write('proc/sys/net/netfilter/nf_conntrack_max', '1300\n') },
  { name: 'inotify-near-limit', code: 1, spoil: (host) => host.write('proc/sys/fs/inotify/max_user_instances', '1\n') },
  { name: 'neighbours-near-limit', code: 1, spoil: (host) => host.write('proc/1/net/stat/arp_cache', neighbourTable('000003f0')) },
  { name: 'kernel-limits-in-a-container', code: 0, spoil: (host) => (host.write('proc/self/status', 'PPid:\t0\nUid:\t0\t0\t0\t0\nFDSize:\t64\nNSpid:\t4711\t1\n'), host.remove('proc/sys/net/ipv4'), host.remove('proc/sys/net/ipv6'), host.remove('proc/1/fd')) },
  { name: 'conntrack-truncated', code: 2, spoil: (host) => host.write('proc/1/net/stat/nf_conntrack', 'entries  drop insert_failed invalid\n000004') },
  { name: 'problem-and-unknown', code: 1, spoil: (host) => (host.write('proc/pressure/memory', STALLED), host.remove('proc/meminfo')) },
];

/** What the host was asked for is a real file system: its numbers differ from machine to machine, nothing else does. */
function placeless(text: string, { root }: HostTree): string {
  return text
    .replaceAll(root, 'ROOT')
    .replaceAll(/"transitionMs": \d+/g, '"transitionMs": 0')
    .replaceAll(/("name": "(?:disk|inodes)_(?:total|available|free)",\s+"subject": "\/",\s+"value": )\d+/g, '$10')
    .replaceAll(/("subject": "\/",\s+"message": "[^"]+",\s+"isUrgent": )(?:true|false)/g, '$1"as it may be"')
    .replaceAll(/leads to device \d+:\d+/g, 'leads to device 0:0');
}

/** Of one card, which the tree has. */
const BOND = `Ethernet Channel Bonding Driver: v6.8.0

Bonding Mode: fault-tolerance (active-backup)
Currently Active Slave: eth0
MII Status: up
MII Polling Interval (ms): 100

Slave Interface: eth0
MII Status: up
Link Failure Count: 0
Permanent HW addr: 02:00:00:00:01:02
Slave queue ID: 0
`;

describe('check host-inspector --json', () => {
  for (const { name, code, spoil, settings } of CASES) {
    it(`${name}: exit code ${code}, and what reviewers have seen`, async function () {
      // btrfs makes inodes as it needs them.
      if (name === 'inodes-low' && statfsSync(tmpdir()).files === 0) this.skip();
      using host = hostTree();
      spoil?.(host);
      const config = join(host.root, 'config.json');
      writeFileSync(config, JSON.stringify({ 'host-inspector': settings ?? {} }));
      const said = await say(['check', 'host-inspector', '--json', '--host-root', host.root, '--config', config]);
      assert.deepEqual([said.stderr, said.code], ['', code]);
      assertGolden(`host-inspector/${name}.json`, placeless(said.stdout, host));
    });
  }

  it('names what it may not read', async function () {
    if (process.getuid?.() === 0) this.skip();
    using host = hostTree();
    chmodSync(join(host.root, 'proc/meminfo'), 0);
    const { code, stdout } = await say(['check', 'host-inspector', '--host-root', host.root]);
    assert.equal(code, 2);
    assert.include(stdout, `/proc/meminfo (as ${host.root}/proc/meminfo): permission denied`);
  });

  it('gives a number and its source for everything that was judged', async () => {
    using host = hostTree();
    host.write('proc/1/net/bonding/bond0', BOND);
    const { stdout } = await say(['check', 'host-inspector', '--json', '--host-root', host.root]);
    const { checks } = JSON.parse(stdout) as { checks: { name: string; readings: { name: string; value: number; unit: string; source: string }[] }[] };
    for (const { name, readings } of checks) {
      assert.isNotEmpty(readings, name);
      for (const reading of readings) assert.match(reading.source, /^(?:\/proc\/|\/sys\/|\/etc\/|\/var\/|\/run\/|\/lib\/|statfs \/|npd-[a-z-]+\.sock$|settings$)/, `${name}: ${reading.name}`);
    }
  });
});
