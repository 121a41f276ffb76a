import { assert } from 'chai';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { type Verdict, notApplicable, partOf, problem, unknownOf } from '../../../plugins/core/verdict.ts';
import { networkInterfaces } from '../../../plugins/host-inspector/checks/network-interfaces.ts';
import { hostConditions } from '../../../plugins/host-inspector/conditions.ts';
import { knownOf, withLinked } from '../../../plugins/host-inspector/network/known.ts';
import { LONGEST_SPAN_MS } from '../../../plugins/host-inspector/network/marks.ts';
import { type TreeInterface, INTERFACES, writeInterfaces } from '../../support/host-tree-net.ts';
import type { HostTree } from '../../support/host-tree.ts';
import { type Looker, eachWithHost } from '../../support/look-again.ts';

/** Long after the boot. */
const DAY = 86_400;
const LOST = { operState: 'down', linkChanges: 3 } as const;

const down = (name: string, part = ''): Verdict => problem('InterfaceDown', name, `${name}${part}: enabled, but without the link that it had before (/sys/class/net/${name}/operstate)`);
const flaps = (name: string): Verdict => problem('InterfaceFlapping', name, `${name}: lost its link more than 5 times within ten minutes (/sys/class/net/${name}/carrier_changes)`);
const errors = (name: string, way: 'received' | 'sent'): Verdict => problem('InterfaceErrors', partOf(name, way), `${name}: more than 1% of the packets ${way} have errors (/proc/1/net/dev)`);
const wentBack = (name: string): readonly Verdict[] => ['received', 'sent'].map((way) => {
  const { cause: _, ...rest } = { cause: undefined, ...unknownOf(partOf(name, way), `${name}: a counter went back (/proc/1/net/dev)`) };
  return rest;
});

let host: HostTree;
let looks: Looker;

const begin = (tree: HostTree, looker: Looker): void => {
  [host, looks] = [tree, looker];
};

/** The host has these interfaces from now on, and those that every one has. */
function have(interfaces: Readonly<Record<string, TreeInterface>>): void {
  writeInterfaces(host.root, host.write, { ...INTERFACES, ...interfaces });
}

