import { Ajv2020 } from 'ajv/dist/2020.js';
import { assert } from 'chai';
import { chmodSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { render as kubeowler } from '../../../../cli/render/report/kubeowler.ts';
import type { Condition } from '../../../../plugins/core/status.ts';
import { collectReport } from '../../../../plugins/host-inspector/report/collect.ts';
import type { Value } from '../../../../plugins/host-inspector/report/fields.ts';
import { type NodeReport, reportSections } from '../../../../plugins/host-inspector/report/model.ts';
import type { FilesystemAnswer } from '../../../../plugins/linux/filesystem-answer.ts';
import { temporaryFolder } from '../../../support/eventually.ts';
import { writeProcess } from '../../../support/host-tree-services.ts';
import { type HostTree, hostTree } from '../../../support/host-tree.ts';
import { decodeKubeowler } from '../../../support/kubeowler-decoder.ts';
import { reportOptions } from '../../../support/report-options.ts';

const SCHEMA = readFileSync(join(import.meta.dirname, '../../../../docs/node-report.schema.json'), 'utf8');
const validate = new Ajv2020({ strict: true, allowUnionTypes: true }).compile(JSON.parse(SCHEMA));

const valueOf = ({ value, state, message }: Value): unknown => (state === 'ok' ? value : `${state}: ${message}`);

/** Files of a node as Kubernetes has them, beside those of the healthy tree. */
function kubernetesNode(): HostTree {
  const host = hostTree();
  host.write('etc/os-release', 'PRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\nID=debian\n');
  host.write('proc/sys/kernel/arch', 'x86_64\n');
  host.write('proc/swaps', 'Filename\t\t\t\tType\t\tSize\t\tUsed\t\tPriority\n');
  host.write('proc/modules', 'overlay 151552 30 - Live 0x0000000000000000\nnf_conntrack 172032 5 - Live 0x0000000000000000\n');
  host.write('sys/module/br_netfilter/refcnt', '0\n');
  host.write('sys/kernel/security/lsm', 'lockdown,capability,yama,apparmor');
  host.write('proc/sys/kernel/tainted', '4097\n');
  host.write('proc/sys/vm/swappiness', '60\n');
  host.write('proc/sys/net/ipv4/ip_forward', '1\n');
  host.write('proc/sys/net/core/somaxconn', '4096\n');
  const write = host.write.bind(host);
  writeProcess(write, { pid: '1', comm: 'systemd', cgroup: '/init.scope' });
  writeProcess(write, { pid: '700', comm: 'kubelet', cgroup: '/system.slice/kubelet.service' });
  writeProcess(write, { pid: '701', comm: 'containerd', cgroup: '/system.slice/containerd.service' });
  writeProcess(write, { pid: '702', comm: 'containerd-shim', cgroup: '/system.slice/containerd.service' });
  writeProcess(write, { pid: '703', comm: 'cron', cgroup: '/system.slice/cron.service' });
  writeProcess(write, { pid: '704', comm: 'a) Z (b', cgroup: '/user.slice', state: 'S' });
  writeProcess(write, { pid: '705', comm: 'a b', cgroup: '/user.slice', state: 'Z' });
  mkdirSync(join(host.root, 'run/containerd'), { recursive: true });
  symlinkSync('/usr/share/zoneinfo/Asia/Kolkata', join(host.root, 'etc/localtime'));
  return host;
}

describe('the node report', () => {
  it('tells of a node what is true of it, whatever this machine is', async () => {
    using host = kubernetesNode();
    const { node, services, security, stability, kernel, filesystems, resources } = await collectReport(reportOptions(host.root));
    assert.deepEqual([node.name, node.hostname, node.os, node.architecture, node.timeZone, node.localTime].map(valueOf), [
      'worker-1', 'worker-1', 'Debian GNU/Linux 12 (bookworm)', 'x86_64', 'Asia/Kolkata', '2026-02-09T16:08:22+05:30',
    ]);
    assert.deepEqual([services.kubelet, services.runtime, services.runtimeRunning, services.cron, services.journald, services.timeDaemon].map(valueOf), [
      true, 'containerd', true, true, false, 'none',
    ]);
    assert.deepEqual([security.selinux, security.apparmor, security.modules, security.ufw].map(valueOf), ['Disabled', false, 'lockdown,capability,yama,apparmor', false]);
    const module = (name: string): unknown => security.kernelModules.value?.find((row) => row.name === name)?.state;
    assert.deepEqual(['overlay', 'nf_conntrack', 'br_netfilter', 'vxlan'].map(module), ['loaded', 'loaded', 'built-in', 'unknown']);
    assert.deepEqual([stability.zombies, stability.processes, stability.taint, stability.rebootRequired].map(valueOf).slice(0, 3), [1, 8, 4097]);
    assert.deepEqual(stability.taints.value?.map(({ letter }) => letter), ['P', 'O']);
    assert.deepEqual(kernel.sysctls.value?.filter(({ name }) => /ip_forward|swappiness/.test(name)).map(({ name, setting }) => [name, valueOf(setting)]), [
      ['net.ipv4.ip_forward', '1'], ['vm.swappiness', '60'],
    ]);
    assert.deepEqual(filesystems.mounts.value?.map(({ mountPoint, type, usedPercent, inodesUsedPercent }) => [mountPoint, type, valueOf(usedPercent), valueOf(inodesUsedPercent)]), [
      ['/', 'ext4', 52.6, 25],
    ]);
    assert.deepEqual([resources.swapEnabled, resources.swapAreas, resources.load1].map(valueOf), [false, [], 0.21]);
  });

  it('never shows what only this container has: it says which grant would show the host', async () => {
    using host = kubernetesNode();
    host.remove('proc/sys/net/ipv4/neigh');
    host.write('proc/sys/kernel/osrelease', '6.18.1\n');
    host.write('proc/self/status', 'Name:\tcat\nPPid:\t1\nUid:\t0\t0\t0\t0\nFDSize:\t64\nNSpid:\t4711\t7\n');
    host.write('proc/sys/kernel/pid_max', '1000\n');
    const report = await collectReport(reportOptions(host.root));
    const setting = (name: string): unknown => report.kernel.sysctls.value?.filter((row) => row.name === name).map((row) => valueOf(row.setting))[0];
    assert.equal(setting('net.ipv4.ip_forward'), "not-visible: net.ipv4.ip_forward: this container's own, not the host's (needs hostNetwork)");
    assert.equal(setting('kernel.pid_max'), "not-visible: kernel.pid_max: this container's own, not the host's (needs hostPID since Linux 6.14)");
    const document = decodeKubeowler(kubeowler(report));
    assert.deepEqual([document.kernel['net_ipv4_ip_forward'], document.kernel['net_core_somaxconn'], document.kernel['vm_swappiness']], [null, null, '60']);
  });

  it('says on which rung of privileges it was made, and on none where it was not this process that looked', async () => {
    const own = (await collectReport(reportOptions('/'))).privileges;
    assert.deepEqual(own.grants.value?.map(({ name }) => name), ["host's / with HostToContainer", 'uid 0', 'hostPID', 'hostNetwork', 'CAP_SYS_PTRACE', 'CAP_SYSLOG with /dev/kmsg']);
    assert.deepEqual(own.grants.value?.find(({ name }) => name === 'uid 0')?.state, process.geteuid?.() === 0 ? 'granted' : 'missing');
    assert.match(own.rung.value ?? '', /^(?:[a-e]|none)$/);
    using host = kubernetesNode();
    const { privileges } = await collectReport(reportOptions(host.root, { isRecording: true }));
    assert.deepEqual([privileges.rung, privileges.grants].map(valueOf), Array.from({ length: 2 }, () => 'unsupported: a recording: this process has nothing of the recorded host'));
  });

  it('does not tell of a recording how busy its CPUs are, since no time passes in it', async () => {
    using host = kubernetesNode();
    const { resources } = await collectReport(reportOptions(host.root, { isRecording: true }));
    assert.deepEqual([resources.cpuUsed, resources.cpuUsedPercent].map(valueOf), Array.from({ length: 2 }, () => 'unsupported: a recording, in which no time passes'));
    assert.equal(resources.cpuCores.state, 'ok');
    host.write('proc/stat', 'garbage\n');
    assert.equal((await collectReport(reportOptions(host.root, { isRecording: true }))).resources.cpuUsed.state, 'error');
  });

  it('never tells of security what it could not see', async () => {
    using folder = temporaryFolder();
    mkdirSync(folder.file('proc'));
    const { security } = await collectReport(reportOptions(folder.path));
    assert.deepEqual([security.selinux, security.apparmor, security.seccomp, security.firewall].map(({ value, state }) => [value, state]), [
      [null, 'not-visible'], [null, 'not-visible'], [null, 'unsupported'], [null, 'denied'],
    ]);
    assert.equal(decodeKubeowler(kubeowler(await collectReport(reportOptions(folder.path)))).security['selinux'], 'unknown');
  });

  it('says of processes that are hidden that it could not tell, not that none runs', async () => {
    using host = kubernetesNode();
    host.remove('proc/1');
    const { services, stability } = await collectReport(reportOptions(host.root));
    const hidden = `denied: /proc/1/cgroup (as ${host.root}/proc/1/cgroup): no such file or directory (hidepid, or no /proc)`;
    assert.deepEqual([services.kubelet, services.runtimeRunning, stability.zombies].map(valueOf), [hidden, hidden, hidden]);
  });

  it('a disk that does not answer costs its own numbers and nothing else, and is named', async () => {
    using host = kubernetesNode();
    const never = new Promise<FilesystemAnswer>(() => {});
    const report = await collectReport(reportOptions(host.root, { probe: { probe: async () => await never }, timeoutMs: 1_000, run: async () => await new Promise(() => {}) }));
    assert.deepEqual(report.filesystems.gaps.value, [{ subject: '/', state: 'error', message: '/: no answer in time' }]);
    assert.equal(report.filesystems.mounts.value?.[0]?.size.state, 'error');
    assert.equal(valueOf(report.resources.memoryTotal), 16_384_000 * 1_024);
    assert.equal(valueOf(report.stability.zombies), 1);
    assert.equal(valueOf(report.services.kubelet), true);
    decodeKubeowler(kubeowler(report));
  });

  it('a check that does not end keeps the report no longer than its deadline', async () => {
    using host = kubernetesNode();
    const known: Condition = { type: 'DiskSpaceLow', status: 'True', transitionMs: 0, reason: 'DiskSpaceLow', message: '/: less than 5% of space available' };
    const report = await collectReport(reportOptions(host.root, { timeoutMs: 300, conditions: { ready: async () => await new Promise(() => {}), now: () => [known] } }));
    assert.deepEqual(report.summary, { status: 'problem', problems: 1, unknown: 0 });
    assert.equal(report.conditions.list.value?.[0]?.severity, 'warn');
    assert.equal(valueOf(report.resources.memoryTotal), 16_384_000 * 1_024);
  });

  it('on a host of which nothing can be read every value says so, and Kubeowler can still read it', async () => {
    using folder = temporaryFolder();
    mkdirSync(folder.file('proc'));
    const report = await collectReport(reportOptions(folder.path));
    for (const name of ['resources', 'services', 'kernel', 'stability', 'network'] as const) {
      for (const [key, value] of Object.entries(report[name] as Readonly<Record<string, Value>>)) {
        if (value.state === 'ok') assert.include(['runtimes', 'sysctls'], key);
        else assert.isString(value.message, `${name}.${key}`);
      }
    }
    const document = decodeKubeowler(kubeowler(report));
    assert.deepEqual([document.resources.status, document.resources.detail, document.runtime, document.zombie_count], ['error', 'cpu_cores unknown; memory unknown', 'unknown', null]);
  });

  it('a section that throws is told in every field, and the others go on', async () => {
    using host = kubernetesNode();
    host.write('proc/1/mountinfo', 'garbage\n');
    host.write('proc/meminfo', 'MemTotal: garbage');
    const report = await collectReport(reportOptions(host.root));
    assert.deepEqual(Object.keys(report.filesystems), Object.keys(reportSections.filesystems.fields));
    assert.equal(report.filesystems.mounts.state, 'error');
    assert.equal(report.resources.memoryTotal.state, 'error');
    assert.equal(valueOf(report.resources.load1), 0.21);
  });
});

describe('garbage in any file', () => {
  const FILES = [
    'proc/stat', 'proc/meminfo', 'proc/loadavg', 'proc/swaps', 'proc/modules', 'proc/vmstat', 'proc/uptime', 'proc/700/stat', 'proc/1/cgroup', 'proc/1/mountinfo', 'proc/1/net/dev', 'proc/1/net/tcp',
    'proc/sys/fs/file-nr', 'proc/sys/kernel/tainted', 'proc/sys/kernel/osrelease', 'proc/sys/net/netfilter/nf_conntrack_max', 'proc/1/net/stat/nf_conntrack', 'proc/pressure/io',
    'sys/devices/system/cpu/online', 'sys/fs/selinux/enforce', 'etc/os-release', 'etc/hostname', 'etc/kubernetes/pki/ca.crt',
  ];
  for (const text of ['garbage', '', '\uFFFD\0\n-1\n']) {
    it(`is told as what it is: ${JSON.stringify(text)}`, async () => {
      for (const file of FILES) {
        using host = kubernetesNode();
        host.write(file, text);
        const report = await collectReport(reportOptions(host.root));
        assert.isTrue(validate(report), `${file}: ${JSON.stringify(validate.errors)}`);
        decodeKubeowler(kubeowler(report));
      }
    });
  }
});

describe('the runtime of a node', () => {
  it('is told by its socket where processes are hidden', async () => {
    using host = kubernetesNode();
    host.remove('proc/1');
    const path = join(host.root, 'run/containerd/containerd.sock');
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(path, resolve));
    try {
      const { services } = await collectReport(reportOptions(host.root));
      assert.equal(valueOf(services.runtime), 'containerd');
      assert.deepEqual(services.runtimes.value, [{ name: 'containerd', socket: '/run/containerd/containerd.sock', isRunning: null }]);
    } finally {
      server.close();
    }
  });
});

