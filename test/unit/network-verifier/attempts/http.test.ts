import { assert } from 'chai';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:tls';
import type { AttemptLimits, Outcome } from '../../../../plugins/network-verifier/attempt.ts';
import { type Http, createHttp } from '../../../../plugins/network-verifier/attempts/http.ts';
import type { HttpAnswer, HttpRequest } from '../../../../plugins/network-verifier/sources.ts';
import { type Behaviour, type FaultServer, startFaultServer } from '../../../support/fault-server.ts';
import { startFullListener } from '../../../support/full-listener.ts';
import { limits, told } from '../../../support/outcome-text.ts';
import { clientIdentity, strangerCa, testCa, tlsIdentities } from '../../../support/tls-certificates.ts';

const CA = { tls: { ca: testCa } };

/** One request on connections of its own. */
async function get(request: HttpRequest, within: AttemptLimits = limits()): Promise<Outcome<HttpAnswer>> {
  using http = disposable(createHttp());
  return await http.getHttp(request, within);
}

function disposable(http: Http): Http & Disposable {
  return { ...http, [Symbol.dispose]: http.close };
}

function answerOf(outcome: Outcome<HttpAnswer>): HttpAnswer | string {
  return outcome.kind === 'ok' ? outcome.value : told(outcome);
}

interface Case {
  readonly name: string;
  readonly behaviour: Behaviour;
  readonly want: string;
  /** With it the deadline strikes, so it is short. */
  readonly isLate?: true;
}

const CUT_OFF = 'reset: connection cut off before an answer';
const LATE = 'silent: a connection and no answer within 0.5 s';
const LATE_WITHIN = 'silent: half an answer, and no more of it within 0.5 s';

const table: readonly Case[] = [
  { name: 'an answer', behaviour: {}, want: 'ok' },
  { name: 'an answer in chunks', behaviour: { deed: 'answer-in-chunks' }, want: 'ok' },
  { name: 'an answer that the end of the connection ends', behaviour: { deed: 'answer-until-close' }, want: 'ok' },
  { name: 'an answer after which the connection is closed', behaviour: { deed: 'answer-and-close' }, want: 'ok' },
  { name: 'nobody listens', behaviour: { deed: 'refuse' }, want: 'refused: connection refused' },
  { name: 'a request without any answer', behaviour: { deed: 'hang' }, want: LATE, isLate: true },
  { name: 'a head that stops', behaviour: { deed: 'hang-in-head' }, want: LATE_WITHIN, isLate: true },
  { name: 'a body that stops', behaviour: { deed: 'hang-in-body' }, want: LATE_WITHIN, isLate: true },
  { name: 'a head that comes byte by byte', behaviour: { deed: 'drip' }, want: LATE_WITHIN, isLate: true },
  { name: 'a reset instead of an answer', behaviour: { deed: 'reset-on-request' }, want: CUT_OFF },
  { name: 'the end of the connection instead of an answer', behaviour: { deed: 'close-on-request' }, want: CUT_OFF },
  { name: 'a reset within an answer', behaviour: { deed: 'reset-in-body' }, want: 'reset: connection cut off within an answer' },
  { name: 'half a head', behaviour: { deed: 'half-head' }, want: 'malformed: half an HTTP answer' },
  { name: 'half a body', behaviour: { deed: 'half-body' }, want: 'malformed: half an HTTP answer' },
  { name: 'something else than HTTP', behaviour: { deed: 'garbage' }, want: 'malformed: no HTTP/1.1 answer' },
  { name: 'an answer that is too long', behaviour: { deed: 'too-long' }, want: 'malformed: an HTTP answer of more than 256 KiB' },
  { name: 'an answer without an end', behaviour: { deed: 'endless-body' }, want: 'malformed: an HTTP answer of more than 256 KiB' },
  { name: 'a head without an end', behaviour: { deed: 'endless-head' }, want: 'malformed: an HTTP head of more than 16 KiB' },
];

const plainTable: readonly Case[] = [
  { name: 'who accepts and stays silent', behaviour: { deed: 'silent' }, want: LATE, isLate: true },
  { name: 'a reset at once', behaviour: { deed: 'reset-on-accept' }, want: CUT_OFF },
  { name: 'the end at once', behaviour: { deed: 'close-on-accept' }, want: CUT_OFF },
];