describe('the link of a network card', () => {
  eachWithHost(networkInterfaces, begin);

  it('that it had and has no more is told, until it is back', async () => {
    have({ eth1: {} });
    assert.deepEqual(await looks.told(DAY), []);
    have({ eth1: LOST });
    assert.deepEqual(await looks.told(DAY + 30), [down('eth1')]);
    assert.deepEqual(await looks.told(DAY + 60), [down('eth1')]);
    have({ eth1: { linkChanges: 4 } });
    assert.deepEqual(await looks.told(DAY + 90), []);
  });

  it('that it had in an earlier boot is told as well', async () => {
    have({ eth1: {} });
    await looks.told(DAY);
    looks.reboot();
    have({ eth1: { ...LOST, linkChanges: 1 } });
    assert.deepEqual(await looks.told(60), [down('eth1')]);
  });

  it('is missed for longer than a switch needs for an update, before anybody is told', () => {
    const reasons = hostConditions.find(({ type }) => type === 'NetworkInterfaceDegraded')?.reasons ?? [];
    for (const { reason, raiseAfterMs } of reasons.filter((row) => /Down|Bond/.test(row.reason))) assert.isAtLeast(raiseAfterMs, 10 * 60_000, reason);
  });

  it('is told of a port of a bridge, and of one of a team as the team\'s business', async () => {
    const ports = { br0: { isVirtual: true }, team0: { isVirtual: true }, eth1: { master: 'br0' }, eth2: { master: 'team0' } };
    have(ports);
    await looks.told(DAY);
    have({ ...ports, eth1: { ...ports.eth1, ...LOST }, eth2: { ...ports.eth2, ...LOST } });
    const team = problem('BondDegraded', 'eth2', 'eth2 (part of team0): enabled, but without the link that it had before (/sys/class/net/eth2/operstate)');
    assert.deepEqual(await looks.told(DAY + 30), [down('eth1', ' (part of br0)'), team]);
  });

  const harmless: readonly { readonly name: string; readonly before?: TreeInterface; readonly after: TreeInterface; readonly others?: Readonly<Record<string, TreeInterface>> }[] = [
    { name: 'a port that never had a cable', before: { operState: 'down', linkChanges: 1 }, after: { operState: 'down', linkChanges: 1 } },
    { name: 'a port that somebody disabled', after: { ...LOST, flags: '0x1002' } },
    { name: 'one that was never there with a link, such as a second ENI', after: { ...LOST } , before: { flags: '0x1002', operState: 'down' } },
    { name: 'a card whose driver does not tell', after: { operState: 'unknown' } },
    { name: 'one that waits to be let in by 802.1X', after: { operState: 'dormant' } },
    { name: 'a virtual function', before: { isVirtualFunction: true }, after: { ...LOST, isVirtualFunction: true } },
    { name: 'a WLAN', before: { kind: 'wlan' }, after: { ...LOST, kind: 'wlan' } },
    { name: 'a CAN bus', before: { type: 280 }, after: { ...LOST, type: 280 } },
    { name: 'a veth, bridge or tunnel', before: { isVirtual: true }, after: { ...LOST, isVirtual: true } },
    { name: 'another card under the same name', after: { ...LOST, address: '02:00:00:00:09:09' } },
    { name: 'a member of a bond, which is judged as such', before: { master: 'bond0', bondStatus: 'up' }, after: { ...LOST, master: 'bond0', bondStatus: 'down' }, others: { bond0: { isVirtual: true } } },
    { name: 'a virtual function behind the interface of a hypervisor, as Azure and GCP have it', before: { master: 'eth0' }, after: { ...LOST, master: 'eth0' } },
  ];
  for (const { name, before = {}, after, others = {} } of harmless) {
    it(`is not missed of ${name}`, async () => {
      have({ ...others, eth1: before });
      assert.deepEqual(await looks.told(DAY), []);
      have({ ...others, eth1: after });
      for (let seconds = 30; seconds <= 1_200; seconds += 30) assert.deepEqual(await looks.told(DAY + seconds), []);
    });
  }

  it('is not missed of a card that was taken out, nor when it comes back under another name', async () => {
    have({ eth1: {} });
    await looks.told(DAY);
    have({});
    assert.deepEqual(await looks.told(DAY + 30), []);
    have({ lan1: LOST });
    assert.deepEqual(await looks.told(DAY + 60), []);
  });

  it('is missed of a card that came back, as after its driver was loaded again', async () => {
    have({ eth1: {} });
    await looks.told(DAY);
    have({});
    await looks.told(DAY + 30);
    have({ eth1: { operState: 'down', linkChanges: 1 } });
    assert.deepEqual(await looks.told(DAY + 60), [down('eth1')]);
  });

  it('is not missed where the interface is not to be judged', async () => {
    have({ eth1: {}, usb0: {} });
    await looks.told(DAY);
    have({ eth1: LOST, usb0: LOST });
    assert.deepEqual(await looks.told(DAY + 30, { interfaceIgnore: ['eth1', 'usb*'] }), []);
    assert.deepEqual(await looks.told(DAY + 60, { interfaceIgnore: ['eth', 'usb1'] }), [down('eth1'), down('usb0')]);
  });
});

