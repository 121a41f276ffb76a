import { readFileSync } from 'node:fs';
import { assert } from 'chai';
import * as fc from 'fast-check';
import { ParseError } from '../../../../plugins/core/errors.ts';
import { parseDeviceNumber, parseRecords, parseSpace } from '../../../../plugins/linux/filesystem-answer.ts';
import { parseOsRelease } from '../../../../plugins/linux/etc/os-release.ts';
import { countPermanentArp } from '../../../../plugins/linux/proc/arp.ts';
import { parseBonding } from '../../../../plugins/linux/proc/bonding.ts';
import { parseBootId } from '../../../../plugins/linux/proc/boot-id.ts';
import { parseFileNr } from '../../../../plugins/linux/proc/file-nr.ts';
import { parseLoadavg } from '../../../../plugins/linux/proc/loadavg.ts';
import { parseMdstat } from '../../../../plugins/linux/proc/mdstat.ts';
import { parseMeminfo } from '../../../../plugins/linux/proc/meminfo.ts';
import { parseBuiltinModules, parseModules } from '../../../../plugins/linux/proc/modules.ts';
import { parseMountinfo } from '../../../../plugins/linux/proc/mountinfo.ts';
import { parseSocketLine } from '../../../../plugins/linux/proc/net-sockets.ts';
import { parseNetCounters } from '../../../../plugins/linux/proc/net-counters.ts';
import { parseNetDev } from '../../../../plugins/linux/proc/net-dev.ts';
import { parseNetStat } from '../../../../plugins/linux/proc/net-stat.ts';
import { parseOsrelease } from '../../../../plugins/linux/proc/osrelease.ts';
import { parsePidCgroup } from '../../../../plugins/linux/proc/pid-cgroup.ts';
import { parsePidLimits } from '../../../../plugins/linux/proc/pid-limits.ts';
import { parsePidStat, parsePidState } from '../../../../plugins/linux/proc/pid-stat.ts';
import { parsePidStatus } from '../../../../plugins/linux/proc/pid-status.ts';
import { parsePortRange } from '../../../../plugins/linux/proc/port-range.ts';
import { parsePressure } from '../../../../plugins/linux/proc/pressure.ts';
import { parseSockstat } from '../../../../plugins/linux/proc/sockstat.ts';
import { parseSoftnetStat } from '../../../../plugins/linux/proc/softnet-stat.ts';
import { parseSwaps } from '../../../../plugins/linux/proc/swaps.ts';
import { parseStat } from '../../../../plugins/linux/proc/stat.ts';
import { parseNumberFile } from '../../../../plugins/linux/proc/sysctl.ts';
import { parseUptimeMs } from '../../../../plugins/linux/proc/uptime.ts';
import { parseVmstat } from '../../../../plugins/linux/proc/vmstat.ts';
import { parseCpuList } from '../../../../plugins/linux/sys/cpu-list.ts';
import { parseThrottleNumber } from '../../../../plugins/linux/sys/cpu-throttle.ts';

const PRESSURE = 'some avg10=0.18 avg60=0.34 avg300=0.10 total=159886802\nfull avg10=0.18 avg60=0.34 avg300=0.10 total=159229614\n';

const BOND = 'Ethernet Channel Bonding Driver: v6\n\nBonding Mode: x\nMII Status: up\n\nSlave Interface: a\nMII Status: up\nLink Failure Count: 1\nPermanent HW addr: 02:00:00:00:00:11\nSlave queue ID: 0\n';

/** Whatever bytes a file may hold, as a read gives them. */
const anyText = (maxLength: number) => fc.uint8Array({ maxLength }).map((bytes) => Buffer.from(bytes).toString('utf8'));

