import { assert } from 'chai';
import { type Verdict, healthy, notApplicable, problem } from '../../../plugins/core/verdict.ts';
import { bonds } from '../../../plugins/host-inspector/checks/bonds.ts';
import { type TreeInterface, INTERFACES, writeInterfaces } from '../../support/host-tree-net.ts';
import type { HostTree } from '../../support/host-tree.ts';
import { type Looker, eachWithHost } from '../../support/look-again.ts';

const DAY = 86_400;
const FILE = 'proc/1/net/bonding/bond0';

type Members = Readonly<Record<string, string>>;

/** As the kernel writes it, of members and their states. */
function bondOf(members: Members): string {
  const head = 'Ethernet Channel Bonding Driver: v6.8.0\n\nBonding Mode: fault-tolerance (active-backup)\nCurrently Active Slave: eth1\nMII Status: up\nMII Polling Interval (ms): 100\n';
  const parts = Object.entries(members).map(([name, status]) => `\nSlave Interface: ${name}\nMII Status: ${status}\nSpeed: 25000 Mbps\nLink Failure Count: 1\nPermanent HW addr: 02:00:00:00:02:0${name.slice(-1)}\nSlave queue ID: 0\n`);
  return head + parts.join('');
}

const without = (names: string, source = `/${FILE}`): Verdict => problem('BondDegraded', 'bond0', `bond0: works without ${names}, which had a link before (${source})`);

let host: HostTree;
let looks: Looker;

const begin = (tree: HostTree, looker: Looker): void => {
  [host, looks] = [tree, looker];
};

/** The host has a bond with these members; cards that are not up are so for want of a link, but for what `cards` says. */
function have(members: Members, cards: Readonly<Record<string, TreeInterface>> = {}): void {
  const interfaces = Object.entries(members).map(([name, status]) => [name, { master: 'bond0', bondStatus: status, operState: status === 'up' ? 'up' : 'down' }] as const);
  writeInterfaces(host.root, host.write, { ...INTERFACES, bond0: { isVirtual: true }, ...Object.fromEntries(interfaces), ...cards });
  host.write('sys/class/net/bonding_masters', 'bond0\n');
  host.write(FILE, bondOf(members));
}