describe('a link that comes and goes', () => {
  eachWithHost(networkInterfaces, begin);

  /** Looks every 30 s, at each of which the counter has grown by so many changes. */
  async function changes(from: number, growth: readonly number[], its: TreeInterface = {}): Promise<readonly (readonly Verdict[])[]> {
    const told: (readonly Verdict[])[] = [];
    let linkChanges = 2;
    have({ eth1: its });
    for (const [index, grown] of growth.entries()) {
      linkChanges += grown;
      host.write('sys/class/net/eth1/carrier_changes', `${linkChanges}\n`);
      told.push(await looks.told(from + 30 * index));
    }
    return told;
  }
  const times = (count: number, grown: number): readonly number[] => Array.from({ length: count }, () => grown);

  it('more than five times within ten minutes is told, until it keeps the link', async () => {
    const told = await changes(DAY, [0, ...times(6, 2), ...times(20, 0)]);
    assert.deepEqual(told.map((verdicts) => verdicts.length), [...times(6, 0), ...times(18, 1), ...times(3, 0)]);
    assert.deepEqual(told[6], [flaps('eth1')]);
  });

  it('is told at once where it comes and goes faster than anybody looks', async () => {
    assert.deepEqual(await changes(DAY, [0, 14]), [[], [flaps('eth1')]]);
  });

  it('five times within ten minutes, again and again, is not told', async () => {
    const tenMinutes = [...times(5, 2), ...times(15, 0)];
    assert.deepEqual((await changes(DAY, [0, ...tenMinutes, ...tenMinutes, ...tenMinutes])).flat(), []);
  });

  it('wobbles around the limit without being told again and again', async () => {
    const told = await changes(DAY, [0, ...times(7, 2), ...times(12, 0), ...times(40, 1)]);
    const states = told.map((verdicts) => verdicts.length > 0);
    assert.equal(states.filter((state, index) => state !== states[index - 1]).length, 2);
  });

  const harmless: readonly { readonly name: string; readonly told: () => Promise<readonly (readonly Verdict[])[]> }[] = [
    { name: 'while the machine starts', told: () => changes(5, times(19, 6)) },
    { name: 'before the first look', told: () => changes(DAY, [4_000, 0, 0]) },
    { name: 'before the driver was loaded again', told: () => changes(DAY, [400, -398, 2, 0]) },
    { name: 'of a port that is disabled', told: () => changes(DAY, times(9, 6), { flags: '0x1002', operState: 'down' }) },
  ];
  for (const { name, told } of harmless) it(`${name} is not told`, async () => assert.deepEqual((await told()).flat(), []));

  it('is not counted by Linux before 3.15, and its state is judged all the same', async () => {
    have({ eth1: {} });
    const remove = (): void => rmSync(join(host.root, 'sys/class/net/eth1/carrier_changes'));
    remove();
    assert.deepEqual(await looks.told(DAY), []);
    have({ eth1: LOST });
    remove();
    assert.deepEqual(await looks.told(DAY + 30), [down('eth1')]);
  });
});

describe('packets with errors', () => {
  eachWithHost(networkInterfaces, begin);

  async function counts(...looked: readonly TreeInterface[]): Promise<readonly (readonly Verdict[])[]> {
    const told: (readonly Verdict[])[] = [];
    for (const [index, its] of looked.entries()) {
      have({ eth1: its });
      told.push(await looks.told(DAY + 30 * index));
    }
    return told;
  }

  it('of more than one in a hundred are told, for each way by itself', async () => {
    assert.deepEqual(await counts({ packets: [1_000, 1_000] }, { packets: [2_000, 2_000], errors: [60, 0] }, { packets: [9_000, 3_000], errors: [60, 99] }), [[], [errors('eth1', 'received')], [errors('eth1', 'sent')]]);
  });

  it('are over when they have stopped for six minutes', async () => {
    const sick = { packets: [2_000, 0], errors: [500, 0] } as const;
    const told = await counts({}, ...Array.from({ length: 16 }, () => sick));
    const last = told.findLastIndex((verdicts) => verdicts.length > 0);
    assert.isAtLeast(last, 1);
    assert.isAtMost(last * 30_000, LONGEST_SPAN_MS);
  });

  it('must last longer than what is compared, before anybody is told', () => {
    const reasons = hostConditions.find(({ type }) => type === 'NetworkInterfaceDegraded')?.reasons ?? [];
    for (const { reason, raiseAfterMs } of reasons.filter((row) => /Errors|Listen/.test(row.reason))) assert.isAbove(raiseAfterMs, LONGEST_SPAN_MS, reason);
  });

  const harmless: readonly { readonly name: string; readonly looked: readonly TreeInterface[] }[] = [
    { name: 'of one in a hundred', looked: [{}, { packets: [9_900, 9_900], errors: [100, 100] }] },
    { name: 'of a few packets', looked: [{}, { packets: [20, 20], errors: [49, 49] }] },
    { name: 'from before the first look', looked: [{ packets: [100, 100], errors: [5_000, 5_000] }, { packets: [100, 100], errors: [5_000, 5_000] }] },
    { name: 'that are none: nobody here speaks their protocol', looked: [{}, { packets: [10_000, 10_000], drops: [9_000, 9_000] }] },
    { name: 'of a veth', looked: [{ isVirtual: true }, { isVirtual: true, errors: [5_000, 5_000] }] },
  ];
  for (const { name, looked } of harmless) it(`${name} are not told`, async () => assert.deepEqual((await counts(...looked)).flat(), []));

  it('of a counter that began anew, or wrapped, cannot be told for one look', async () => {
    const told = await counts({ packets: [4_294_967_290, 5], errors: [7, 7] }, { packets: [10, 5], errors: [7, 7] }, { packets: [1_000, 5], errors: [7, 7] }, { packets: [2_000, 5], errors: [107, 7] });
    assert.deepEqual(told, [[], wentBack('eth1'), [], [errors('eth1', 'received')]]);
  });

  it('are counted beyond what a double holds', async () => {
    host.write('proc/1/net/dev', `Inter-|   Receive                                                |  Transmit
 face |bytes    packets errs drop fifo frame compressed multicast|bytes    packets errs drop fifo colls carrier compressed
    lo: 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0
  cni0: 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0
veth1f00: 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0
  eth0: 18446744073709551615 18446744073709551000 0 0 0 0 0 0 18446744073709551615 18446744073709551000 0 0 0 0 0 0
`);
    assert.deepEqual(await looks.told(DAY), []);
    assert.deepEqual(await looks.told(DAY + 30), []);
  });
});