/** Each parser with a text that it takes: of this machine where every Linux has one. */
const parsers: readonly { readonly name: string; readonly parse: (text: string) => unknown; readonly good: string }[] = [
  { name: 'mountinfo', parse: (text) => parseMountinfo(text), good: readFileSync('/proc/self/mountinfo', 'utf8') },
  { name: 'meminfo', parse: (text) => parseMeminfo(text), good: readFileSync('/proc/meminfo', 'utf8') },
  { name: 'mdstat', parse: (text) => parseMdstat(text), good: 'Personalities : [raid1] \nmd0 : active raid1 sdb1[1](F) sda1[0]\n      248896 blocks [2/1] [U_]\n      \nunused devices: <none>\n' },
  { name: 'vmstat', parse: (text) => parseVmstat(text), good: readFileSync('/proc/vmstat', 'utf8') },
  { name: 'stat', parse: (text) => parseStat(text), good: readFileSync('/proc/stat', 'utf8') },
  { name: 'boot_id', parse: (text) => parseBootId(text), good: readFileSync('/proc/sys/kernel/random/boot_id', 'utf8') },
  { name: '<pid>/stat', parse: (text) => parsePidStat(text, 'x'), good: readFileSync('/proc/self/stat', 'utf8') },
  { name: 'loadavg', parse: (text) => parseLoadavg(text), good: readFileSync('/proc/loadavg', 'utf8') },
  { name: 'file-nr', parse: (text) => parseFileNr(text), good: readFileSync('/proc/sys/fs/file-nr', 'utf8') },
  { name: 'osrelease', parse: (text) => parseOsrelease(text), good: readFileSync('/proc/sys/kernel/osrelease', 'utf8') },
  { name: 'pid_max', parse: (text) => parseNumberFile(text, 'x'), good: readFileSync('/proc/sys/kernel/pid_max', 'utf8') },
  { name: '<pid>/status', parse: (text) => parsePidStatus(text, 'x'), good: readFileSync('/proc/self/status', 'utf8') },
  { name: '<pid>/cgroup', parse: (text) => parsePidCgroup(text, 'x'), good: readFileSync('/proc/self/cgroup', 'utf8') },
  { name: '<pid>/limits', parse: (text) => parsePidLimits(text, 'x'), good: 'Max open files            1024                 524288               files     \n' },
  { name: '<pid>/net/arp', parse: (text) => countPermanentArp(text, 'x'), good: readFileSync('/proc/self/net/arp', 'utf8') },
  { name: '<pid>/net/dev', parse: (text) => parseNetDev(text, 'x'), good: readFileSync('/proc/self/net/dev', 'utf8') },
  { name: '<pid>/net/netstat', parse: (text) => parseNetCounters(text, 'x'), good: readFileSync('/proc/self/net/netstat', 'utf8') },
  { name: '<pid>/net/snmp', parse: (text) => parseNetCounters(text, 'x'), good: readFileSync('/proc/self/net/snmp', 'utf8') },
  { name: '<pid>/net/sockstat', parse: (text) => parseSockstat(text, 'x'), good: readFileSync('/proc/self/net/sockstat', 'utf8') },
  { name: '<pid>/net/softnet_stat', parse: (text) => parseSoftnetStat(text, 'x'), good: readFileSync('/proc/self/net/softnet_stat', 'utf8') },
  { name: '<pid>/net/bonding', parse: (text) => parseBonding(text, 'x'), good: BOND },
  { name: 'net/stat', parse: (text) => parseNetStat(text, 'x'), good: 'entries  allocs\n00000002 00000001\n00000002 00000001\n' },
  { name: 'net/tcp', parse: (text) => parseSocketLine(text, 'x'), good: '   0: 0100007F:0CEA 00000000:0000 0A 00000000:00000000 00:00000000 00000000   112        0 21040 1 00000000f8a3043e 100 0 0 10 0\n' },
  { name: 'ip_local_port_range', parse: (text) => parsePortRange(text, 'x'), good: '32768\t60999\n' },
  { name: 'pressure', parse: (text) => parsePressure(text, 'x'), good: PRESSURE },
  { name: 'swaps', parse: (text) => parseSwaps(text), good: 'Filename\t\t\t\tType\t\tSize\t\tUsed\t\tPriority\n/dev/sda2 partition\t8290299\t\t76\t\t-2\n' },
  { name: 'modules', parse: (text) => parseModules(text), good: 'overlay 151552 30 - Live 0x0000000000000000\n' },
  { name: 'modules.builtin', parse: (text) => parseBuiltinModules(text, 'x'), good: 'kernel/fs/overlayfs/overlay.ko\n' },
  { name: '<pid>/stat, its state', parse: (text) => parsePidState(text, 'x'), good: readFileSync('/proc/self/stat', 'utf8') },
  { name: 'os-release', parse: (text) => parseOsRelease(text), good: 'PRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\nID=debian\n' },
  { name: 'uptime', parse: (text) => parseUptimeMs(text), good: readFileSync('/proc/uptime', 'utf8') },
  { name: 'online CPUs', parse: (text) => parseCpuList(text), good: '0-1,4,6-7\n' },
  { name: 'CPU throttle', parse: (text) => parseThrottleNumber(text, 'x'), good: '1243\n' },
  { name: 'statfs', parse: (text) => parseSpace(text, 'x'), good: '4096 100 50 40 10 5' },
  { name: 'st_dev', parse: (text) => parseDeviceNumber(text, 'x'), good: '65024' },
  { name: 'records', parse: parseRecords, good: '/a\u0000x\u0000' },
];

