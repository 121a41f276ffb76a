import { assert } from 'chai';
import { mkdirSync, symlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Look } from '../../../plugins/core/check.ts';
import { silentLogger } from '../../../plugins/core/log.ts';
import { runCheck } from '../../../plugins/core/run-check.ts';
import { defaultsOf } from '../../../plugins/core/settings.ts';
import type { Problem, Verdict } from '../../../plugins/core/verdict.ts';
import { listeningPorts } from '../../../plugins/host-inspector/checks/listening-ports.ts';
import { type HostSettings, hostSettings } from '../../../plugins/host-inspector/settings.ts';
import { liveSources } from '../../../plugins/host-inspector/sources.ts';
import { PORT_TABLES, type SocketTableName, type TableSocket, socketTable } from '../../support/host-tree-ports.ts';
import { type HostTree, hostTree } from '../../support/host-tree.ts';

const check = listeningPorts({ ...liveSources, wallMs: () => 20_000 * 86_400_000 });
const signal = new AbortController().signal;

async function look({ root }: HostTree, settings: Partial<HostSettings> = {}, kept: Pick<Look, 'memo' | 'baseline'> = {}): Promise<Look> {
  return await runCheck(check, { root, settings: { ...defaultsOf(hostSettings), ...settings }, memo: kept.memo, baseline: kept.baseline, signal, log: silentLogger });
}

/** Further sockets in a table of the host. */
function open(host: HostTree, name: SocketTableName, ...sockets: readonly TableSocket[]): void {
  host.write(`proc/1/net/${name}`, socketTable(name, [...sockets, ...PORT_TABLES[name]]));
}

const PROBLEM = (port: string, text: string): Problem => ({
  kind: 'problem', reason: 'UnexpectedListeningPort', subject: `port ${port}`, message: `${text}: it listens and is not among the expected ports`,
});
const HEALTHY: Verdict = { kind: 'healthy' };
const FILE = 'etc/npd-plugins/expected-ports';

