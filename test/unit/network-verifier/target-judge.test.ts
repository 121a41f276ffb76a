import { assert } from 'chai';
import * as fc from 'fast-check';
import type { Verdict } from '../../../plugins/core/verdict.ts';
import type { Fault, Outcome } from '../../../plugins/network-verifier/attempt.ts';
import { faultOfStatus } from '../../../plugins/network-verifier/attempts/http-status.ts';
import { networkTargetUnreachable } from '../../../plugins/network-verifier/conditions/network-target-unreachable.ts';
import { type Tried, judgeTargets } from '../../../plugins/network-verifier/targets/judge.ts';

const ok: Outcome<undefined> = { kind: 'ok', tookMs: 1, value: undefined };
const failed = (fault: Fault, message: string): Outcome<undefined> => ({ kind: 'failed', fault, message, tookMs: 1 });
const local: Outcome<undefined> = { kind: 'local', message: 'no file descriptor left' };

function tcp(name: string, outcome: Outcome<undefined>, at: Tried['at'] = 'target'): Tried {
  return { target: { text: `tcp://${name}:1`, kind: 'tcp', host: name, port: 1 }, at, outcome };
}

function web(name: string, outcome: Outcome<undefined>, status = 200): Tried {
  const badStatus = faultOfStatus(status, 399);
  return { target: { text: `https://${name}/`, kind: 'http', host: name, port: 443 }, at: 'target', outcome, ...(badStatus && { badStatus }) };
}

const judge = (tried: readonly Tried[], least = tried.length): readonly Verdict[] => judgeTargets(tried, { scope: 'host', least, outlook: (text) => `outlook of ${text}` });
const found = (reason: string, subject: string, message: string, outlook = `outlook of ${subject}`): Verdict => ({ kind: 'problem', reason, subject, message: `${message} (from the host's network)`, outlook });
const healthy: Verdict = { kind: 'healthy' };
const ANSWERS = 'but it answers: likelier this target than this node';

const table: readonly { readonly fault: Fault; readonly reason: string }[] = [
  { fault: 'refused', reason: 'TCPConnectFailed' },
  { fault: 'unreachable', reason: 'TCPConnectFailed' },
  { fault: 'timeout', reason: 'TCPConnectTimeout' },
  { fault: 'reset', reason: 'TCPConnectionReset' },
  { fault: 'silent', reason: 'HTTPTimeout' },
  { fault: 'malformed', reason: 'HTTPCheckFailed' },
  { fault: 'untrusted', reason: 'TargetTLSFailed' },
  { fault: 'expired', reason: 'TargetTLSFailed' },
  { fault: 'wrong-name', reason: 'TargetTLSFailed' },
  { fault: 'tls', reason: 'TargetTLSFailed' },
];

describe('a target that was tried', () => {
  it('is healthy once it was reached, over HTTP with a status below 400', () => {
    assert.deepEqual(judge([tcp('a', ok), web('b', ok), web('c', ok, 204), web('d', ok, 399)]), [healthy, healthy, healthy, healthy]);
  });

  for (const { fault, reason } of table) {
    it(`that failed by ${fault} is told as ${reason}`, () => {
      assert.deepEqual(judge([web('a', failed(fault, 'what it was'))]), [found(reason, 'https://a/', 'https://a/: what it was')]);
    });
  }

  for (const status of [400, 401, 403, 404, 429, 500, 503, 999]) {
    it(`and answers with status ${status} is not well, and it is not this node`, () => {
      assert.deepEqual(judge([web('a', ok, status)]), [found('HTTPCheckFailed', 'https://a/', `https://a/: status ${status}`, ANSWERS)]);
    });
  }

  for (const fault of ['not-resolved', 'timeout', 'rcode-refused', 'server-failure'] as const) {
    it(`of which the name fails by ${fault} is not resolved`, () => {
      assert.deepEqual(judge([tcp('a', failed(fault, 'name a not found'), 'name')]), [found('TargetNotResolved', 'tcp://a:1', 'tcp://a:1: name a not found')]);
    });
  }

  it('and could not be, is unknown', () => {
    assert.deepEqual(judge([tcp('a', local), tcp('b', local, 'name')]), [
      { kind: 'unknown', subject: 'tcp://a:1', message: "tcp://a:1: no file descriptor left (from the host's network)", cause: undefined },
      { kind: 'unknown', subject: 'tcp://b:1', message: "tcp://b:1: no file descriptor left (from the host's network)", cause: undefined },
    ]);
  });

  it('has no reason that the table of the condition lacks', () => {
    const known = networkTargetUnreachable.reasons.map(({ reason }) => reason);
    for (const { reason } of table) assert.include(known, reason);
    assert.includeMembers(known, ['QuorumLost', 'TargetNotResolved', 'PeersUnreachable', 'DefaultRouteMissing', 'MTUTooSmall']);
  });
});

describe('targets with a quorum', () => {
  const refused = failed('refused', 'connection refused');

  it('are healthy as long as enough of them are reached, and no single one is told', () => {
    assert.deepEqual(judge([tcp('a', ok), tcp('b', refused), tcp('c', ok)], 2), [healthy]);
    assert.deepEqual(judge([tcp('a', ok), tcp('b', local), web('c', ok, 500)], 1), [healthy]);
  });

  it('have lost it with fewer, whatever order they have', () => {
    const lost = [found('QuorumLost', 'targets', '', 'outlook of tcp://b:1')];
    const want = lost.map((verdict) => ({ ...verdict, message: "targets: fewer than 2 of 3 can be reached from the host's network: https://c/ (status 500), tcp://b:1 (connection refused)" }));
    assert.deepEqual(judge([tcp('a', ok), tcp('b', refused), web('c', ok, 500)], 2), want);
    assert.deepEqual(judge([web('c', ok, 500), tcp('b', refused), tcp('a', ok)], 2), want);
  });

  it('that answer with a wrong status are not lost by this node', () => {
    assert.deepInclude(judge([web('a', ok, 500), web('b', ok, 404)], 1)[0], { reason: 'QuorumLost', outlook: ANSWERS });
  });

  it('are unknown where those that could not be tried decide', () => {
    const [verdict] = judge([tcp('a', ok), tcp('c', local), tcp('b', local)], 2);
    assert.deepEqual(verdict, {
      kind: 'unknown', subject: 'targets', cause: undefined,
      message: "targets: whether 2 of 3 can be reached cannot be told from the host's network: tcp://b:1 (no file descriptor left), tcp://c:1 (no file descriptor left)",
    });
    assert.deepInclude(judge([tcp('a', refused), tcp('c', refused), tcp('b', local)], 2)[0], { kind: 'problem', reason: 'QuorumLost' });
  });

  it('are healthy exactly where enough were reached', () => {
    const outcome = fc.constantFrom<Outcome<undefined>>(ok, refused, local);
    fc.assert(fc.property(fc.array(outcome, { minLength: 1, maxLength: 8 }), fc.integer({ min: 1, max: 8 }), (outcomes, few) => {
      const least = Math.min(few, outcomes.length);
      const kinds = judge(outcomes.map((one, index) => tcp(`t${index}`, one)), least).map(({ kind }) => kind);
      assert.strictEqual(kinds.every((kind) => kind === 'healthy'), outcomes.filter(({ kind }) => kind === 'ok').length >= least);
      assert.isNotEmpty(kinds);
    }));
  });
});