/** A record without NaN, infinities or negative numbers, or undefined for a ParseError; every other throw goes on. */
function sane(parse: (text: string) => unknown, text: string): boolean {
  try {
    return isSane(parse(text));
  } catch (thrown) {
    if (thrown instanceof ParseError) return true;
    throw thrown;
  }
}

function isSane(value: unknown): boolean {
  if (typeof value === 'number') return Number.isFinite(value) && value >= 0;
  if (typeof value === 'bigint') return value >= 0n;
  if (value instanceof Map || value instanceof Set) return true;
  return typeof value !== 'object' || value === null || Object.values(value).every(isSane);
}

describe('whatever stands in a file of /proc', () => {
  for (const { name, parse, good } of parsers) {
    it(`${name}: the good text is taken`, () => {
      assert.isTrue(isSane(parse(good)));
    });

    it(`${name}: cut anywhere it gives sane numbers or a ParseError`, () => {
      fc.assert(fc.property(fc.nat(good.length), (length) => sane(parse, good.slice(0, length))));
    });

    it(`${name}: with a piece replaced by anything it gives sane numbers or a ParseError`, () => {
      const piece = fc.oneof(anyText(20), fc.constantFrom('-1', 'NaN', '1e9', '0x10', ' ', '', '\n', '99999999999999999999999'));
      const edit = fc.tuple(fc.nat(good.length), fc.nat(20), piece);
      fc.assert(fc.property(edit, ([at, length, text]) => sane(parse, good.slice(0, at) + text + good.slice(at + length))));
    });

    it(`${name}: garbage is refused or harmless`, () => {
      fc.assert(fc.property(anyText(400), (text) => sane(parse, text)));
    });
  }

  it('a mount point is the same after the kernel escaped it', () => {
    const path = anyText(50).map((text) => `/${text.replaceAll('\0', '')}`);
    fc.assert(
      fc.property(path, (mountPoint) => {
        const escaped = mountPoint.replaceAll(/[ \t\n\\]/g, (char) => `\\${char.charCodeAt(0).toString(8).padStart(3, '0')}`);
        const [mount] = parseMountinfo(`1 0 8:1 / ${escaped} rw - ext4 /dev/sda1 rw\n`);
        assert.equal(mount?.isMountPointDeleted === true ? `${mount.mountPoint}//deleted` : mount?.mountPoint, mountPoint);
      }),
    );
  });

  it('a mount point whose every byte was escaped is the same', () => {
    fc.assert(
      fc.property(anyText(20), (text) => {
        const escaped = [...Buffer.from(text)].map((byte) => `\\${byte.toString(8).padStart(3, '0')}`).join('');
        assert.equal(parseMountinfo(`1 0 8:1 / /x${escaped} rw - ext4 /dev/sda1 rw\n`)[0]?.mountPoint, `/x${text}`);
      }),
    );
  });
});
