import { assert } from 'chai';
import { recordedSources } from '../../../../cli/recording/sources.ts';
import { silentLogger } from '../../../../plugins/core/log.ts';
import { createMonitor } from '../../../../plugins/core/monitor.ts';
import { defaultsOf } from '../../../../plugins/core/settings.ts';
import type { MonitorEvent } from '../../../../plugins/core/status.ts';
import { listeningPorts } from '../../../../plugins/host-inspector/checks/listening-ports.ts';
import { unexpectedListeningPort } from '../../../../plugins/host-inspector/conditions/unexpected-listening-port.ts';
import { hostSettings } from '../../../../plugins/host-inspector/settings.ts';
import { fakeClock } from '../../../support/fake-clock.ts';
import { PORT_TABLES, type TableSocket, socketTable } from '../../../support/host-tree-ports.ts';
import { hostTree } from '../../../support/host-tree.ts';

const SEED = 20_261_126;

function seededRandom(seed: number): (most: number) => number {
  let state = seed;
  return (most) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * most);
  };
}

/** What a day of a node said: each condition that was not as the minute before, and all events. */
async function day(socketsAt: (minute: number, random: (most: number) => number) => { readonly tcp?: readonly TableSocket[]; readonly udp?: readonly TableSocket[] }): Promise<readonly string[]> {
  using host = hostTree();
  const clock = fakeClock();
  const random = seededRandom(SEED);
  const said: string[] = [];
  const monitor = createMonitor({
    definition: { name: 'host-inspector', description: '', specs: [unexpectedListeningPort], settings: hostSettings, checks: [listeningPorts(recordedSources(host.root))] },
    version: 'test', root: host.root, configured: defaultsOf(hostSettings), clock, random: () => 0, log: silentLogger, bootId: undefined,
  });
  let before = '';
  for (let minute = 0; minute < 1_440; minute++) {
    const { tcp = [], udp = [] } = socketsAt(minute, random);
    host.write('proc/1/net/tcp', socketTable('tcp', [...tcp, ...PORT_TABLES.tcp]));
    host.write('proc/1/net/udp', socketTable('udp', [...udp, ...PORT_TABLES.udp]));
    if (minute === 0) await monitor.start();
    else await clock.advance(60_000);
    const { status, delivered } = monitor.checkHealth({});
    const now = status.conditions.map(({ status, reason }) => `${status} ${reason}`).join();
    if (now !== before) said.push(`${minute}: ${now}`);
    before = now;
    said.push(...status.events.map(({ reason, message }: MonitorEvent) => `${minute}: ${reason} ${message.slice(0, 60)}`));
    delivered();
  }
  monitor.close();
  return said;
}

describe('a day of listening ports, looked at every minute', () => {
  it('of clients that come and go, and of servers that somebody tries for a minute, says nothing', async () => {
    const said = await day((_, random) => ({
      tcp: random(3) === 0 ? [{ local: `0.0.0.0:${1_024 + random(30_000)}` }] : [],
      udp: Array.from({ length: random(30) }, () => ({ local: `0.0.0.0:${32_768 + random(28_000)}` })),
    }));
    assert.deepEqual(said, ['0: False ListeningPortsAreExpected']);
  }).timeout(60_000);

  it('of a server that runs for an hour says so once at its begin and once at its end', async () => {
    const said = await day((minute) => ({ tcp: minute >= 100 && minute < 160 ? [{ local: '0.0.0.0:4444' }] : [] }));
    assert.deepEqual(said, [
      '0: False ListeningPortsAreExpected',
      '101: NewListeningPort a port listens that did not before: TCP port 4444 on all add',
      '102: True UnexpectedListeningPort',
      '102: UnexpectedListeningPort TCP port 4444 on all addresses: it listens and is not among ',
      '165: False ListeningPortsAreExpected',
      '165: ListeningPortsAreExpected UnexpectedListeningPort is over (was UnexpectedListeningPort',
    ]);
  }).timeout(60_000);

  it('of a server that opens another port every other minute tells few events, and one condition', async () => {
    const said = await day((minute) => ({ tcp: minute < 20 ? [] : [{ local: `0.0.0.0:${5_000 + Math.floor(minute / 3)}` }, { local: `0.0.0.0:${5_000 + Math.floor(minute / 2)}` }] }));
    assert.isBelow(said.length, 15, said.join('\n'));
  }).timeout(60_000);
});
