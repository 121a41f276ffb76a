import { lstatSync } from 'node:fs';
import { messageOf } from '../../core/errors.ts';
import { readDiskFile } from '../../linux/disk-file.ts';
import { parseBuiltinModules, parseModules } from '../../linux/proc/modules.ts';
import { type Outcome, hostPath, readText } from '../../linux/read.ts';
import type { DiskLooks } from './disk-looks.ts';
import type { Value } from './fields.ts';
import type { RowOf, SectionOf } from './model.ts';
import type { ProcessCounts } from './processes.ts';
import type { ReportScene } from './scene.ts';
import { type Source, parsed, readSource, sourceOf, told, untold } from './values.ts';

type Security = SectionOf<'security'>;
type ModuleRow = RowOf<'security', 'kernelModules'>;

/** What Kubernetes, its networks and its volumes use; `netfilter` first, then networks, then file systems. */
const MODULES = [
  'overlay', 'br_netfilter', 'bridge', 'nf_conntrack', 'nf_nat', 'nf_tables', 'ip_tables', 'ip6_tables', 'iptable_nat', 'ip_vs', 'ip_vs_rr', 'ip_set',
  'veth', 'vxlan', 'tun', 'wireguard', 'dm_thin_pool', 'nfs', 'ceph', 'nvidia',
] as const;

/** Where a kernel shows that it has something which it does not list as a module. */
const CLUES: Readonly<Partial<Record<string, (root: string) => boolean>>> = {
  overlay: (root) => /^nodev\toverlay$/m.test(textOf(root, 'proc/filesystems')),
  br_netfilter: (root) => readText(root, 'proc/sys/net/bridge/bridge-nf-call-iptables').kind === 'ok',
  nf_conntrack: (root) => readText(root, 'proc/sys/net/netfilter/nf_conntrack_max').kind === 'ok',
};

/** Security modules, firewall, kernel modules. */
export async function readSecurity(scene: ReportScene, disks: DiskLooks, counts: Outcome<ProcessCounts>): Promise<Security> {
  const { root } = scene;
  const modules = readSource(root, 'sys/kernel/security/lsm', (text) => text.trim());
  const loaded = readSource(root, 'proc/modules', parseModules);
  const kernelModules = await readModules(scene, loaded);
  const firewalld = sourceOf('/proc/<pid>/stat', counts).tell('', ({ services }) => services.has('firewalld'));
  const ufw = ufwOf(disks);
  const nftables = haveOf(kernelModules, 'nf_tables');
  return {
    selinux: selinuxOf(root, modules, disks),
    apparmor: apparmorOf(root),
    // Not there before Linux 4.14 either, so that its absence tells nothing.
    seccomp: readSource(root, 'proc/sys/kernel/seccomp/actions_avail', () => true).tell('', (isThere) => isThere),
    modules: modules.tell('', (names) => names),
    lockdown: readSource(root, 'sys/kernel/security/lockdown', (text) => /\[(\w+)\]/.exec(text)?.[1]).tell('', (mode) => mode),
    firewall: firewallOf(firewalld, ufw, nftables, root),
    firewalld,
    ufw,
    nftables,
    kernelModules,
    kernelModuleCount: loaded.tell('count', (names) => names.size),
  };
}

function textOf(root: string, path: string): string {
  const file = readText(root, path);
  return file.kind === 'ok' ? file.value : '';
}

/** The kernel makes the folder for its file system only where SELinux is switched on; without the folder it is not. */
function selinuxOf(root: string, modules: Source<string>, disks: DiskLooks): Value<string, ''> {
  const source = '/sys/fs/selinux/enforce';
  const enforce = readText(root, 'sys/fs/selinux/enforce');
  if (enforce.kind === 'ok') {
    const word = new Map([['1', 'Enforcing'], ['0', 'Permissive']]).get(enforce.value.trim());
    return word === undefined ? untold('', source, 'error', `${source}: expected 0 or 1`) : told('', word, source);
  }
  if (enforce.kind !== 'absent') return untold('', source, enforce.kind === 'denied' ? 'denied' : 'error', enforce.message);
  const listed = modules.outcome.kind === 'ok' ? modules.outcome.value.split(',') : undefined;
  if (listed?.includes('selinux') === true) return untold('', source, 'not-visible', `${source}: SELinux is active, and its file system is not mounted here`);
  const config = disks.etc('etc/selinux/config');
  if (listed === undefined && config.kind === 'ok' && !/^SELINUX=disabled\s*$/m.test(config.value) && exists(root, 'sys/fs/selinux')) {
    return untold('', source, 'not-visible', `${source}: its file system is not mounted here`);
  }
  if (listed === undefined && !exists(root, 'sys/fs')) return untold('', source, 'not-visible', `${source}: the host's /sys is not mounted here`);
  return told('', 'Disabled', listed === undefined ? '/sys/fs/selinux' : modules.name);
}

