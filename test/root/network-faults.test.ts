import { assert } from 'chai';
import { networkConditions } from '../../plugins/network-verifier/conditions.ts';
import { SCOPE_WORDS, type Scope, scopes, typeIn } from '../../plugins/network-verifier/scope.ts';
import { type FaultLabs, type Seen, startFaultLabs } from '../support/fault-lab.ts';
import { FAULT_STORIES, notGood } from '../support/fault-stories.ts';
import type { NetworkFault } from '../support/network-fault.ts';
import { NETWORK_FAULTS } from '../support/network-faults.ts';
import { NETWORK_HARMLESS } from '../support/network-harmless.ts';

const LABS = 6;

/** `False` of a problem, `True` of the roll-up. */
const WELL = ['False', 'False', 'False', 'False', 'True'];

const GOOD = ['False DNSAnswers', 'False APIServerIsReachable', 'False NetworkTargetsAreReachable', 'False ServicesAreReachable', 'True NetworkIsVerified'];

/** Of an API server that nobody could work with so far. */
const NOT_PROVEN = [GOOD[0], 'Unknown APIServerUnknown', GOOD[2], 'Unknown ServiceDiscoveryUnknown', 'Unknown NetworkVerificationUnknown'];

function statuses(conditions: Seen['before']): readonly string[] {
  return conditions.map(({ status }) => status);
}

/** What the conditions come to while it lasts. */
function statusesOf({ condition, unknown = [] }: NetworkFault, scope: Scope): readonly string[] {
  return networkConditions(scope).map(({ type, rollUpOf }) => {
    if (type === typeIn(scope, condition)) return 'True';
    return rollUpOf === undefined && unknown.some((one) => typeIn(scope, one) === type) ? 'Unknown' : 'False';
  });
}

function messageOf({ condition, reason, says }: NetworkFault, scope: Scope): string {
  const advice = networkConditions(scope).flatMap((spec) => (spec.type === typeIn(scope, condition) ? spec.reasons : [])).find((row) => row.reason === reason)?.advice ?? '';
  return `${says.replaceAll('FROM', SCOPE_WORDS[scope])}. ${advice}`;
}

