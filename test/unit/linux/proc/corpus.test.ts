import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { assert } from 'chai';
import { countPermanentArp } from '../../../../plugins/linux/proc/arp.ts';
import { parseFileNr } from '../../../../plugins/linux/proc/file-nr.ts';
import { parseLoadavg } from '../../../../plugins/linux/proc/loadavg.ts';
import { type MdArray, parseMdstat } from '../../../../plugins/linux/proc/mdstat.ts';
import { parseMeminfo } from '../../../../plugins/linux/proc/meminfo.ts';
import { parseMountinfo } from '../../../../plugins/linux/proc/mountinfo.ts';
import { parseNetStat } from '../../../../plugins/linux/proc/net-stat.ts';
import { parsePressure } from '../../../../plugins/linux/proc/pressure.ts';
import { parseOsRelease } from '../../../../plugins/linux/etc/os-release.ts';
import { parseSwaps } from '../../../../plugins/linux/proc/swaps.ts';
import { type CpuTicks, parseStat } from '../../../../plugins/linux/proc/stat.ts';
import { parseNumberFile } from '../../../../plugins/linux/proc/sysctl.ts';
import { parseVmstat } from '../../../../plugins/linux/proc/vmstat.ts';
import { readText, valueOrThrow } from '../../../../plugins/linux/read.ts';
import { parseThrottleNumber } from '../../../../plugins/linux/sys/cpu-throttle.ts';

/** Files of /proc, and what node_exporter publishes of them in its own end-to-end test. */
const CORPUS = join(import.meta.dirname, '../../../../../shared/corpus/host/prometheus-node_exporter');
const VSPHERE = '/var/lib/kubelet/plugins/kubernetes.io/vsphere-volume/mounts/[vsanDatastore]';
const CLAIM = 'bafb9e5a-8856-7e6c-699c-801844e77a4a/kubernetes-dynamic-pvc-3eba5bba-48a3-11e8-89ab-005056b92113.vmdk';
const DISKS = [
  ['/', '259:2', 'ext4'],
  ['/boot', '260:3', 'ext2'],
  [`${VSPHERE} ${CLAIM}`, '260:0', 'ext4'],
  [`${VSPHERE}\t${CLAIM}`, '260:0', 'ext4'],
  ['/var/lib/containers/storage/overlay', '253:0', 'xfs'],
];
const isPresent = existsSync(join(CORPUS, 'e2e-output.txt'));

const read = (path: string) => valueOrThrow(readText(CORPUS, path));
const published = (): ReadonlyMap<string, number> =>
  new Map(
    readFileSync(join(CORPUS, 'e2e-output.txt'), 'utf8')
      .split('\n')
      .filter((line) => line.startsWith('node_'))
      .map((line) => {
        const blank = line.lastIndexOf(' ');
        return [line.slice(0, blank), Number(line.slice(blank + 1))] as const;
      }),
  );