const TABLE: readonly { readonly name: string; readonly want: readonly Verdict[]; readonly spoil?: (host: HostTree) => void; readonly settings?: Partial<HostSettings> }[] = [
  { name: 'what is expected is healthy', want: [HEALTHY] },
  {
    name: 'without a list nothing is judged',
    spoil: (host) => (host.remove(FILE), open(host, 'tcp', { local: '0.0.0.0:4444' })),
    want: [{ kind: 'not-applicable', message: 'listening ports (no list of expected ports is declared)' }],
  },
  {
    name: 'a list in the settings is one, too, and both count together',
    spoil: (host) => open(host, 'tcp', { local: '0.0.0.0:4444' }),
    settings: { expectedPorts: ['tcp/4000-4500'] },
    want: [HEALTHY],
  },
  {
    name: 'a list in the settings is enough',
    spoil: (host) => host.remove(FILE),
    settings: { expectedPorts: ['tcp/22', 'tcp/10250', 'udp/8472'] },
    want: [PROBLEM('udp/546@one', 'UDP port 546 on fe80::1ff:fe23:4567:890a')],
  },
  {
    name: 'what is not expected is named, each port once',
    spoil: (host) => {
      open(host, 'tcp', { local: '0.0.0.0:4444' }, { local: '10.0.0.2:80' }, { local: '10.0.0.1:80' }, { local: '0.0.0.0:4444' });
      open(host, 'tcp6', { local: '[::]:4444' });
    },
    want: [PROBLEM('tcp/80@one', 'TCP port 80 on 10.0.0.1 and others'), PROBLEM('tcp/4444@all', 'TCP port 4444 on all addresses')],
  },
  { name: 'a UDP client that waits for an answer is none', spoil: (host) => open(host, 'udp', { local: '0.0.0.0:32768' }, { local: '0.0.0.0:60999' }), want: [HEALTHY] },
  {
    name: 'a TCP socket listens on no port by chance',
    spoil: (host) => open(host, 'tcp', { local: '0.0.0.0:40000' }),
    want: [PROBLEM('tcp/40000@all', 'TCP port 40000 on all addresses')],
  },
  {
    name: 'the range of ports for clients is the host\'s',
    spoil: (host) => (host.write('proc/sys/net/ipv4/ip_local_port_range', '1024\t65535\n'), open(host, 'udp', { local: '0.0.0.0:1024' })),
    want: [HEALTHY],
  },
  {
    name: 'in another network namespace it is the default, not the reader\'s',
    spoil: (host) => {
      host.remove('proc/sys/net/ipv4/neigh');
      host.write('proc/sys/net/ipv4/ip_local_port_range', '1024\t65535\n');
      open(host, 'udp', { local: '0.0.0.0:1024' });
    },
    want: [PROBLEM('udp/1024@all', 'UDP port 1024 on all addresses')],
  },
  {
    name: 'a range that is garbled is no range',
    spoil: (host) => host.write('proc/sys/net/ipv4/ip_local_port_range', '32768\t609'),
    want: [{ kind: 'unknown', message: '/proc/sys/net/ipv4/ip_local_port_range: expected "<first> <last>" and a newline, got "32768\\t609"' }],
  },
  { name: 'loopback is not judged', spoil: (host) => open(host, 'tcp', { local: '127.0.0.1:4444' }), want: [HEALTHY] },
  {
    name: 'loopback is judged where that is asked for',
    settings: { portScopes: ['loopback', 'one', 'all'], expectedPorts: ['udp/53'] },
    want: [PROBLEM('tcp/10248@loopback', 'TCP port 10248 on 127.0.0.1')],
  },
  {
    name: 'a port that can be reached from further than it should is not expected',
    settings: { expectedPorts: ['tcp/10249@loopback'] },
    spoil: (host) => open(host, 'tcp', { local: '0.0.0.0:10249' }),
    want: [PROBLEM('tcp/10249@all', 'TCP port 10249 on all addresses')],
  },
  {
    name: 'of a list with a bad line nobody can tell what it means',
    spoil: (host) => (host.write(FILE, 'tcp/22\nssh\n'), open(host, 'tcp', { local: '0.0.0.0:4444' })),
    want: [{ kind: 'unknown', message: '/etc/npd-plugins/expected-ports:2: expected "tcp/22", "udp/30000-32767", "tcp/10248@loopback" or "tcp/2379@192.0.2.7", got "ssh"' }],
  },
  { name: 'of an empty list neither', spoil: (host) => host.write(FILE, '\n'), want: [{ kind: 'unknown', message: '/etc/npd-plugins/expected-ports: holds no port; list them, or remove the file' }] },
  { name: 'the file may be left alone', settings: { expectedPortsFile: 'none' }, want: [{ kind: 'not-applicable', message: 'listening ports (no list of expected ports is declared)' }] },
  {
    name: 'a host whose PID 1 is hidden shows none',
    spoil: (host) => host.remove('proc/1/net'),
    want: [{ kind: 'not-applicable', message: 'listening ports (no /proc/1/net/tcp: hidepid, or no /proc)' }],
  },
];