const tlsTable: readonly Case[] = [
  { name: 'who accepts and stays silent', behaviour: { deed: 'silent' }, want: 'silent: a connection and no TLS handshake within 0.5 s', isLate: true },
  { name: 'a reset at once', behaviour: { deed: 'reset-on-accept' }, want: 'reset: connection cut off during the TLS handshake' },
  { name: 'the end at once', behaviour: { deed: 'close-on-accept' }, want: 'reset: connection cut off during the TLS handshake' },
  { name: 'plain text where TLS is spoken', behaviour: { deed: 'plain-text' }, want: 'tls: no TLS session (ERR_SSL_WRONG_VERSION_NUMBER)' },
  { name: 'a certificate of a stranger', behaviour: { identity: 'stranger' }, want: 'untrusted: its certificate is not signed by the CA that is trusted' },
  { name: 'a certificate that has expired', behaviour: { identity: 'expired' }, want: 'expired: its certificate has expired' },
  { name: 'a certificate of later', behaviour: { identity: 'not-yet' }, want: 'expired: its certificate is not valid yet' },
  { name: 'a certificate of another name', behaviour: { identity: 'wrong-name' }, want: 'wrong-name: its certificate is of another name' },
];

for (const [isTls, cases] of [[false, [...table, ...plainTable]], [true, [...table, ...tlsTable]]] as const) {
  describe(`a GET over ${isTls ? 'TLS' : 'plain text'} as an attempt meets`, () => {
    for (const { name, behaviour, want, isLate } of cases) {
      it(`${name}: ${want}`, async () => {
        await using server = await startFaultServer({ isTls, behaviour });
        const startedMs = performance.now();
        const request = { url: `${server.url}/readyz`, ...(isTls && CA) };
        assert.equal(told(await get(request, limits(isLate ? 500 : 10_000))), want);
        assert.isBelow(performance.now() - startedMs, 8_000, 'it ended by its deadline');
        // Whatever it met, nothing of it is left.
        await server.untilIdle();
      });
    }
  });
}

