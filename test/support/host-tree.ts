import { mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

/** A healthy host as a folder: the files that host-inspector reads, on the real file system that the folder lies on. */
export interface HostTree extends Disposable {
  readonly root: string;
  /** Writes one file of it, e.g. `proc/meminfo`. */
  readonly write: (path: string, text: string) => void;
  readonly remove: (path: string) => void;
  readonly setOomKills: (count: number) => void;
  readonly setAvailableKb: (kilobytes: number) => void;
}

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
      `MemTotal:       16384000 kB\nMemFree:         8192000 kB\nMemAvailable:   ${kilobytes} kB\nBuffers:          1024 kB\nCached:           1024 kB\nSwapTotal:             0 kB\nSwapFree:              0 kB\n`,
    );
  write('proc/1/mountinfo', `27 1 ${deviceOf(root)} / / rw,relatime - ext4 /dev/vda rw\n`);
  write('proc/pressure/memory', `some avg10=0.00 avg60=0.00 avg300=0.00 total=0\nfull avg10=0.00 avg60=0.00 avg300=0.00 total=0\n`);
  write('proc/sys/kernel/random/boot_id', `${BOOT_ID}\n`);
  write('etc/hostname', 'worker-1\n');
  setOomKills(0);
  setAvailableKb(12_000_000);
  return {
    root,
    write,
    remove: (path) => rmSync(join(root, path), { recursive: true, force: true }),
    setOomKills,
    setAvailableKb,
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
