import { assert } from 'chai';
import { silentLogger } from '../../../plugins/core/log.ts';
import { createMonitor } from '../../../plugins/core/monitor.ts';
import { defaultsOf } from '../../../plugins/core/settings.ts';
import { bonds } from '../../../plugins/host-inspector/checks/bonds.ts';
import { listenQueues } from '../../../plugins/host-inspector/checks/listen-queues.ts';
import { networkInterfaces } from '../../../plugins/host-inspector/checks/network-interfaces.ts';
import { networkInterfaceDegraded } from '../../../plugins/host-inspector/conditions/network-interface-degraded.ts';
import { hostSettings } from '../../../plugins/host-inspector/settings.ts';
import { fakeClock } from '../../support/fake-clock.ts';
import { type TreeInterface, INTERFACES, interfaceWriter, netstatOf, writeInterfaces } from '../../support/host-tree-net.ts';
import { hostTree } from '../../support/host-tree.ts';

const LOOK_SECONDS = 30;
const LOOKS_PER_HOUR = 120;

const BOND = (eth2: string): string =>
  'Ethernet Channel Bonding Driver: v6.8.0\n\nBonding Mode: IEEE 802.3ad Dynamic link aggregation\nMII Status: up\n' +
  [['eth1', 'up'], ['eth2', eth2]].map(([name, status]) => `\nSlave Interface: ${name}\nMII Status: ${status}\nLink Failure Count: 1\nPermanent HW addr: 02:00:00:00:02:01\nSlave queue ID: 0\n`).join('');

/** What happens in the looks of an hour to a node that is healthy all the time. */
function nodeAt(look: number): { readonly interfaces: Readonly<Record<string, TreeInterface>>; readonly eth2: string; readonly refused: number } {
  const minute = (look % LOOKS_PER_HOUR) / 2;
  const hour = Math.floor(look / LOOKS_PER_HOUR);
  // A switch is updated: one link is gone for nine and a half minutes, and so is what hangs on it.
  const isUpdated = minute >= 20 && minute < 29.5;
  // The driver of the last card is loaded again once an hour, and its counters begin anew.
  const isReloaded = minute === 40;
  const card = { operState: isUpdated ? 'down' : 'up', linkChanges: 2 + 2 * hour + (isUpdated ? 1 : minute >= 29.5 ? 2 : 0) } as const;
  return {
    eth2: isUpdated ? 'down' : 'up',
    refused: 29 * look + hour * 250,
    interfaces: {
      ...INTERFACES,
      bond0: { isVirtual: true },
      eth0: { linkChanges: 2 + 10 * hour + 2 * Math.min(5, Math.floor(minute)), packets: [990 * look, 990 * look], errors: [10 * look, 10 * look], drops: [400 * look, 9] },
      eth1: { master: 'bond0', bondStatus: 'up' },
      eth2: { ...card, master: 'bond0', bondStatus: isUpdated ? 'down' : 'up' },
      eth3: card,
      eth4: { operState: 'down', linkChanges: 1 },
      eth5: { operState: 'down', flags: '0x1002', linkChanges: hour },
      ...(isReloaded ? {} : { eth6: { packets: [minute >= 40 ? 3 : 900 * look, 900 * look], errors: [look % 2, 0] } }),
      // A burst of broken packets, once an hour.
      eth7: { packets: [1_000 * look, 9], errors: [500 * (hour + (minute >= 50 ? 1 : 0)), 0] },
      ...Object.fromEntries(Array.from({ length: 4 }, (_, pod) => [`veth${look + pod}`, { isVirtual: true, operState: pod % 2 === 0 ? 'down' : 'up', errors: [pod * 999, 5] }])),
    },
  };
}

describe('a day of a node with an untidy but healthy network', function () {
  // 2,880 looks of three checks.
  this.timeout(120_000);

  it('is told healthy, without an event, over restarts too', async () => {
    using host = hostTree();
    const clock = fakeClock();
    let saved: string | undefined;
    const begin = () => createMonitor({
      definition: { name: 'test', description: '', specs: [networkInterfaceDegraded], settings: hostSettings, checks: [networkInterfaces, bonds, listenQueues] },
      version: 'test', root: host.root, configured: defaultsOf(hostSettings), clock, random: () => 0, log: silentLogger, bootId: '00000000-0000-4000-8000-000000000001',
      savedState: saved, onSave: (text) => (saved = text),
    });
    let monitor = begin();
    const told = new Set<string>();
    writeInterfaces(host.root, host.write, {});
    const writeThem = interfaceWriter(host.root, host.write);
    host.write('sys/class/net/bonding_masters', 'bond0\n');
    for (let look = 0; look < 24 * LOOKS_PER_HOUR; look++) {
      const { interfaces, eth2, refused } = nodeAt(look);
      writeThem(interfaces);
      host.write('proc/1/net/bonding/bond0', BOND(eth2));
      host.write('proc/1/net/netstat', netstatOf(refused));
      host.write('proc/uptime', `${40 + LOOK_SECONDS * look}.00 1.00\n`);
      if (look === 0) await monitor.start();
      else await clock.advance(LOOK_SECONDS * 1_000);
      if (look % 500 === 499) {
        monitor.close();
        monitor = begin();
        await monitor.start();
      }
      const { conditions, events } = monitor.checkHealth({}).status;
      told.add([...conditions.map(({ status, reason, message }) => `${status} ${reason} ${message}`), ...events.map(({ reason }) => reason)].join());
    }
    monitor.close();
    const { reason, message } = networkInterfaceDegraded.healthy;
    assert.deepEqual([...told], [`False ${reason} ${message}`]);
    assert.isBelow(saved?.length ?? Infinity, 6_000);
  });
});