describe('a GET as an attempt', () => {
  it('gives status and body as they are, whatever the status, and follows no redirection', async () => {
    await using server = await startFaultServer({ respond: ({ path }) => ({ status: Number(path.slice(1)), body: 'grüß Gott', headers: { Location: '/200' } }) });
    for (const status of [200, 302, 401, 403, 404, 429, 500, 503]) {
      assert.deepEqual(answerOf(await get({ url: `${server.url}/${status}` })), { status, body: 'grüß Gott' });
    }
    assert.lengthOf(server.requests, 8);
  });

  it('puts chunks together, and bytes to letters only then', async () => {
    await using server = await startFaultServer({ behaviour: { deed: 'answer-in-chunks' }, respond: () => ({ status: 200, body: 'ü'.repeat(1_000) }) });
    assert.deepEqual(answerOf(await get({ url: server.url })), { status: 200, body: 'ü'.repeat(1_000) });
  });

  it('sends what a server needs, and the headers it was given', async () => {
    await using server = await startFaultServer();
    await get({ url: `${server.url}/api/v1/x?a=b`, headers: { Authorization: 'Bearer abc' } });
    const [seen] = server.requests;
    assert.deepInclude(seen, { method: 'GET', path: '/api/v1/x?a=b' });
    assert.deepEqual(seen?.headers, {
      'host': `127.0.0.1:${server.port}`, 'user-agent': 'npd-plugins', 'accept': '*/*', 'connection': 'close', 'authorization': 'Bearer abc',
    });
  });

  it('ends by its deadline where no connection is made', async () => {
    await using listener = await startFullListener();
    for (const scheme of ['http', 'https']) {
      assert.equal(told(await get({ url: `${scheme}://127.0.0.1:${listener.port}` }, limits(300))), 'timeout: no connection within 0.3 s');
    }
  });

  it('that is aborted tells nothing of the network, and is closed', async () => {
    await using server = await startFaultServer({ isTls: true, behaviour: { deed: 'hang' } });
    const aborter = new AbortController();
    const outcome = get({ url: server.url, ...CA }, { timeoutMs: 60_000, signal: aborter.signal });
    await server.untilRequested(1);
    aborter.abort();
    assert.equal(told(await outcome), 'local: the attempt was stopped before it ended');
    await server.untilIdle();
    assert.equal(told(await get({ url: server.url, ...CA }, { timeoutMs: 60_000, signal: aborter.signal })), 'local: the attempt was stopped before it ended');
    assert.equal(server.connectionCount(), 1);
  });

  it('connects to the address it is told, and asks for the name of the URL', async () => {
    await using server = await startFaultServer({ isTls: true });
    const url = `https://kubernetes.default.svc:${server.port}/readyz`;
    assert.equal(told(await get({ url, address: '127.0.0.1', ...CA })), 'ok');
    assert.equal(server.requests[0]?.headers['host'], `kubernetes.default.svc:${server.port}`);
    const other = { url: `https://else.example:${server.port}`, address: '127.0.0.1' };
    assert.equal(told(await get({ ...other, ...CA })), 'wrong-name: its certificate is of another name');
    assert.equal(told(await get({ ...other, tls: { ca: testCa, serverName: 'kubernetes' } })), 'ok');
  });

  it('goes over IPv6, too (skipped where the kernel has none)', async function () {
    await using server = await startFaultServer({ isTls: true, address: '::1' }).catch(() => this.skip());
    assert.equal(told(await get({ url: `${server.url}/readyz`, ...CA })), 'ok');
    assert.equal(server.requests[0]?.headers['host'], `[::1]:${server.port}`);
  });

  it('trusts nobody but the CA it was given, unless it is told not to look', async () => {
    await using server = await startFaultServer({ isTls: true });
    const untrusted = 'untrusted: its certificate is not signed by the CA that is trusted';
    assert.equal(told(await get({ url: server.url })), untrusted);
    assert.equal(told(await get({ url: server.url, tls: { ca: strangerCa } })), untrusted);
    await server.behave({ identity: 'expired' });
    assert.equal(told(await get({ url: server.url, tls: { isInsecure: true } })), 'ok');
  });

  it('speaks no TLS that is older than 1.2', async () => {
    const server = createServer({ ...tlsIdentities.good, minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT@SECLEVEL=0' }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    try {
      const { port } = server.address() as AddressInfo;
      assert.equal(told(await get({ url: `https://127.0.0.1:${port}`, ...CA })), 'tls: no TLS session (ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION)');
    } finally {
      server.close();
      await once(server, 'close');
    }
  });

  it('shows the certificate of a client', async () => {
    await using server = await startFaultServer({ isTls: true });
    await get({ url: server.url, tls: { ca: testCa, certificate: clientIdentity.cert, key: clientIdentity.key } });
    await get({ url: server.url, ...CA });
    assert.deepEqual(server.requests.map(({ clientName }) => clientName), ['npd-plugins-test-client', undefined]);
  });

  const unfit: readonly { name: string; request: (server: FaultServer) => HttpRequest; want: string }[] = [
    { name: 'a name without an address', request: () => ({ url: 'http://localhost/' }), want: 'local: localhost is no IP address' },
    { name: 'another scheme', request: () => ({ url: 'ftp://127.0.0.1/' }), want: 'local: the URL is not one of http or https' },
    { name: 'no URL', request: () => ({ url: 'nonsense' }), want: 'local: the URL is not one of http or https' },
    { name: 'a token that would be a second header', request: ({ url }) => ({ url, headers: { Authorization: 'Bearer a\r\nX-Evil: 1' } }), want: 'local: the HTTP field "Authorization" holds characters that may not be sent' },
    { name: 'a CA that is none', request: ({ url }) => ({ url, tls: { ca: 'nonsense' } }), want: 'local: CA, client certificate or key cannot be used: ERR_OSSL_PEM_NO_START_LINE' },
    { name: 'a key of another certificate', request: ({ url }) => ({ url, tls: { ca: testCa, certificate: clientIdentity.cert, key: 'nonsense' } }), want: 'local: CA, client certificate or key cannot be used: ERR_OSSL_UNSUPPORTED' },
  ];
  for (const { name, request, want } of unfit) {
    it(`of ${name} is not sent: ${want}`, async () => {
      await using server = await startFaultServer({ isTls: true });
      assert.equal(told(await get(request(server))), want);
      assert.equal(server.connectionCount(), 0);
    });
  }
});