describe('in a network of its own', function () {
  this.timeout(120_000);
  let labs: FaultLabs;
  const answers = new Map<string, Promise<unknown>>();

  before(function () {
    if (process.getuid?.() !== 0) this.skip();
    labs = startFaultLabs(LABS);
    // All are asked at once, so that the labs are never idle; each test waits for its own.
    const ask = (key: string, asked: Parameters<FaultLabs['ask']>[0]): void => {
      const answer = labs.ask(asked);
      answer.catch(() => {});
      answers.set(key, answer);
    };
    for (const story of Object.keys(FAULT_STORIES)) ask(story, { story });
    for (const scope of scopes) for (const { what } of [...NETWORK_FAULTS, ...NETWORK_HARMLESS]) ask(`${what} ${scope}`, { what, scope });
  });
  after(async () => await labs[Symbol.asyncDispose]());

  const storyOf = async (name: string): Promise<unknown> => await answers.get(name);
  const seenOf = async ({ what }: { readonly what: string }, scope: Scope): Promise<Seen> => (await answers.get(`${what} ${scope}`)) as Seen;

  it('a token that is rotated is taken up, and nobody notices', async () => {
    assert.deepEqual(await storyOf('a token is rotated'), { seen: [], tokens: ['Bearer first-token', 'Bearer second-token'] });
  });

  it('a token that is rotated late is told, and taken up once it is there', async () => {
    assert.deepEqual(await storyOf('a token is rotated late'), { during: [GOOD[0], 'True APIServerUnauthorized', GOOD[2], GOOD[3], 'False NetworkNotVerified'], after: GOOD });
  });

  it('a CA that is replaced is taken up, and nobody notices', async () => {
    assert.deepEqual(await storyOf('the CA of the cluster is replaced'), []);
  });

  it('a resolv.conf that is replaced is taken up, and the name servers of before are not asked again', async () => {
    assert.deepEqual(await storyOf('resolv.conf is replaced'), { seen: [], isAsked: true });
  });

  it('a name server that is added is asked, too, and one that is taken out is no longer told of', async () => {
    assert.deepEqual(await storyOf('a name server that is ill is added'), {
      during: ['True DNSServerFailure', ...GOOD.slice(1, 4), 'False NetworkNotVerified'], message: 'name server 10.96.0.12:53 over UDP from the Pod network: return code SERVFAIL', after: GOOD,
    });
  });

  it('a node that starts in an outage is not verified until that is over', async () => {
    assert.deepEqual(await storyOf('a node that starts in an outage'), { during: NOT_PROVEN, after: GOOD });
  });

  it('a node that is cut off from everything is likelier to blame than all that it asks', async () => {
    assert.deepEqual(await storyOf('a node is cut off'), {
      during: ['True DNSTimeout', 'True APIServerTimeout', 'True TCPConnectTimeout', 'True ServiceUnreachable', 'False NetworkNotVerified'],
      outlooks: Array.from({ length: 4 }, () => ['and nothing else can be reached: likelier this node than what it asks']),
      after: GOOD,
    });
  });

  it('looks end in time, too, where all is lost and each attempt takes as long as it may', async () => {
    assert.deepEqual(await storyOf('attempts take as long as they may'), []);
  });

  it('verify ends with 0, 1 or 2, and names the one reason; without a look before, what cannot be told is Unknown at once', async () => {
    const not = (...details: readonly (string | undefined)[]): object => ({ code: 1, reasons: [...details, 'False NetworkNotVerified'] });
    const [dns, api, targets, services] = GOOD;
    assert.deepEqual(await storyOf('verify'), {
      'all is well': { code: 0, reasons: GOOD },
      'no name server listens': not('True DNSRefused', api, 'Unknown NetworkTargetsUnknown', 'Unknown ServiceDiscoveryUnknown'),
      'the API server answers 401': not(dns, 'True APIServerUnauthorized', targets, 'Unknown ServiceDiscoveryUnknown'),
      'packets to a target are lost': not(dns, api, 'True TCPConnectTimeout', services),
      'no endpoint of a Service is ready': not(dns, api, targets, 'True ServiceWithoutEndpoints'),
      'there is no token': { code: 2, reasons: NOT_PROVEN },
    });
  });

  it('serve tells what it has not proven, proves it once it is well, and takes up a token that is rotated', async () => {
    assert.deepEqual(await storyOf('serve'), {
      unproven: NOT_PROVEN,
      why: "not verified yet: API server https://10.96.0.1:443 from the host's network: GET /readyz: its certificate is of another name",
      well: GOOD,
      rotated: GOOD,
      tokens: ['Bearer second-token'],
      code: 0,
    });
  });

  for (const scope of scopes) {
    describe(`seen ${SCOPE_WORDS[scope]}`, () => {
      for (const fault of NETWORK_FAULTS) {
        it(`${fault.what}: ${fault.reason}, and nothing else`, async () => {
          const { before, during, seen, after, late } = await seenOf(fault, scope);
          assert.deepEqual(statuses(before), WELL, 'before it began');
          assert.deepEqual(statuses(during), statusesOf(fault, scope));
          const told = during.find(({ type }) => type === typeIn(scope, fault.condition));
          assert.deepEqual([told?.reason, told?.message], [fault.reason, messageOf(fault, scope)]);
          assert.deepEqual(seen.filter((text) => / True /.test(text) && !text.includes('Verified ')), [`${typeIn(scope, fault.condition)} True ${fault.reason}`], 'was there meanwhile');
          assert.deepEqual(late, [], 'did not end in time');
          assert.deepEqual(statuses(after), WELL, 'once it was over');
        });
      }

      for (const harmless of NETWORK_HARMLESS) {
        it(`nothing is told where ${harmless.what}`, async () => {
          const { before, during, seen, late } = await seenOf(harmless, scope);
          assert.deepEqual([statuses(before), statuses(during)], [WELL, WELL]);
          assert.deepEqual([notGood(seen), late], [[], []]);
        });
      }
    });
  }
});