function apparmorOf(root: string): Value<boolean, ''> {
  const path = 'sys/module/apparmor/parameters/enabled';
  const file = readText(root, path);
  if (file.kind === 'absent' && !exists(root, 'sys/module')) return untold('', `/${path}`, 'not-visible', `/${path}: the host's /sys is not mounted here`);
  if (file.kind === 'absent') return told('', false, `/${path}`, 'this kernel has no AppArmor');
  return readSource(root, path, (text) => text.trim() === 'Y').tell('', (isEnabled) => isEnabled);
}

function ufwOf(disks: DiskLooks): Value<boolean, ''> {
  const source = '/etc/ufw/ufw.conf';
  const file = disks.etc('etc/ufw/ufw.conf');
  if (file.kind === 'absent') return told('', false, source, 'ufw is not installed');
  return parsed(source, file, (text) => /^ENABLED=["']?yes["']?\s*$/im.test(text)).tell('', (isEnabled) => isEnabled);
}

/** Whether rules are there cannot be seen without CAP_NET_ADMIN in the host's network namespace: this tells what could hold some. */
function firewallOf(firewalld: Value<boolean, ''>, ufw: Value<boolean, ''>, nftables: Value<boolean, ''>, root: string): Value<string, ''> {
  // Names of the tables that the old iptables has in this namespace, one per line; readable by root alone.
  const tables = readSource(root, 'proc/1/net/ip_tables_names', (text) => text.trim());
  const names = [
    ...(firewalld.value === true ? ['firewalld'] : []),
    ...(ufw.value === true ? ['ufw'] : []),
    ...(tables.outcome.kind === 'ok' && tables.outcome.value !== '' ? ['iptables'] : []),
    ...(nftables.value === true ? ['nftables'] : []),
  ];
  const source = 'firewalld, /etc/ufw/ufw.conf, /proc/1/net/ip_tables_names, nf_tables';
  // The file is absent where the old iptables is not in the kernel.
  const iptables = tables.outcome.kind === 'absent' ? told('', '', tables.name) : tables.tell('', (listed) => listed);
  const hidden = [firewalld, ufw, iptables, nftables].find(({ value }) => value === null);
  if (names.length === 0 && hidden?.message !== undefined && hidden.state !== 'ok' && hidden.state !== 'stale') return untold('', source, hidden.state, hidden.message);
  return told('', names.length === 0 ? 'none' : names.join(', '), source, 'what could hold rules; the rules themselves need CAP_NET_ADMIN');
}

function haveOf(modules: Security['kernelModules'], name: string): Value<boolean, ''> {
  if (modules.value === null) return untold('', modules.source, 'error', modules.message ?? '');
  const state = modules.value.find((module) => module.name === name)?.state;
  if (state === undefined || state === 'unknown') return untold('', modules.source, 'unsupported', `${name}: no list of the modules that are built into the kernel`);
  return told('', state !== 'absent', modules.source);
}

/** What is built in is no line of /proc/modules: it has a folder in /sys/module if it has parameters, and stands in modules.builtin. */
async function readModules(scene: ReportScene, loaded: Source<ReadonlySet<string>>): Promise<Security['kernelModules']> {
  const { root } = scene;
  const states = new Map<string, ModuleRow['state']>();
  for (const name of MODULES) {
    if (loaded.outcome.kind === 'ok' && loaded.outcome.value.has(name)) states.set(name, 'loaded');
    else if (exists(root, `sys/module/${name}`) || CLUES[name]?.(root) === true) states.set(name, loaded.outcome.kind === 'failed' ? 'loaded' : 'built-in');
  }
  const builtin = states.size === MODULES.length ? undefined : await readBuiltin(scene);
  const isKnown = builtin !== undefined && builtin.kind === 'ok';
  const rest: ModuleRow['state'] = isKnown ? 'absent' : 'unknown';
  const rows = MODULES.map((name): ModuleRow => ({ name, state: states.get(name) ?? (isKnown && builtin.value.has(name) ? 'built-in' : rest) }));
  const note = builtin === undefined || builtin.kind === 'ok' ? undefined : builtin.message;
  return told('', rows, '/proc/modules, /sys/module, modules.builtin', note);
}

async function readBuiltin({ root, diskTimeoutMs: timeoutMs, run, signal }: ReportScene): Promise<Outcome<ReadonlySet<string>>> {
  const release = textOf(root, 'proc/sys/kernel/osrelease').trim();
  if (!/^[\w.+~-]+$/.test(release)) return { kind: 'failed', message: 'no release of the kernel to look for its modules' };
  const path = `lib/modules/${release}/modules.builtin`;
  const file = await readDiskFile(root, path, { timeoutMs, run, signal });
  return file.kind === 'ok' ? parsed(`/${path}`, file, parseBuiltinModules).outcome : file;
}

/** Of /proc and /sys only: neither waits for a disk. */
function exists(root: string, path: string): boolean {
  try {
    return lstatSync(hostPath(root, path), { throwIfNoEntry: false }) !== undefined;
  } catch (cause) {
    return messageOf(cause) === '';
  }
}
