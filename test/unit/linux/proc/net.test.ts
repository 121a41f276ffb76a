import { assert } from 'chai';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseBonding } from '../../../../plugins/linux/proc/bonding.ts';
import { parseNetCounters } from '../../../../plugins/linux/proc/net-counters.ts';
import { parseNetDev } from '../../../../plugins/linux/proc/net-dev.ts';
import { parseSockstat } from '../../../../plugins/linux/proc/sockstat.ts';
import { parseSoftnetStat } from '../../../../plugins/linux/proc/softnet-stat.ts';

const CORPUS = join(import.meta.dirname, '../../../../../shared/corpus/host');
const EXPORTER = join(CORPUS, 'prometheus-node_exporter');
const PROCFS = join(CORPUS, 'prometheus-procfs');
const isPresent = existsSync(join(EXPORTER, 'e2e-output.txt'));
const read = (folder: string, path: string): string => readFileSync(join(folder, path), 'utf8');

/** Some recordings lost the newline at their end. */
const whole = (text: string): string => `${text.trimEnd()}\n`;

function published(): ReadonlyMap<string, number> {
  const lines = read(EXPORTER, 'e2e-output.txt').split('\n').filter((line) => line.startsWith('node_'));
  return new Map(lines.map((line) => [line.slice(0, line.lastIndexOf(' ')), Number(line.slice(line.lastIndexOf(' ') + 1))]));
}

describe(isPresent ? 'node_exporter on the network' : 'node_exporter on the network (skipped: ../shared/corpus is not there)', () => {
  before(function () {
    if (!isPresent) this.skip();
  });

  it('publishes the same counters of netstat and snmp', () => {
    const files = [parseNetCounters(read(EXPORTER, 'proc/net/netstat'), 'netstat'), parseNetCounters(read(EXPORTER, 'proc/net/snmp'), 'snmp')];
    // Those of IPv6 are another file's.
    const metrics = [...published()].filter(([name]) => /^node_netstat_(?!\w*6_)\w+$/.test(name));
    assert.isAtLeast(metrics.length, 25);
    for (const [name, value] of metrics) {
      const [, group = '', counter = ''] = /^node_netstat_([A-Za-z]+)_(\w+)$/.exec(name) ?? [];
      const found = files.map((file) => file.of(group, counter)).find((it) => it !== undefined);
      assert.equal(Number(found), value, name);
    }
  });

  it('publishes the same numbers of sockets', () => {
    const metrics = published();
    const files = [parseSockstat(read(EXPORTER, 'proc/net/sockstat'), 'sockstat'), parseSockstat(read(EXPORTER, 'proc/net/sockstat6'), 'sockstat6')];
    const told = [...metrics].filter(([name]) => /^node_sockstat_[A-Z]+6?_[a-z]+$/.test(name) && !name.endsWith('_bytes'));
    assert.isAtLeast(told.length, 15);
    for (const [name, value] of told) {
      const [, protocol = '', key = ''] = /^node_sockstat_([A-Z]+6?)_([a-z]+)$/.exec(name) ?? [];
      assert.equal(files.map((file) => file.of(protocol, key)).find((it) => it !== undefined), value, name);
    }
    assert.equal(files[0]?.of('sockets', 'used'), metrics.get('node_sockstat_sockets_used'));
  });

  it('publishes the same of each CPU in softnet_stat', () => {
    const metrics = published();
    const cpus = parseSoftnetStat(whole(read(EXPORTER, 'proc/net/softnet_stat')), 'softnet_stat');
    assert.equal(cpus.length, 4);
    for (const [index, { processed, dropped, squeezed }] of cpus.entries()) {
      const want = ['processed', 'dropped', 'times_squeezed'].map((name) => metrics.get(`node_softnet_${name}_total{cpu="${index}"}`));
      assert.deepEqual([processed, dropped, squeezed], want, `CPU ${index}`);
    }
  });

  it('has recorded interfaces, older forms of the other files, and one that no kernel writes', () => {
    const interfaces = parseNetDev(read(PROCFS, 'proc/net/dev'), 'dev');
    assert.deepEqual([...interfaces.keys()], ['vethf345468', 'lo', 'docker0', 'eth0']);
    assert.deepEqual(interfaces.get('eth0'), {
      receivedBytes: 874_354_587n, receivedPackets: 1_036_395n, receiveErrors: 0n, receiveDrops: 0n,
      sentBytes: 563_352_563n, sentPackets: 732_147n, sendErrors: 0n, sendDrops: 0n,
    });
    assert.equal(parseNetCounters(read(PROCFS, 'proc/26231/net/netstat'), 'netstat').of('TcpExt', 'DelayedACKs'), 287n);
    assert.isTrue(parseNetDev(read(PROCFS, 'proc/26231/net/dev'), 'dev').has('lo'));
    assert.throws(() => parseSoftnetStat(whole(read(PROCFS, 'proc/net/softnet_stat.broken')), 'x'), /^x:\d: expected at least nine hexadecimal numbers/);
  });
});

