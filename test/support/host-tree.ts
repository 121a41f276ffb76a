import { mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { writeDisks } from './host-tree-disks.ts';
import { writeCertificates } from './host-tree-certificates.ts';
import { writeHardware } from './host-tree-hardware.ts';
import { writeLimits } from './host-tree-limits.ts';
import { writeServices } from './host-tree-services.ts';
import { writePorts } from './host-tree-ports.ts';
import { writeNetwork } from './host-tree-net.ts';
import { writeProcesses } from './host-tree-processes.ts';

/** A healthy host as a folder: the files that host-inspector reads, on the real file system that the folder lies on. */
export interface HostTree extends Disposable {
  readonly root: string;
  /** Writes one file of it, e.g. `proc/meminfo`. */
  readonly write: (path: string, text: string) => void;
  readonly remove: (path: string) => void;
  readonly setOomKills: (count: number) => void;
  readonly setAvailableKb: (kilobytes: number) => void;
  /** What /proc/pressure says of all tasks, and control groups of the services of the node. */
  readonly setPressure: (of: 'node' | 'services', resource: 'cpu' | 'io', somePercent: number, fullPercent: number) => void;
  readonly setLoad: (load1: number) => void;
  /** Of the package that both CPUs of the tree lie in, since boot, as the first of them saw it. */
  readonly setThrottledMs: (milliseconds: number) => void;
  /** Flags of the mount at `/`, and of the ext4 that it shows. */
  readonly setRootOptions: (options: string, superOptions: string) => void;
  /** What that ext4 counts; the time in seconds since 1970. */
  readonly setExt4Errors: (count: number, lastErrorTimeSeconds: number) => void;
  readonly bootTimeSeconds: number;
}

/** When the host of the tree booted, a day before now. */
const BOOT_TIME_SECONDS = 1_795_000_000;

const BOOT_ID = '6f4a1c9e-0f4e-4c53-9d2f-0a6f2f1c7d11';

export function hostTree(): HostTree {
  const root = mkdtempSync(join(tmpdir(), 'npd-host-'));
  const write = (path: string, text: string): void => {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  };
  const setOomKills = (count: number): void => write('proc/vmstat', `nr_free_pages 4000000\npgmajfault 12\noom_kill ${count}\n`);
  const setAvailableKb = (kilobytes: number): void =>
    write(
      'proc/meminfo',
      `MemTotal:       16384000 kB\nMemFree:         8192000 kB\nMemAvailable:   ${kilobytes} kB\nBuffers:          1024 kB\nCached:           1024 kB\nSwapTotal:             0 kB\nSwapFree:              0 kB\nHardwareCorrupted:     0 kB\n`,
    );
  const device = deviceOf(root);
  const setRootOptions = (options: string, superOptions: string): void =>
    write('proc/1/mountinfo', `27 1 ${device} / / ${options},relatime - ext4 /dev/vda ${superOptions}\n`);
  const setExt4Errors = (count: number, lastErrorTimeSeconds: number): void => {
    write('sys/fs/ext4/vda/errors_count', `${count}\n`);
    write('sys/fs/ext4/vda/last_error_time', `${lastErrorTimeSeconds}\n`);
  };
  setRootOptions('rw', 'rw');
  setExt4Errors(0, 0);
  write(`sys/dev/block/${device}/uevent`, 'DEVNAME=vda\n');
  write('proc/pressure/memory', `some avg10=0.00 avg60=0.00 avg300=0.00 total=0\nfull avg10=0.00 avg60=0.00 avg300=0.00 total=0\n`);
  write('proc/sys/kernel/random/boot_id', `${BOOT_ID}\n`);
  write('proc/stat', `cpu  1 0 1 9 0 0 0 0 0 0\nbtime ${BOOT_TIME_SECONDS}\nprocesses 9\nprocs_running 1\nprocs_blocked 0\n`);
  write('proc/uptime', '86400.00 86000.00\n');
  write('etc/hostname', 'worker-1\n');
  // A machine without PCI has other buses.
  write('sys/bus/cpu/drivers_autoprobe', '1\n');
  writeLimits(root, write);
  writeDisks(write);
  writeServices(write);
  writeHardware(write);
  writeProcesses(write);
  writeCertificates(root, write);
  writePorts(write);
  writeNetwork(root, write);
  writeHardware(write);
  const setPressure: HostTree['setPressure'] = (of, resource, somePercent, fullPercent) => {
    const [some, full] = [somePercent.toFixed(2), fullPercent.toFixed(2)];
    const path = of === 'node' ? `proc/pressure/${resource}` : `sys/fs/cgroup/system.slice/${resource}.pressure`;
    write(path, `some avg10=${some} avg60=${some} avg300=0.00 total=9\nfull avg10=${full} avg60=${full} avg300=0.00 total=8\n`);
  };
  const setLoad = (load1: number): void => write('proc/loadavg', `${load1.toFixed(2)} 0.37 0.39 1/719 19737\n`);
  const setThrottledMs = (milliseconds: number): void => write('sys/devices/system/cpu/cpu0/thermal_throttle/package_throttle_total_time_ms', `${milliseconds}\n`);
  for (const cpu of [0, 1]) {
    const folder = `sys/devices/system/cpu/cpu${cpu}`;
    const counters = { core_throttle_count: 0, core_throttle_total_time_ms: 0, package_throttle_count: 3, package_throttle_total_time_ms: 700 };
    write(`${folder}/topology/physical_package_id`, '0\n');
    for (const [name, value] of Object.entries(counters)) write(`${folder}/thermal_throttle/${name}`, `${value}\n`);
  }
  write('sys/devices/system/cpu/online', '0-1\n');
  for (const resource of ['cpu', 'io'] as const) {
    setPressure('node', resource, 0, 0);
    setPressure('services', resource, 0, 0);
  }
  setLoad(0.21);
  setOomKills(0);
  setAvailableKb(12_000_000);
  return {
    root,
    write,
    remove: (path) => rmSync(join(root, path), { recursive: true, force: true }),
    setOomKills,
    setAvailableKb,
    setPressure,
    setLoad,
    setThrottledMs,
    setRootOptions,
    setExt4Errors,
    bootTimeSeconds: BOOT_TIME_SECONDS,
    [Symbol.dispose]: () => rmSync(root, { recursive: true, force: true }),
  };
}

/** `major:minor` as mountinfo writes it, see makedev(3). */
function deviceOf(path: string): string {
  const dev = BigInt(statSync(path).dev);
  const major = ((dev >> 8n) & 0xfffn) | ((dev >> 32n) & 0xfffff000n);
  const minor = (dev & 0xffn) | ((dev >> 12n) & 0xffffff00n);
  return `${major}:${minor}`;
}
