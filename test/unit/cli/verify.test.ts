import { assert } from 'chai';
import { attemptAll } from '../../../cli/verify/attempt.ts';
import { renderAttempt, renderVerification, skippedOf, verdictLines } from '../../../cli/verify/render.ts';
import { type Patience, type Verification, verifyNetwork } from '../../../cli/verify/verify.ts';
import { waitMs } from '../../../cli/verify/wait.ts';
import type { Check } from '../../../plugins/core/check.ts';
import { silentLogger } from '../../../plugins/core/log.ts';
import type { SettingsOf, SettingsTable } from '../../../plugins/core/settings.ts';
import { type Verdict, healthy, notApplicable, problem, unknownOf } from '../../../plugins/core/verdict.ts';
import { networkConditions } from '../../../plugins/network-verifier/conditions.ts';

type AnyCheck = Check<SettingsOf<SettingsTable>>;

const REFUSED = problem('DNSRefused', '10.96.0.10:53 · UDP', 'name server 10.96.0.10:53 refuses');
const NO_CLUSTER = notApplicable('API server (no cluster here)');

/** One check per condition, which says what its script says, look by look; the last word stays. */
function scripted(scripts: Readonly<Record<string, readonly (readonly Verdict[])[]>>, looked: string[] = []): readonly AnyCheck[] {
  const conditions: Readonly<Record<string, string>> = { dns: 'ClusterDNSUnavailable', api: 'APIServerUnreachable', targets: 'NetworkTargetUnreachable', services: 'ServiceDiscoveryFailed' };
  return Object.entries(conditions).map(([name, condition]): AnyCheck => {
    let count = 0;
    return {
      name, condition, periodMs: 60_000, timeoutMs: 30_000, isSlow: true, startSpreadMs: 2_000,
      look() {
        looked.push(name);
        const script = scripts[name] ?? [[notApplicable(`${name} (switched off)`)]];
        return { verdicts: script[Math.min(count++, script.length - 1)] ?? [] };
      },
    };
  });
}

function subjectOf(checks: readonly AnyCheck[]) {
  const definition = { name: 'network-verifier', description: '', specs: networkConditions(), settings: {}, checks };
  return { definition, configured: {}, root: '/', log: silentLogger };
}

const PATIENCE: Patience = { retries: 3, backoff: 'exponential', timeoutMs: 300_000 };

interface Course extends Verification {
  readonly pauses: readonly number[];
  readonly told: string;
}

/** Time passes only in pauses. */
async function course(checks: readonly AnyCheck[], patience: Partial<Patience> = {}, signal = new AbortController().signal): Promise<Course> {
  let atMs = 0;
  const pauses: number[] = [];
  let told = '';
  const verification = await verifyNetwork({
    subject: subjectOf(checks), patience: { ...PATIENCE, ...patience }, signal, nowMs: () => atMs, random: () => 0,
    async sleep(ms) {
      pauses.push(ms);
      atMs += ms;
      await Promise.resolve();
    },
    onAttempt: ({ looks }, number, againInMs) => void (told += renderAttempt(number, 4, verdictLines(looks), againInMs)),
  });
  return { ...verification, pauses, told };
}

const statusOf = ({ last }: Verification, type: string): string | undefined => last.conditions.find((condition) => condition.type === type)?.status;

describe('how long verify waits', () => {
  it('is 1, 2, 4 to 30 s, or 5 s each time, and up to a tenth less', () => {
    assert.deepEqual([1, 2, 3, 4, 5, 6, 99].map((retry) => waitMs('exponential', retry, 0)), [1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000]);
    assert.deepEqual([1, 2, 9].map((retry) => waitMs('linear', retry, 0)), [5_000, 5_000, 5_000]);
    assert.deepEqual([waitMs('linear', 1, 0.5), waitMs('exponential', 1, 0.999)], [4_750, 900]);
  });
});

