import { assert } from 'chai';
import { type NetworkWorld, SERVICE_ACCOUNT_FOLDER } from '../../support/network-world.ts';
import { type Change, type DayOptions, simulatedDay } from './day.ts';

const SEED = 20_261_126;
const TARGET = '192.0.2.20:5432';
const VERIFIED = 'NetworkVerified True NetworkIsVerified: ';

const withTarget: Pick<DayOptions, 'settings' | 'seed'> = { seed: SEED, settings: { targets: [`tcp://${TARGET}`] } };
const listen = (world: NetworkWorld): void => void world.listeners.add(TARGET);

/** All that was told after the first two minutes, in which a node is verified. */
function later(changes: readonly Change[]): readonly Change[] {
  return changes.filter(({ atMinute }) => atMinute > 2);
}

function isVerified(changes: readonly Change[]): boolean {
  return changes.flatMap(({ conditions }) => conditions).findLast((text) => text.startsWith('NetworkVerified '))?.startsWith(VERIFIED) === true;
}

/** The conditions that changed, as type, status and reason. */
function words(change: Change | undefined): readonly string[] {
  return change?.conditions.map((text) => text.slice(0, text.indexOf(':'))) ?? [];
}

describe('a day of a node in a simulated network', function () {
  // 1,440 looks of each check, and all their attempts.
  this.timeout(120_000);

  it('in which one attempt in fifty is lost tells the same bytes from its second minute on, and not one event', async () => {
    const { changes, counts } = await simulatedDay({ ...withTarget, minutes: 1_440, lossShare: 0.02, deeds: [[0, listen]] });
    assert.isAbove(counts.lost, 100);
    assert.deepEqual(later(changes), []);
    assert.isEmpty(changes.flatMap(({ events }) => events));
    assert.isTrue(isVerified(changes));
  });
});

interface Outage {
  readonly what: string;
  readonly begin: (world: NetworkWorld) => void;
  readonly end: (world: NetworkWorld) => void;
  readonly type: string;
  readonly reason: string;
  /** When it is told at the soonest, after it began; a look a minute, and those that follow it sooner, leave it 1.5 minutes more. */
  readonly minutes: number;
}

const API = '10.96.0.1:443';

const outages: readonly Outage[] = [
  {
    what: 'a name server that no longer answers', type: 'ClusterDNSUnavailable', reason: 'DNSTimeout', minutes: 2,
    begin: ({ nameServers }) => void nameServers.delete('10.96.0.10'), end: ({ nameServers }) => void nameServers.add('10.96.0.10'),
  },
  {
    what: 'an API server that no longer answers', type: 'APIServerUnreachable', reason: 'APIServerTimeout', minutes: 3,
    begin: ({ listeners }) => void listeners.delete(API), end: ({ listeners }) => void listeners.add(API),
  },
  {
    what: 'a token that is no longer accepted', type: 'APIServerUnreachable', reason: 'APIServerUnauthorized', minutes: 3,
    begin: ({ tokens }) => tokens.clear(), end: ({ tokens }) => void tokens.add('token-1'),
  },
  {
    what: 'a target that no longer answers', type: 'NetworkTargetUnreachable', reason: 'TCPConnectTimeout', minutes: 3,
    begin: ({ listeners }) => void listeners.delete(TARGET), end: listen,
  },
];

describe('an outage of ten minutes', function () {
  this.timeout(120_000);

  for (const { what, begin, end, type, reason, minutes } of outages) {
    it(`of ${what} raises ${type} when its duration is over, nothing else but the roll-up, and is over soon after`, async () => {
      const { changes } = await simulatedDay({ ...withTarget, minutes: 90, deeds: [[0, listen], [60, begin], [70, end]] });
      const [raised, cleared, ...others] = later(changes);
      assert.deepEqual(words(raised), [`${type} True ${reason}`, 'NetworkVerified False NetworkNotVerified']);
      assert.deepEqual(raised?.events, [`warn ${reason}`]);
      assert.isTrue((raised?.atMinute ?? 0) >= 60 + minutes && (raised?.atMinute ?? 0) <= 60 + minutes + 2, `raised at ${raised?.atMinute}`);
      assert.match(words(cleared).join(), new RegExp(`^${type} False \\w+,NetworkVerified True NetworkIsVerified$`));
      assert.isTrue((cleared?.atMinute ?? 0) > 70.5 && (cleared?.atMinute ?? 0) <= 73, `cleared at ${cleared?.atMinute}`);
      assert.isEmpty(others);
    });
  }
});

