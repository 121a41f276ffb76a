import { machine } from 'node:os';
import { parseBootId } from '../../linux/proc/boot-id.ts';
import { parseOsrelease } from '../../linux/proc/osrelease.ts';
import { parseStat } from '../../linux/proc/stat.ts';
import { parseUptimeMs } from '../../linux/proc/uptime.ts';
import { parseOsRelease } from '../../linux/etc/os-release.ts';
import { type Outcome, readText } from '../../linux/read.ts';
import type { Value } from './fields.ts';
import type { DiskLooks } from './disk-looks.ts';
import type { SectionOf } from './model.ts';
import type { ReportScene } from './scene.ts';
import { attempt, parsed, readSource, sourceOf, told, untold } from './values.ts';
import { localTime, zoneOf } from './zone.ts';

type Node = SectionOf<'node'>;

/** What this node is. */
export function readNode(scene: ReportScene, disks: DiskLooks, runtime: Node['runtime']): Node {
  const { root, nodeName, startedMs } = scene;
  const uptime = readSource(root, 'proc/uptime', parseUptimeMs);
  const [zone, hostname] = [zoneOf(disks), hostnameOf(disks)];
  return {
    name: nodeName === undefined ? hostname : told('', nodeName, 'command line or environment'),
    hostname,
    os: osOf(disks),
    kernel: readSource(root, 'proc/sys/kernel/osrelease', (text, file) => (parseOsrelease(text, file), text.trim())).tell('', (release) => release),
    architecture: architectureOf(scene),
    uptime: uptime.tell('seconds', (ms) => ms / 1_000),
    bootTime: readSource(root, 'proc/stat', parseStat).tell('', ({ bootTimeSeconds }) => toIso(bootTimeSeconds * 1_000)),
    bootId: readSource(root, 'proc/sys/kernel/random/boot_id', parseBootId).tell('', (id) => id),
    timeZone: zone,
    localTime: localTimeOf(zone, startedMs),
    runtime,
    cgroupVersion: cgroupVersionOf(root),
  };
}

/** RFC 3339 in UTC, to the second. */
export function toIso(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 19)}Z`;
}

/** Blank lines and comments may stand before it, see hostname(5). */
function hostnameOf(disks: DiskLooks): Node['hostname'] {
  const file = parsed('/etc/hostname', disks.etc('etc/hostname'), (text) => text.split('\n').map((line) => line.trim()).find((line) => line !== '' && !line.startsWith('#')));
  return file.tell('', (name) => name);
}

function osOf(disks: DiskLooks): Node['os'] {
  const file = parsed('/etc/os-release', disks.etc('etc/os-release'), parseOsRelease);
  return file.tell('', (values) => values.get('PRETTY_NAME') ?? values.get('NAME'));
}

/** The kernel says so itself since Linux 6.1. Before, this process asks; that would be another machine than a recorded one. */
function architectureOf({ root, isRecording }: ReportScene): Node['architecture'] {
  const file = readText(root, 'proc/sys/kernel/arch');
  if (file.kind === 'ok') return told('', file.value.trim(), '/proc/sys/kernel/arch');
  return isRecording ? untold('', '/proc/sys/kernel/arch', 'unsupported', file.message) : told('', machine(), 'uname');
}

function localTimeOf(zone: Node['timeZone'], ms: number): Node['localTime'] {
  if (zone.value === null) return zone;
  const name = zone.value;
  const time: Outcome<string> = attempt(() => localTime(ms, name));
  return sourceOf(zone.source, time).tell('', (text) => text);
}

/** Only the unified hierarchy has this file in its root; the folders of the old one have names of controllers. */
function cgroupVersionOf(root: string): Value<number, 'count'> {
  const source = '/sys/fs/cgroup';
  const unified = readText(root, 'sys/fs/cgroup/cgroup.controllers');
  if (unified.kind === 'ok') return told('count', 2, source);
  const old = readText(root, 'sys/fs/cgroup/memory/memory.limit_in_bytes');
  return old.kind === 'ok' ? told('count', 1, source) : untold('count', source, 'unsupported', `${source}: neither hierarchy can be seen`);
}
