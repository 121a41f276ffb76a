import { readdirSync, readlinkSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { Mask } from './record-mask.ts';
import type { RecordedFile } from './recorded-file.ts';

/** Interfaces by their kind, number and place in the machine; what somebody named otherwise, and what belongs to Pods, is left out everywhere. */
const INTERFACES = /^(?:lo|eth\d+|en[ops][0-9a-f]{1,4}(?:[sfnpdi]\d+)*|ib\d+|bond\d+|team\d+|br\d+|docker0|cni0)$/;

const NUMBER = /^-?\d+\n$/;

/** What the checks read of the network of the host. */
export const NETWORK: readonly RecordedFile[] = [
  { pattern: 'proc/1/net/dev', keep: interfaceTable, change: 'interfaces of Pods, and those with a name that not every node has, are left out' },
  { pattern: 'proc/1/net/netstat', keep: lines(/^\w+:(?: \w+)+$|^\w+:(?: -?\d+)+$/) },
  { pattern: 'proc/1/net/snmp', keep: lines(/^\w+:(?: \w+)+$|^\w+:(?: -?\d+)+$/) },
  { pattern: 'proc/1/net/sockstat', keep: lines(/^\w+:(?: [a-z]+ \d+)+$/) },
  { pattern: 'proc/1/net/sockstat6', keep: lines(/^\w+:(?: [a-z]+ \d+)+$/) },
  { pattern: 'proc/1/net/softnet_stat', keep: firstCpus, change: 'lines of CPUs beyond 4 are left out' },
  { pattern: 'proc/1/net/bonding/*', keep: bonding, only: INTERFACES, change: 'addresses are replaced' },
  { pattern: 'sys/class/net/*/type', keep: lines(NUMBER), only: INTERFACES },
  { pattern: 'sys/class/net/*/flags', keep: lines(/^0x[0-9a-f]+$/), only: INTERFACES },
  { pattern: 'sys/class/net/*/operstate', keep: lines(/^[a-z]+$/), only: INTERFACES },
  { pattern: 'sys/class/net/*/carrier_changes', keep: lines(NUMBER), only: INTERFACES },
  { pattern: 'sys/class/net/*/address', keep: address, only: INTERFACES, change: 'replaced' },
  { pattern: 'sys/class/net/*/uevent', keep: lines(/^(?:DEVTYPE|INTERFACE|IFINDEX)=[\w.-]+$/), only: INTERFACES },
  { pattern: 'sys/class/net/*/bonding_slave/mii_status', keep: lines(/^[a-z ]+$/), only: INTERFACES },
  { pattern: 'sys/class/net/*/bonding_slave/perm_hwaddr', keep: address, only: INTERFACES, change: 'replaced' },
  // Says which of them are virtual.
  { pattern: 'sys/devices/virtual/net/*/type', keep: lines(NUMBER), only: INTERFACES },
];

/** Links that say what an interface is a part of, and that it is a virtual function: path to target. */
export function interfaceLinks(root: string): ReadonlyMap<string, string> {
  const folder = 'sys/class/net';
  const names = namesIn(join(root, folder)).filter((name) => INTERFACES.test(name));
  return new Map(names.flatMap((name) => ['master', 'device/physfn'].flatMap((link) => {
    const target = targetOf(join(root, folder, name, link));
    // Where a function lies on its bus is nobody's business.
    const shown = link === 'master' ? `../${target ?? ''}` : '../physfn';
    return target === undefined || (link === 'master' && !INTERFACES.test(target)) ? [] : [[`${folder}/${name}/${link}`, shown] as const];
  })));
}

function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

function targetOf(link: string): string | undefined {
  try {
    return basename(readlinkSync(link));
  } catch {
    return undefined;
  }
}

function lines(form: RegExp): (text: string) => string {
  return (text) => {
    const isSane = text.trimEnd().split('\n').every((line) => form.test(line) || form.test(`${line}\n`));
    if (!isSane) throw new Error('it has not the form of this file');
    return text;
  };
}

function interfaceTable(text: string): string {
  const [first = '', second = '', ...rows] = text.trimEnd().split('\n');
  lines(/^[\w |-]+$/)(`${first}\n${second}`);
  const known = rows.filter((row) => INTERFACES.test(/^ *([^:]+):/.exec(row)?.[1] ?? ''));
  return `${first}\n${second}\n${lines(/^ *\w+: *\d+(?: +\d+){15}$/)(known.join('\n'))}\n`;
}

/** As many as of other files, see MOST_CPUS. */
function firstCpus(text: string): string {
  return `${lines(/^[0-9a-f]{8}(?: [0-9a-f]{8})+$/)(text.trimEnd().split('\n').slice(0, 4).join('\n'))}\n`;
}

function address(text: string, mask: Mask): string {
  return lines(/^[0-9a-f:]*$/)(`${mask.hardwareAddress(text.trim())}\n`);
}

function bonding(text: string, mask: Mask): string {
  const masked = text.replaceAll(/(?<=(?:HW addr|[Mm][Aa][Cc] [Aa]ddress): )[0-9a-f:]+$/gm, (found) => mask.hardwareAddress(found));
  return lines(/^$|^[\w .()/+-]+$|^[\s\w .()/-]+: ?[\w .:()/+,-]*$/)(masked.replaceAll(/(?<=ARP IP target\/s \(n\.n\.n\.n form\):).*$/gm, ''));
}
