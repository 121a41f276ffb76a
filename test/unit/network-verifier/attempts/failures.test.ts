import { assert } from 'chai';
import { type Phase, failureIn } from '../../../../plugins/network-verifier/attempts/failures.ts';
import { told } from '../../../support/outcome-text.ts';

function failureOf(code: string, phase: Phase = 'connecting'): string {
  return told(failureIn(phase, Object.assign(new Error(`live numbers: ${Math.random()}`), { code }), 1));
}

const table: readonly (readonly [string, string])[] = [
  ['ECONNREFUSED', 'refused: connection refused'],
  ['EHOSTUNREACH', 'unreachable: no route to the host'],
  ['ENETUNREACH', 'unreachable: no route to its network'],
  ['EINVAL', 'unreachable: its route leads nowhere'],
  ['ENETDOWN', 'unreachable: the network is down'],
  ['EADDRNOTAVAIL', 'unreachable: no address of this machine to connect from'],
  ['ETIMEDOUT', 'timeout: no connection, the kernel gave up'],
  ['ECONNRESET', 'reset: connection cut off at once'],
  ['EMFILE', 'local: this process has no file descriptor left (EMFILE)'],
  ['ENFILE', 'local: this machine has no file descriptor left (ENFILE)'],
  ['ENOBUFS', 'local: this machine has no memory for sockets left (ENOBUFS)'],
  ['EACCES', 'unreachable: this node lets no packet out to it (a route or policy prohibits it)'],
  ['EPERM', 'unreachable: this node lets no packet out to it (firewall, network policy, or a Service without endpoints)'],
  ['EWHATEVER', 'local: could not be tried: EWHATEVER'],
  ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'untrusted: its certificate is not signed by the CA that is trusted'],
  ['CERT_NOT_YET_VALID', 'expired: its certificate is not valid yet'],
  ['INVALID_PURPOSE', 'untrusted: its certificate is not one of a server'],
  ['ERR_SSL_WRONG_VERSION_NUMBER', 'tls: no TLS session (ERR_SSL_WRONG_VERSION_NUMBER)'],
  ['EPROTO', 'tls: no TLS session (EPROTO)'],
];

describe('an error of a socket', () => {
  for (const [code, want] of table) {
    it(`${code} is told without live numbers`, () => assert.equal(failureOf(code), want));
  }

  it('that cuts off is told by what was under way', () => {
    const phases = ['connecting', 'handshake', 'answer', 'rest'] as const;
    assert.deepEqual(phases.map((phase) => failureOf('EPIPE', phase)), [
      'reset: connection cut off at once',
      'reset: connection cut off during the TLS handshake',
      'reset: connection cut off before an answer',
      'reset: connection cut off within an answer',
    ]);
  });

  it('that gives up is told by whether there was a connection', () => {
    assert.equal(failureOf('ETIMEDOUT', 'answer'), 'silent: a connection, but the kernel gave up on it');
  });

  it('without a code says nothing of the network', () => {
    assert.deepInclude(failureIn('answer', new Error('odd'), 1), { kind: 'local', message: 'could not be tried: odd' });
  });
});