describe('an API server that fails in another way every minute', function () {
  this.timeout(120_000);

  it('is told like one that fails in one way, and not fine in between', async () => {
    const silent = ({ listeners, tokens }: NetworkWorld): void => void [listeners.delete(API), tokens.add('token-1')];
    const refuses = ({ listeners, tokens }: NetworkWorld): void => void [listeners.add(API), tokens.delete('token-1')];
    const well = ({ listeners, tokens }: NetworkWorld): void => void [listeners.add(API), tokens.add('token-1')];
    const outage = Array.from({ length: 20 }, (_, minute) => [20 + minute, minute % 2 === 0 ? silent : refuses] as const);
    const { changes } = await simulatedDay({ seed: SEED, minutes: 60, deeds: [...outage, [40, well]] });
    const statuses = later(changes).flatMap(({ atMinute, conditions }) => conditions.filter((text) => text.startsWith('NetworkVerified ')).map((text) => ({ atMinute, status: text.split(' ')[1] })));
    assert.isAtMost(statuses[0]?.atMinute ?? Infinity, 25);
    assert.isTrue(statuses.every(({ atMinute, status }) => status === 'False' || atMinute > 40.5), JSON.stringify(statuses));
    assert.isTrue(isVerified(changes));
  });
});

describe('an outage that outlasts what is known of Services', function () {
  this.timeout(120_000);

  for (const [what, begin, end] of [
    ['the API server', ({ listeners }: NetworkWorld) => void listeners.delete(API), ({ listeners }: NetworkWorld) => void listeners.add(API)],
    ['the name server', ({ nameServers }: NetworkWorld) => void nameServers.delete('10.96.0.10'), ({ nameServers }: NetworkWorld) => void nameServers.add('10.96.0.10')],
  ] as const) {
    it(`of ${what} makes them Unknown, never bad, and all is verified within two minutes after it`, async () => {
      const { changes } = await simulatedDay({ seed: SEED, minutes: 120, deeds: [[60, begin], [90, end]] });
      const ofServices = later(changes).flatMap(({ atMinute, conditions }) => conditions.filter((text) => text.startsWith('ServiceDiscoveryFailed ')).map((text) => ({ atMinute, status: text.split(' ')[1] })));
      assert.deepEqual([...new Set(ofServices.map(({ status }) => status))], ['Unknown', 'False']);
      assert.isAbove(ofServices[0]?.atMinute ?? 0, 70);
      assert.isTrue(isVerified(changes));
      assert.isAtMost(changes.at(-1)?.atMinute ?? Infinity, 92);
      assert.lengthOf(changes.flatMap(({ events }) => events), 2, 'begin and end of one episode');
    });
  }
});

describe('a change under the running process', function () {
  this.timeout(120_000);

  it('of the token is picked up: it is read anew, and the old one ends later', async () => {
    const { changes } = await simulatedDay({
      seed: SEED, minutes: 60, deeds: [
        [20, ({ files, tokens }) => {
          files.set(`${SERVICE_ACCOUNT_FOLDER}/token`, 'token-2');
          tokens.add('token-2');
        }],
        [30, ({ tokens }) => void tokens.delete('token-1')],
      ],
    });
    assert.deepEqual(later(changes), []);
    assert.isTrue(isVerified(changes));
  });

  it('of the name server is picked up', async () => {
    const { changes } = await simulatedDay({
      seed: SEED, minutes: 60, deeds: [[20, (world) => {
        world.resolvConf = world.resolvConf.replace('10.96.0.10', '10.96.0.11');
        world.nameServers.delete('10.96.0.10');
        world.nameServers.add('10.96.0.11');
      }]],
    });
    assert.deepEqual(later(changes), []);
    assert.isTrue(isVerified(changes));
  });
});

describe('a node that starts during an outage', function () {
  this.timeout(120_000);

  it('is not verified before that is over, and soon after', async () => {
    const { changes } = await simulatedDay({
      seed: SEED, minutes: 20, deeds: [[0, ({ nameServers }) => nameServers.clear()], [1, ({ nameServers }) => void nameServers.add('10.96.0.10')]],
    });
    const verified = changes.flatMap(({ atMinute, conditions }) => conditions.filter((text) => text.startsWith('NetworkVerified ')).map((text) => ({ atMinute, status: text.split(' ')[1] })));
    assert.isTrue(verified.every(({ atMinute, status }) => (status === 'True') === atMinute > 1), JSON.stringify(verified));
    assert.deepEqual([verified[0]?.status, verified.at(-1)?.status], ['Unknown', 'True']);
    assert.isAtMost(verified.at(-1)?.atMinute ?? Infinity, 2.5);
    assert.isEmpty(changes.flatMap(({ events }) => events));
  });
});