describe('listening ports', () => {
  for (const { name, want, spoil, settings } of TABLE) {
    it(name, async () => {
      using host = hostTree();
      spoil?.(host);
      assert.deepEqual((await look(host, settings)).verdicts.map((verdict) => ('cause' in verdict ? { kind: verdict.kind, message: verdict.message } : verdict)), want);
    });
  }

  it('of a list that somebody named and that is not there, nobody can tell', async () => {
    using host = hostTree();
    const { verdicts } = await look(host, { expectedPortsFile: '/etc/ports', expectedPorts: ['tcp/1-65535', 'udp/1-65535'] });
    assert.deepEqual(verdicts, [{ kind: 'unknown', message: `/etc/ports (as ${host.root}/etc/ports): no such file or directory`, cause: undefined }]);
  });

  it('of which a table cannot be read are not all as expected; those that are seen count', async () => {
    using host = hostTree();
    host.write('proc/1/net/udp6', 'x');
    assert.deepEqual((await look(host)).verdicts.map(({ kind }) => kind), ['unknown']);
    open(host, 'tcp', { local: '0.0.0.0:4444' });
    assert.deepEqual((await look(host)).verdicts.map(({ kind }) => kind), ['problem', 'unknown']);
  });

  it('by the hundred are some, and that there are more; those that stay are told before those that came', async () => {
    using host = hostTree();
    const ports = (first: number): readonly TableSocket[] => Array.from({ length: 100 }, (_, index) => ({ local: `0.0.0.0:${first + index}` }));
    open(host, 'tcp', ...ports(5_000));
    const before = await look(host);
    assert.lengthOf(before.verdicts, 21);
    assert.deepEqual(before.verdicts.at(-1), { kind: 'problem', reason: 'UnexpectedListeningPort', subject: 'further ports', message: 'more than 20 ports listen that are not among the expected ones' });
    open(host, 'tcp', ...ports(4_990));
    assert.deepEqual((await look(host, {}, before)).verdicts, before.verdicts);
  });

  /** A look of a host that has learned what it usually listens on. */
  async function learned(host: HostTree, settings?: Partial<HostSettings>): Promise<Look> {
    let kept: Look = { verdicts: [] };
    for (let times = 0; times < 10; times++) kept = await look(host, settings, kept);
    return kept;
  }

  it('that did not listen before are told, with who has them; not those of clients, of Services, of loopback, nor expected ones', async () => {
    using host = hostTree();
    host.remove(FILE);
    const settings = { expectedPorts: ['tcp/9100'] };
    const kept = await learned(host, settings);
    const news = ['0.0.0.0:8443', '0.0.0.0:40000', '0.0.0.0:30080', '127.0.0.1:8444', '0.0.0.0:9100'].map((local) => ({ local, inode: 77 }));
    open(host, 'tcp', ...news);
    open(host, 'udp', { local: '192.0.2.10:5353', inode: 78 });
    host.write('proc/200/comm', 'nginx\n');
    host.write('proc/200/cgroup', '0::/system.slice/nginx.service\n');
    mkdirSync(dirname(join(host.root, 'proc/200/fd/3')), { recursive: true });
    symlinkSync('socket:[77]', join(host.root, 'proc/200/fd/3'));
    const first = await look(host, settings, kept);
    const second = await look(host, settings, first);
    const third = await look(host, settings, second);
    const message = '2 ports listen that did not before: TCP port 8443 on all addresses (nginx); UDP port 5353 on 192.0.2.10';
    assert.deepEqual([first.events, second.events, third.events], [[], [{ severity: 'info', reason: 'NewListeningPort', message }], []]);
  });

  it('are neither learned nor told while a table, or the list of what is expected, cannot be read', async () => {
    using host = hostTree();
    const kept = await learned(host);
    open(host, 'tcp', { local: '0.0.0.0:8443' });
    for (const [file, text] of [['proc/1/net/udp', 'x'], [FILE, 'x']] as const) {
      using broken = hostTree();
      open(broken, 'tcp', { local: '0.0.0.0:8443' });
      broken.write(file, text);
      const first = await look(broken, {}, kept);
      const second = await look(broken, {}, { memo: first.memo, baseline: first.baseline ?? kept.baseline });
      assert.deepEqual([first.events, second.events, first.baseline], [undefined, undefined, undefined], file);
      assert.deepEqual((second.memo as { learned: unknown }).learned, (kept.memo as { learned: unknown }).learned);
    }
  });

  it('that are not expected are told with who has them', async () => {
    using host = hostTree();
    open(host, 'tcp', { local: '0.0.0.0:4444', inode: 77 });
    host.write('proc/200/comm', 'nc\n');
    mkdirSync(join(host.root, 'proc/200/fd'), { recursive: true });
    symlinkSync('socket:[77]', join(host.root, 'proc/200/fd/3'));
    const { verdicts: [problem], contributorsTo } = await look(host);
    assert.equal(problem?.kind, 'problem');
    assert.deepEqual(problem?.kind === 'problem' ? await contributorsTo?.(problem, signal) : undefined, ['nc']);
  });

  it('are counted, with the ports of clients', async () => {
    using host = hostTree();
    assert.deepEqual((await look(host)).readings, [
      { name: 'listening_ports', subject: 'tcp', value: 2, unit: 'count', source: '/proc/1/net/{tcp,tcp6}' },
      { name: 'listening_ports', subject: 'udp', value: 3, unit: 'count', source: '/proc/1/net/{udp,udp6}' },
      { name: 'ephemeral_ports', value: '32768-60999', unit: '', source: '/proc/sys/net/ipv4/ip_local_port_range' },
      { name: 'unexpected_ports', value: 0, unit: 'count', source: '/proc/1/net' },
    ]);
  });
});