describe('verify', () => {
  it('of a network that works is one attempt', async () => {
    const { attempts, endedBy, pauses, last } = await course(scripted({ dns: [[healthy]], api: [[NO_CLUSTER]] }));
    assert.deepEqual({ attempts, endedBy, pauses }, { attempts: 1, endedBy: 'settled', pauses: [] });
    assert.equal(statusOf({ last, attempts, endedBy }, 'NetworkVerified'), 'True');
  });

  it('tries again what failed, and only that, until it works', async () => {
    const looked: string[] = [];
    const checks = scripted({ dns: [[REFUSED], [unknownOf('resolv.conf', 'resolv.conf: no answer')], [healthy]], api: [[healthy]] }, looked);
    const found = await course(checks);
    assert.deepEqual([found.attempts, found.endedBy, found.pauses, statusOf(found, 'NetworkVerified')], [3, 'settled', [1_000, 2_000], 'True']);
    assert.deepEqual(looked, ['dns', 'api', 'targets', 'services', 'dns', 'dns']);
  });

  it('gives up when no retry is left, and then knows what fails', async () => {
    const found = await course(scripted({ dns: [[REFUSED]], api: [[healthy]] }), { backoff: 'linear' });
    assert.deepEqual([found.attempts, found.endedBy, found.pauses], [4, 'retries', [5_000, 5_000, 5_000]]);
    assert.deepEqual([statusOf(found, 'ClusterDNSUnavailable'), statusOf(found, 'NetworkVerified')], ['True', 'False']);
    assert.deepEqual([(await course(scripted({ dns: [[REFUSED]] }), { retries: 0 })).attempts], [1]);
  });

  it('does not wait for what would come after its time', async () => {
    const found = await course(scripted({ dns: [[REFUSED]] }), { timeoutMs: 7_000, retries: 99 });
    assert.deepEqual([found.attempts, found.endedBy, found.pauses], [3, 'timeout', [1_000, 2_000]]);
    assert.equal(statusOf(found, 'NetworkVerified'), 'False');
  });

  it('with nothing to judge does not repeat itself, and cannot tell', async () => {
    const found = await course(scripted({}));
    assert.deepEqual([found.attempts, found.endedBy, statusOf(found, 'NetworkVerified')], [1, 'settled', 'Unknown']);
  });

  it('ends when its time is over whatever a check does, and what has not ended is unknown', async () => {
    const hanging = scripted({ dns: [[healthy]] }).map((check): AnyCheck => (check.name === 'api' ? { ...check, look: async () => await new Promise(() => {}) } : check));
    const found = await course(hanging, { timeoutMs: 20 });
    assert.deepEqual([found.attempts, found.endedBy, found.last.isWhole], [1, 'timeout', false]);
    assert.deepEqual([statusOf(found, 'ClusterDNSUnavailable'), statusOf(found, 'APIServerUnreachable'), statusOf(found, 'NetworkVerified')], ['False', 'Unknown', 'Unknown']);
  });

  it('that is told to end in its second attempt still knows the first', async () => {
    const end = new AbortController();
    let count = 0;
    const checks = scripted({ api: [[healthy]] }).map((check): AnyCheck => (check.name === 'dns' ? {
      ...check,
      async look({ signal }) {
        if (count++ === 0) return { verdicts: [REFUSED] };
        end.abort();
        return await new Promise((_, reject) => signal.addEventListener('abort', () => reject(new Error('stopped'))));
      },
    } : check));
    const found = await course(checks, {}, end.signal);
    assert.deepEqual([found.attempts, found.endedBy, statusOf(found, 'ClusterDNSUnavailable')], [2, 'signal', 'True']);
  });

  it('tells each attempt by its verdicts, and the next one', async () => {
    const { told } = await course(scripted({ dns: [[{ ...REFUSED, outlook: 'nothing else was tried' }, healthy], [healthy, healthy]], api: [[NO_CLUSTER]] }));
    assert.equal(told, [
      'Attempt 1 of 4:', '  dns: DNSRefused: name server 10.96.0.10:53 refuses; nothing else was tried', '  api: skipped: API server (no cluster here)', '  targets: skipped: targets (switched off)',
      '  services: skipped: services (switched off)', 'Again in 1.0 s.', 'Attempt 2 of 4:', '  dns: ok', '  api: skipped: API server (no cluster here)', '  targets: skipped: targets (switched off)',
      '  services: skipped: services (switched off)', '',
    ].join('\n'));
    assert.equal(renderAttempt(2, 4, [], undefined), 'Attempt 2 of 4:\n  no change\n');
  });

  it('says at its end what it skipped, and how it ended', async () => {
    const works = await course(scripted({ dns: [[healthy]], api: [[NO_CLUSTER]] }));
    const text = renderVerification('worker-1', works, PATIENCE);
    assert.match(text, /^Name: {2}worker-1\nConditions:\n.*\n.*\n {2}ClusterDNSUnavailable +False +DNSAnswers /);
    assert.isTrue(text.endsWith('Skipped:\n  API server (no cluster here)\n  targets (switched off)\n  services (switched off)\nVerified. One attempt.\n'), text);
    assert.deepEqual(skippedOf(works.last.looks), ['API server (no cluster here)', 'targets (switched off)', 'services (switched off)']);
    const fails = await course(scripted({ dns: [[REFUSED]], api: [[healthy]] }), { timeoutMs: 7_000 });
    assert.match(renderVerification('worker-1', fails, { ...PATIENCE, timeoutMs: 7_000 }), /\nNot verified: ClusterDNSUnavailable\. 3 attempts, and no time is left of 7 s\.\n$/);
    assert.match(renderVerification('worker-1', await course(scripted({})), PATIENCE), /\nCould not tell: NetworkVerified\. One attempt\.\n$/);
    const unknown = await course(scripted({ dns: [[unknownOf('x', 'y')]] }));
    assert.match(renderVerification('worker-1', unknown, PATIENCE), /\nCould not tell: ClusterDNSUnavailable\. 4 attempts, and no retry is left\.\n$/);
  });

  it('has one line of whatever a check says', () => {
    assert.deepEqual(verdictLines(new Map([['dns', { verdicts: [unknownOf('x', 'a\nb\u001b[2J'), healthy] }], ['api', { verdicts: [NO_CLUSTER, healthy, healthy] }]])), [
      'dns: could not tell: a?b?[2J', 'api: ok', 'api: skipped: API server (no cluster here)',
    ]);
  });
});

describe('one attempt', () => {
  it('leaves what is known as it is', async () => {
    const looked: string[] = [];
    const { looks, isWhole } = await attemptAll(subjectOf(scripted({ dns: [[REFUSED]] }, looked)), new Map([['dns', { verdicts: [healthy] }]]), new AbortController().signal);
    assert.deepEqual([isWhole, looked, looks.get('dns')?.verdicts], [true, ['api', 'targets', 'services'], [healthy]]);
  });
});