describe('interfaces of the host', () => {
  eachWithHost(networkInterfaces, begin);

  it('are told with their numbers, only those of devices', async () => {
    have({ eth1: { packets: [7, 5], errors: [3, 2], drops: [1, 4], flags: '0x1002', operState: 'down' } });
    const { readings = [] } = await looks.look(DAY);
    assert.deepEqual([...new Set(readings.map(({ subject }) => subject))], ['eth0', 'eth1']);
    assert.deepEqual(readings.filter(({ subject }) => subject === 'eth1').map(({ name, value, source }) => [name, value, source]), [
      ['interface_state', 'disabled', '/sys/class/net/eth1/operstate'],
      ['interface_link_changes', 2, '/sys/class/net/eth1/carrier_changes'],
      ['interface_received_packets', 7, '/proc/1/net/dev'],
      ['interface_receive_errors', 3, '/proc/1/net/dev'],
      ['interface_receive_drops', 1, '/proc/1/net/dev'],
      ['interface_sent_packets', 5, '/proc/1/net/dev'],
      ['interface_send_errors', 2, '/proc/1/net/dev'],
      ['interface_send_drops', 4, '/proc/1/net/dev'],
    ]);
  });

  it('keep what they have cost of memory, however many belong to Pods', async () => {
    await looks.look(DAY);
    const few = JSON.stringify(looks.kept());
    have(Object.fromEntries(Array.from({ length: 300 }, (_, index) => [`veth${index}`, { isVirtual: true, operState: 'down', errors: [index, 9] }])));
    assert.deepEqual(await looks.told(DAY + 30), []);
    assert.equal(JSON.stringify(looks.kept()), few);
  });

  it('beyond 64 are not judged, which is said', async () => {
    have(Object.fromEntries(Array.from({ length: 70 }, (_, index) => [`eth${index}`, {}])));
    const beyond = 'network interfaces beyond those of 64 devices';
    assert.deepEqual((await looks.told(DAY)).map((verdict) => ('message' in verdict ? verdict.message : '')), [`${beyond}: not looked at`]);
  });

  it('of a node in a container are all virtual, so that there is nothing to judge', async () => {
    writeInterfaces(host.root, host.write, { lo: { isVirtual: true }, eth0: { isVirtual: true } });
    assert.deepEqual((await looks.look(DAY)).verdicts, [notApplicable('network interfaces (none of a device that is judged)')]);
  });

  it('are forgotten at last, when a cloud attaches another one every day', () => {
    const days = Array.from({ length: 140 }, (_, day) => `eth1 ${day}`);
    const known = days.reduce<readonly string[]>((before, day) => knownOf(withLinked(before, ['eth0 x', day])), []);
    assert.deepEqual(known, ['eth0 x', ...days.slice(-127).toReversed()]);
  });
});