const AGGREGATED = `Ethernet Channel Bonding Driver: v5.15.0-91-generic

Bonding Mode: IEEE 802.3ad Dynamic link aggregation
Transmit Hash Policy: layer2 (0)
MII Status: up
MII Polling Interval (ms): 100
Up Delay (ms): 0
Down Delay (ms): 0
Peer Notification Delay (ms): 0

802.3ad info
LACP active: on
LACP rate: fast
Min links: 0
Aggregator selection policy (ad_select): stable
Active Aggregator Info:
\tAggregator ID: 1
\tNumber of ports: 2
\tPartner Mac Address: 02:00:00:00:00:fb

Slave Interface: ens1f0
MII Status: up
Speed: 25000 Mbps
Duplex: full
Link Failure Count: 0
Permanent HW addr: 02:00:00:00:00:11
Slave queue ID: 0
Aggregator ID: 1
Actor Churn State: none
details actor lacp pdu:
    system priority: 65535

Slave Interface: ens1f1
MII Status: going down
Speed: Unknown
Duplex: Unknown
Link Failure Count: 4
Permanent HW addr: 02:00:00:00:00:12
Slave queue ID: 0
Aggregator ID: 2
`;

describe('/proc/<pid>/net/bonding', () => {
  const members = [
    { name: 'ens1f0', status: 'up', permanentAddress: '02:00:00:00:00:11', linkFailures: 0 },
    { name: 'ens1f1', status: 'going down', permanentAddress: '02:00:00:00:00:12', linkFailures: 4 },
  ] as const;

  it('tells the members of an aggregated link', () => {
    assert.deepEqual(parseBonding(AGGREGATED, 'x'), { mode: 'IEEE 802.3ad Dynamic link aggregation', activeMember: undefined, members });
  });

  it('tells which member is active, of a form from before Linux 2.6.36 but for its queues', () => {
    const text = AGGREGATED.replace(/802\.3ad info\n[^]*?\n\n/, '').replace('MII Status', 'Primary Slave: None\nCurrently Active Slave: ens1f0\nMII Status').replaceAll(/Slave queue ID: 0\nAggregator ID: (\d)/g, 'Aggregator ID: $1\nSlave queue ID: 0');
    const { activeMember, members: found } = parseBonding(text, 'x');
    assert.deepEqual([activeMember, found], ['ens1f0', members]);
  });

  it('may have no members, and none active', () => {
    const text = 'Ethernet Channel Bonding Driver: v6.1.0\n\nBonding Mode: load balancing (round-robin)\nCurrently Active Slave: None\nMII Status: down\n';
    assert.deepEqual(parseBonding(text, 'x'), { mode: 'load balancing (round-robin)', activeMember: undefined, members: [] });
  });
});