describe("Kubeowler's document", () => {
  /** Every printable character of ASCII, and bytes that are no UTF-8. */
  const PRINTABLE = Array.from({ length: 95 }, (_, index) => String.fromCharCode(32 + index)).join('');

  it('is valid for names with every printable character, and for bytes that are no UTF-8', async () => {
    using host = kubernetesNode();
    const escaped = PRINTABLE.replaceAll(/[ \\#]/g, (character) => `\\${character.charCodeAt(0).toString(8).padStart(3, '0')}`);
    const root = readFileSync(join(host.root, 'proc/1/mountinfo'), 'utf8').split(' ').slice(0, 3).join(' ');
    const lines = [`${root} / / rw - ext4 /dev/vda rw`, `28 27 0:99 / /${escaped} rw - xfs /dev/${escaped} rw`];
    writeFileSync(join(host.root, 'proc/1/mountinfo'), Buffer.concat([Buffer.from(`${lines.join('\n')}\n29 27 0:98 / /bad`), Buffer.from([0xff, 0xc3]), Buffer.from(' rw - ext4 /dev/vdc rw\n')]));
    host.write('etc/hostname', `${PRINTABLE}\n`);
    const report = await collectReport(reportOptions(host.root, { nodeName: `${PRINTABLE}\u2028\n\uD800` }));
    const document = decodeKubeowler(kubeowler(report));
    assert.equal(document.node_name, `${PRINTABLE}\u2028\n\uFFFD`);
    assert.equal(document.hostname, PRINTABLE.trim());
    assert.deepEqual(document.node_disks.map(({ mount_point: mountPoint }) => mountPoint), ['/', `/${PRINTABLE}`, '/bad\uFFFD\uFFFD']);
    assert.equal(document.node_disks[1]?.['fstype'], 'xfs');
  });

  it('is valid where there are no inodes, no swap, no modules and no certificates', async () => {
    using host = kubernetesNode();
    host.remove('proc/modules');
    host.remove('proc/swaps');
    host.remove('var/lib/kubelet/pki');
    host.remove('etc/kubernetes/pki');
    const none: FilesystemAnswer = { kind: 'ok', totalBytes: 100e9, freeBytes: 50e9, availableBytes: 45e9, inodes: 0, inodesFree: 0 };
    const report = await collectReport(reportOptions(host.root, { probe: { probe: async () => none } }));
    const document = decodeKubeowler(kubeowler(report));
    assert.isNull(document.stability['inode_used_pct']);
    assert.deepEqual([document.resources['swap_enabled'], document.resources['swap_total_g'], document.resources['swap_used_pct']], [false, 0, 0]);
    assert.deepEqual(document.node_certificates, []);
    assert.equal(document.resources['root_disk_pct'], 53);
  });

  it('has numbers of 64 bits as they are', async () => {
    using host = kubernetesNode();
    host.write('proc/sys/fs/file-nr', '1024\t0\t9223372036854775807\n');
    assert.include(kubeowler(await collectReport(reportOptions(host.root))), '"file_nr_open":1024,"file_nr_max":9223372036854775807}');
  });

  it('has the status of our conditions, and an uptime in words', async () => {
    using host = kubernetesNode();
    host.write('proc/uptime', '514800.00 86000.00\n');
    const sick = (type: string, status: Condition['status'], reason: string): Condition => ({ type, status, reason, transitionMs: 0, message: `${reason} says so` });
    const now = (): readonly Condition[] => [
      sick('DiskSpaceLow', 'True', 'DiskSpaceLow'), sick('CPUPressureHigh', 'Unknown', 'CPUPressureUnknown'), sick('CertificateExpiring', 'True', 'CertificateExpired'), sick('KernelLimitNear', 'False', 'fine'),
    ];
    const document = decodeKubeowler(kubeowler(await collectReport(reportOptions(host.root, { conditions: { ready: async () => {}, now } }))));
    assert.deepEqual([document.resources.status, document.resources.detail], ['error', 'DiskSpaceLow: DiskSpaceLow says so; CPUPressureUnknown: CPUPressureUnknown says so']);
    assert.deepEqual([document.services.status, document.security.status, document.kernel.status, document.issue_count], ['ok', 'error', 'ok', 3]);
    assert.equal(document.uptime, '5 day(s) 23 hour(s)');
    assert.equal(document.timestamp_local, '2026-02-09T16:08:22+0530');
  });
});

describe('the inventory', () => {
  /** A program in place of ours that asks systeminformation. */
  const script = (folder: ReturnType<typeof temporaryFolder>, lines: readonly string[]): string => {
    const path = folder.file('ask');
    writeFileSync(path, `#!/bin/sh\necho asked >>${folder.file('log')}\n${lines.join('\n')}\n`);
    chmodSync(path, 0o755);
    return path;
  };
  const SAID = JSON.stringify({
    manufacturer: 'QEMU', model: 'Computer', hypervisor: '', biosVendor: 'SeaBIOS', biosVersion: '1.16', biosDate: '', boardManufacturer: '-', boardModel: 'Default string',
    cpuVendor: 'AMD', cpuModel: 'AMD EPYC', memoryBytes: 1_024,
  });
  const inventoryOf = async (root: string, command: string, more: { readonly cacheFile?: string; readonly timeoutMs?: number } = {}): Promise<NodeReport['inventory']> =>
    (await collectReport(reportOptions(root, { inventory: { command: [command], cacheFile: more.cacheFile }, timeoutMs: more.timeoutMs ?? 10_000 }))).inventory;

  it('is what the child says, without what stands for nothing', async () => {
    using host = kubernetesNode();
    using folder = temporaryFolder();
    const { manufacturer, model, bios, board, memory, cpuModel, hypervisor } = await inventoryOf(host.root, script(folder, [`echo '${SAID}'`]));
    const nothing = 'unsupported: the machine does not tell, or not to this container';
    assert.deepEqual([manufacturer, model, bios, board, memory, cpuModel, hypervisor].map(valueOf), ['QEMU', nothing, 'SeaBIOS 1.16', nothing, 1_024, 'AMD EPYC', nothing]);
  });

  it('is asked once per boot', async () => {
    using host = kubernetesNode();
    using folder = temporaryFolder();
    const [command, cacheFile] = [script(folder, [`echo '${SAID}'`]), folder.file('state/inventory.json')];
    const asked = (): number => readFileSync(folder.file('log'), 'utf8').trim().split('\n').length;
    for (const times of [1, 1]) {
      assert.equal(valueOf((await inventoryOf(host.root, command, { cacheFile })).manufacturer), 'QEMU');
      assert.equal(asked(), times);
    }
    host.write('proc/sys/kernel/random/boot_id', '11111111-2222-4333-8444-555555555555\n');
    await inventoryOf(host.root, command, { cacheFile });
    assert.equal(asked(), 2);
    writeFileSync(cacheFile, '{"bootId":"11111111-2222-4333-8444-5555');
    assert.equal(valueOf((await inventoryOf(host.root, command, { cacheFile })).manufacturer), 'QEMU');
    assert.equal(asked(), 3);
  });

  const failures: readonly (readonly [string, readonly string[], RegExp])[] = [
    ['fails', ['echo "systeminformation: cannot" >&2', 'exit 1'], /^error: systeminformation: cannot$/],
    ['hangs', ['sleep 60'], /^error: (?:systeminformation: no answer within 1000 ms|no answer in time)$/],
    ['prints garbage', ['echo "{"'], /^error: .*JSON/],
    ['prints something else', ['echo "{\\"model\\": 5}"'], /^error: systeminformation: manufacturer: expected a text, got "nothing"$/],
    ['cannot be started', ['exit 127'], /^error: systeminformation: /],
  ];
  for (const [what, lines, expected] of failures) {
    it(`a child that ${what} is an error, and the report is complete without it`, async () => {
      using host = kubernetesNode();
      using folder = temporaryFolder();
      const report = await collectReport(reportOptions(host.root, { inventory: { command: [script(folder, lines)] }, timeoutMs: 1_000 }));
      assert.match(String(valueOf(report.inventory.model)), expected);
      assert.equal(valueOf(report.node.hostname), 'worker-1');
      assert.equal(valueOf(report.services.kubelet), true);
    });
  }
});
