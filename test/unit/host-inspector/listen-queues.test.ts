import { assert } from 'chai';
import * as fc from 'fast-check';
import { notApplicable, problem } from '../../../plugins/core/verdict.ts';
import { listenQueues } from '../../../plugins/host-inspector/checks/listen-queues.ts';
import { netstatOf } from '../../support/host-tree-net.ts';
import type { HostTree } from '../../support/host-tree.ts';
import { type Looker, eachWithHost } from '../../support/look-again.ts';

const DAY = 86_400;
const NETSTAT = 'proc/1/net/netstat';
const OVERFLOW = problem('ListenQueueOverflow', 'TCP listen queues', 'TCP listen queues: more connections refused than 1 per second, for services do not accept them in time (/proc/1/net/netstat, ListenOverflows)');

const HEADER = '  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode                                                     \n';
const REST = '00:00000000 00000000     0        0 21040 1 00000000f8a3043e 100 0 0 10 0                     \n';
const V6 = '00000000000000000000000000000000';
const line = (local: string, state: string, waiting: string): string => `   0: ${local} ${local.length > 20 ? V6 : '00000000'}:0000 ${state} 00000000:${waiting} ${REST}`;

let host: HostTree;
let looks: Looker;

const begin = (tree: HostTree, looker: Looker): void => {
  [host, looks] = [tree, looker];
};

/** What is told by looks every 30 s, of counters that grow by so much in between. */
async function overflows(growth: readonly number[]): Promise<readonly boolean[]> {
  const told: boolean[] = [];
  let count = 5_000;
  for (const [index, grown] of growth.entries()) {
    count += grown;
    host.write(NETSTAT, netstatOf(count));
    const verdicts = await looks.told(DAY + 30 * index);
    if (verdicts.length > 0) assert.deepEqual(verdicts, [OVERFLOW]);
    told.push(verdicts.length > 0);
  }
  return told;
}
const times = <T>(count: number, value: T): readonly T[] => Array.from({ length: count }, () => value);

describe('services that accept connections more slowly than they come', () => {
  eachWithHost(listenQueues, begin);

  it('are told while more than one per second is refused', async () => {
    const told = await overflows([0, ...times(20, 60), ...times(20, 0)]);
    assert.deepEqual([told[0], told.slice(1, 21), told.slice(-7)], [false, times(20, true), times(7, false)]);
  });

  it('are not told for one per second, nor for those refused before the first look', async () => {
    assert.deepEqual(await overflows([90_000, ...times(40, 30)]), times(41, false));
  });

  it('in one burst are forgotten before anybody is told', async () => {
    const told = await overflows([0, 0, 5_000, ...times(20, 0)]);
    assert.isAtMost(told.lastIndexOf(true) - told.indexOf(true), 6.5 * 2);
  });

  it('may be as many as the settings allow', async () => {
    await looks.told(DAY);
    host.write(NETSTAT, netstatOf(3_000));
    assert.deepEqual(await looks.told(DAY + 30, { listenOverflowsMaxPerSecond: 100 }), []);
  });

  it('are named by their ports, those with the most connections waiting first; the connections behind them are not read', async () => {
    host.write('proc/1/net/tcp', [HEADER, line('00000000:1F90', '0A', '00000005'), line('0100007F:0016', '0A', '00000000'), line('0100007F:D431', '01', '0000FFFF'), 'garbage'].join(''));
    host.write('proc/1/net/tcp6', [HEADER, line(`${V6}:1F90`, '0A', '00000003'), line(`${V6}:192B`, '0A', '00000081')].join(''));
    const { contributorsTo } = await looks.look(DAY);
    assert.deepEqual(await contributorsTo?.(OVERFLOW as never, new AbortController().signal), ['port 6443 (129 waiting)', 'port 8080 (8 waiting)']);
  });
});

describe('counters of the network stack', () => {
  eachWithHost(listenQueues, begin);

  it('are told, where this kernel has them', async () => {
    const { readings = [] } = await looks.look(DAY);
    assert.deepEqual(Object.fromEntries(readings.map(({ name, value }) => [name, value])), {
      listen_overflows: 3, listen_drops: 3,
      tcp_segments_sent: 54_915_039, tcp_segments_sent_again: 227, tcp_resets_sent: 1_003,
      udp_receive_buffer_errors: 9, udp_send_buffer_errors: 8,
      tcp_sockets: 4, tcp_orphans: 0, tcp_time_wait: 4, tcp_memory_pages: 1, udp_sockets: 0,
      tcp6_sockets: 17, udp6_sockets: 9, softnet_drops: 41, softnet_squeezes: 11,
    });
  });

  it('that are not judged are left out where they are garbage', async () => {
    for (const name of ['snmp', 'sockstat', 'sockstat6', 'softnet_stat']) host.write(`proc/1/net/${name}`, 'garbage');
    const { verdicts, readings = [] } = await looks.look(DAY);
    assert.deepEqual([verdicts, readings.map(({ name }) => name)], [[{ kind: 'healthy' }], ['listen_overflows', 'listen_drops']]);
  });

  it('cannot be seen where PID 1 is hidden', async () => {
    host.remove('proc/1/net');
    assert.deepEqual((await looks.look(DAY)).verdicts, [notApplicable('TCP listen queues (hidepid hides PID 1: needs CAP_SYS_PTRACE, or no /proc)')]);
  });

  it('that went back are unknown for one look', async () => {
    await looks.look(DAY);
    host.write(NETSTAT, netstatOf(1));
    assert.deepEqual(await looks.told(DAY + 30), [{ kind: 'unknown', message: '/proc/1/net/netstat: a counter went back' }]);
    assert.deepEqual(await looks.told(DAY + 60), []);
  });

  it('cut or garbage are never healthy', async () => {
    const text = netstatOf(3);
    // Between the two groups it is a whole file, of a kernel that has only the first.
    for (let end = 0; end < text.length; end++) {
      if (end === text.indexOf('IpExt')) continue;
      host.write(NETSTAT, text.slice(0, end));
      assert.equal((await looks.look(DAY)).verdicts[0]?.kind, 'unknown', `cut at ${end}`);
    }
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 60 }), async (bytes) => {
        host.write(NETSTAT, Buffer.from(bytes).toString('latin1'));
        assert.equal((await looks.look(DAY)).verdicts[0]?.kind, 'unknown');
      }),
      { numRuns: 100 },
    );
  });
});