describe('a bond', () => {
  eachWithHost(bonds, begin);

  it('of which a member has lost its link is told, until it is back', async () => {
    have({ eth1: 'up', eth2: 'up' });
    assert.deepEqual(await looks.told(DAY), []);
    have({ eth1: 'up', eth2: 'down' });
    assert.deepEqual(await looks.told(DAY + 30), [without('eth2')]);
    have({ eth1: 'going down', eth2: 'going back' });
    assert.deepEqual(await looks.told(DAY + 60), [without('eth1, eth2')]);
    have({ eth1: 'up', eth2: 'up' });
    assert.deepEqual(await looks.told(DAY + 90), []);
  });

  it('that lost the link with a reboot is told as well', async () => {
    have({ eth1: 'up', eth2: 'up' });
    await looks.told(DAY);
    looks.reboot();
    have({ eth1: 'up', eth2: 'down' });
    assert.deepEqual(await looks.told(60), [without('eth2')]);
  });

  it('of which a card fell off its bus is told, until the next boot finds it smaller', async () => {
    have({ eth1: 'up', eth2: 'up' });
    await looks.told(DAY);
    have({ eth1: 'up' });
    assert.deepEqual(await looks.told(DAY + 30), [without('eth2')]);
    assert.deepEqual(await looks.told(DAY + 60), [without('eth2')]);
    looks.reboot();
    assert.deepEqual(await looks.told(60), []);
  });

  const harmless: readonly { readonly name: string; readonly before: Members; readonly after: Members; readonly cards?: Readonly<Record<string, TreeInterface>> }[] = [
    { name: 'with a spare that has its link', before: { eth1: 'up', eth2: 'up' }, after: { eth1: 'up', eth2: 'up' } },
    { name: 'with a port that never had a cable', before: { eth1: 'up', eth2: 'down' }, after: { eth1: 'up', eth2: 'down' } },
    { name: 'with a member that somebody disabled', before: { eth1: 'up', eth2: 'up' }, after: { eth1: 'up', eth2: 'down' }, cards: { eth2: { master: 'bond0', bondStatus: 'down', operState: 'down', flags: '0x1002' } } },
    { name: 'that somebody took a member out of', before: { eth1: 'up', eth2: 'up' }, after: { eth1: 'up' }, cards: { eth2: {} } },
    { name: 'without members, as the driver makes it when it is loaded', before: {}, after: {} },
  ];
  for (const { name, before, after, cards = {} } of harmless) {
    it(`${name} is as it should be`, async () => {
      have(before);
      assert.deepEqual(await looks.told(DAY), []);
      have(after, cards);
      for (let seconds = 30; seconds <= 900; seconds += 30) assert.deepEqual(await looks.told(DAY + seconds), []);
    });
  }

  it('that is gone is no longer judged', async () => {
    have({ eth1: 'up', eth2: 'up' });
    await looks.told(DAY);
    host.remove(FILE);
    writeInterfaces(host.root, host.write, INTERFACES);
    assert.deepEqual(await looks.told(DAY + 30), []);
  });

  it('is judged by what /sys says of its members where PID 1 has no folder of bonds', async () => {
    have({ eth1: 'up', eth2: 'up' });
    host.remove('proc/1/net/bonding');
    assert.deepEqual(await looks.told(DAY), []);
    have({ eth1: 'up', eth2: 'down' });
    host.remove('proc/1/net/bonding');
    assert.deepEqual(await looks.told(DAY + 30), [without('eth2', '/sys/class/net/*/bonding_slave')]);
  });

  it('is judged by PID 1\'s folder alone where /sys shows no interfaces', async () => {
    have({ eth1: 'up', eth2: 'up' });
    host.remove('sys/class/net');
    assert.deepEqual(await looks.told(DAY), []);
    host.write(FILE, bondOf({ eth1: 'up', eth2: 'down' }));
    assert.deepEqual(await looks.told(DAY + 30), [without('eth2')]);
    // It may be gone or taken out, which nobody sees.
    host.write(FILE, bondOf({ eth1: 'up' }));
    assert.deepEqual(await looks.told(DAY + 60), []);
  });

  it('tells how many members it has, and how many of them are up', async () => {
    have({ eth1: 'up', eth2: 'down' });
    const { readings = [] } = await looks.look(DAY);
    assert.deepEqual(readings.map(({ name, subject, value }) => [name, subject, value]), [['bond_members', 'bond0', 2], ['bond_members_up', 'bond0', 1]]);
  });
});

describe('bonds', () => {
  eachWithHost(bonds, begin);

  const judged = async (): Promise<readonly Verdict[]> => (await looks.look(DAY)).verdicts;

  it('are on few nodes, and then there is nothing wrong with them', async () => {
    assert.deepEqual(await judged(), [healthy]);
    host.write('proc/1/net/bonding/x', '');
    host.remove('proc/1/net/bonding/x');
    assert.deepEqual(await judged(), [healthy]);
  });

  it('cannot be seen where PID 1 is hidden', async () => {
    host.remove('proc/1/net');
    assert.deepEqual(await judged(), [notApplicable('network interfaces (hidepid hides PID 1: needs CAP_SYS_PTRACE, or no /proc)')]);
  });

  it('of which the file is cut or garbage cannot be told', async () => {
    have({ eth1: 'up', eth2: 'up' });
    await looks.look(DAY);
    const text = bondOf({ eth1: 'up', eth2: 'down' });
    for (let end = 0; end < text.length; end++) {
      host.write(FILE, text.slice(0, end));
      assert.equal((await judged()).at(0)?.kind, 'unknown', `cut at ${end}`);
    }
  });
});