describe(isPresent ? 'node_exporter' : 'node_exporter (skipped: ../shared/corpus is not there)', () => {
  before(function () {
    if (!isPresent) this.skip();
  });

  it('publishes the same memory', () => {
    const metrics = published();
    const want = (name: string) => metrics.get(`node_memory_${name}_bytes`);
    assert.deepEqual(parseMeminfo(read('proc/meminfo')), {
      totalBytes: want('MemTotal') ?? Number.NaN,
      freeBytes: want('MemFree') ?? Number.NaN,
      availableBytes: want('MemAvailable'),
      buffersBytes: want('Buffers') ?? Number.NaN,
      cachedBytes: want('Cached') ?? Number.NaN,
      swapTotalBytes: want('SwapTotal') ?? Number.NaN,
      swapFreeBytes: want('SwapFree') ?? Number.NaN,
      shmemBytes: want('Shmem'),
      slabReclaimableBytes: want('SReclaimable'),
      slabUnreclaimableBytes: want('SUnreclaim'),
      dirtyBytes: want('Dirty'),
      committedBytes: want('Committed_AS'),
      commitLimitBytes: want('CommitLimit'),
      hardwareCorruptedBytes: want('HardwareCorrupted'),
    });
  });

  it('publishes the same arrays of disks', () => {
    const metrics = published();
    const arrays = parseMdstat(read('proc/mdstat'));
    const names = [...metrics.keys()].flatMap((metric) => /^node_md_blocks\{device="(\w+)"\}$/.exec(metric)?.[1] ?? []);
    assert.sameMembers(arrays.map(({ name }) => name), names);
    for (const { name, blocks, disks, failed, spare, isActive, action } of arrays) {
      const want = (metric: string, label = '') => metrics.get(`node_md_${metric}{device="${name}"${label}}`);
      assert.equal(blocks, want('blocks'), name);
      assert.equal(failed.length, want('disks', ',state="failed"'), name);
      assert.equal(spare.length, want('disks', ',state="spare"'), name);
      if (disks !== undefined && isActive) assert.deepEqual([disks.wanted, disks.working], [want('disks_required'), want('disks', ',state="active"')], name);
      const states: Readonly<Record<string, string>> = { recovery: 'recovering', check: 'check', resync: 'resync' } satisfies Partial<Record<NonNullable<MdArray['action']>, string>>;
      const state = !isActive ? 'inactive' : action === undefined ? 'active' : states[action];
      assert.equal(want('state', `,state="${state}"`), 1, name);
    }
  });

  it('publishes the same name of the system, and has swap that is told', () => {
    const values = parseOsRelease(read('usr/lib/os-release'));
    const [, told = ''] = /^node_os_info\{(.*)\} 1$/m.exec(readFileSync(join(CORPUS, 'e2e-output.txt'), 'utf8')) ?? [];
    const wanted = new Map([...told.matchAll(/(\w+)="([^"]*)"/g)].map(([, name = '', value = '']) => [name.toUpperCase(), value]));
    for (const name of ['ID', 'ID_LIKE', 'NAME', 'PRETTY_NAME', 'VERSION', 'VERSION_CODENAME', 'VERSION_ID']) assert.equal(values.get(name), wanted.get(name), name);
    assert.deepEqual(parseSwaps(read('proc/swaps')).map(({ path, kind }) => [path, kind]), [['/dev/zram0', 'partition']]);
  });

  it('publishes the same pressure', () => {
    const metrics = published();
    for (const resource of ['cpu', 'memory', 'io', 'irq'] as const) {
      // Their recording of irq lost the newline that the kernel writes.
      const { some, full } = parsePressure(`${read(`proc/pressure/${resource}`).trimEnd()}\n`, resource);
      const seconds = (name: string) => metrics.get(`node_pressure_${resource}_${name}_seconds_total`);
      if (resource !== 'irq') assert.closeTo(Number(some?.totalUs) / 1e6, seconds('waiting') ?? Number.NaN, 1e-6, resource);
      if (resource !== 'cpu') assert.closeTo(Number(full?.totalUs) / 1e6, seconds('stalled') ?? Number.NaN, 1e-6, resource);
    }
  });

  it('publishes the same counters of vmstat', () => {
    const metrics = published();
    const { oomKills, majorFaults, swappedInPages, swappedOutPages } = parseVmstat(read('proc/vmstat'));
    assert.deepEqual([oomKills, majorFaults, swappedInPages, swappedOutPages].map(Number), [
      metrics.get('node_vmstat_oom_kill') ?? Number.NaN,
      metrics.get('node_vmstat_pgmajfault') ?? Number.NaN,
      metrics.get('node_vmstat_pswpin') ?? Number.NaN,
      metrics.get('node_vmstat_pswpout') ?? Number.NaN,
    ]);
  });

  it('publishes the same CPU times, boot time and numbers of processes', () => {
    const metrics = published();
    const { cpus, bootTimeSeconds, forks, runnableTasks, blockedTasks } = parseStat(read('proc/stat'));
    const modes = { user: 'userTicks', nice: 'niceTicks', system: 'systemTicks', idle: 'idleTicks', iowait: 'iowaitTicks', irq: 'irqTicks', softirq: 'softirqTicks', steal: 'stealTicks' } as const satisfies Record<string, keyof CpuTicks>;
    assert.equal(cpus.length, 8);
    for (const { cpu, ...ticks } of cpus) {
      for (const [mode, field] of Object.entries(modes)) {
        assert.equal(ticks[field] / 100, metrics.get(`node_cpu_seconds_total{cpu="${cpu}",mode="${mode}"}`), `${cpu} ${mode}`);
      }
    }
    assert.deepEqual([bootTimeSeconds, forks, runnableTasks, blockedTasks], [
      metrics.get('node_boot_time_seconds'),
      metrics.get('node_forks_total'),
      metrics.get('node_procs_running'),
      metrics.get('node_procs_blocked'),
    ]);
  });

  it('publishes the same counts of throttled CPUs', () => {
    const metrics = published();
    for (const cpu of [0, 1]) {
      const count = (level: string) => {
        const file = `sys/devices/system/cpu/cpu${cpu}/thermal_throttle/${level}_throttle_count`;
        return parseThrottleNumber(read(file), file);
      };
      assert.equal(count('core'), metrics.get(`node_cpu_core_throttles_total{core="${cpu}",package="0"}`));
      assert.equal(count('package'), metrics.get('node_cpu_package_throttles_total{package="0"}'));
    }
  });

  it('publishes the same limits of the kernel, and what is counted against them', () => {
    const metrics = published();
    const want = (name: string): number => metrics.get(`node_${name}`) ?? Number.NaN;
    const { load1, load5, load15, threads } = parseLoadavg(read('proc/loadavg'));
    assert.deepEqual([load1, load5, load15], [want('load1'), want('load5'), want('load15')]);
    // Theirs is the number of threads in the folders of processes, of which three were recorded.
    assert.equal(threads, 719);
    const { allocated, max } = parseFileNr(read('proc/sys/fs/file-nr'));
    assert.deepEqual([Number(allocated), Number(max)], [want('filefd_allocated'), want('filefd_maximum')]);
    // Their recording of threads-max lost the newline that the kernel writes.
    const numbers = ['net/netfilter/nf_conntrack_max', 'kernel/threads-max', 'kernel/pid_max'].map((name) => parseNumberFile(`${read(`proc/sys/${name}`).trimEnd()}\n`, name));
    assert.deepEqual(numbers, [want('nf_conntrack_entries_limit'), want('processes_max_threads'), want('processes_max_processes')]);
    assert.equal(countPermanentArp(read('proc/net/arp'), 'arp'), 0);
  });

  it('publishes the same tables of connections and neighbours', () => {
    const metrics = [...published()];
    for (const subsystem of ['nf_conntrack', 'arp_cache', 'ndisc_cache']) {
      const stat = parseNetStat(read(`proc/net/stat/${subsystem}`), subsystem);
      const columns = Map.groupBy(
        metrics.flatMap(([name, value]) => {
          const [, column] = new RegExp(`^node_lnstat_(\\w+)_total\\{cpu="\\d+",subsystem="${subsystem}"\\}$`).exec(name) ?? [];
          return column === undefined ? [] : [{ column, value }];
        }),
        ({ column }) => column,
      );
      assert.isAtLeast(columns.size, 12, subsystem);
      for (const [column, rows] of columns) {
        const values = rows.map(({ value }) => value);
        const ours = column === 'entries' ? stat.entries * values.length : Number(stat.sum(column));
        assert.equal(ours, values.reduce((sum, value) => sum + value, 0), `${subsystem} ${column}`);
      }
    }
  });

  it('records the mount tables of real processes, and one line that no kernel writes', () => {
    const mounts = parseMountinfo(read('proc/1/mountinfo'));
    assert.equal(mounts.length, 32);
    const disks = mounts.filter(({ source }) => source.startsWith('/dev/'));
    assert.deepEqual(disks.map(({ mountPoint, device, fsType }) => [mountPoint, `${device.major}:${device.minor}`, fsType]), DISKS);
    assert.throws(() => parseMountinfo(read('proc/10/mountinfo')), /mountinfo:1: expected "<6\+ fields> - <3 fields>", got "1 1 0:5 \/ {2}/);
  });
});
