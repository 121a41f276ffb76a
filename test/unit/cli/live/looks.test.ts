import { assert } from 'chai';
import * as fc from 'fast-check';
import { type RequestListener, createServer } from 'node:http';
import { once } from 'node:events';
import { fetchLooks, parseLooks } from '../../../../cli/live/looks.ts';
import type { LooksDocument } from '../../../../plugins/http/looks.ts';
import { temporaryFolder } from '../../../support/eventually.ts';

const DOCUMENT: LooksDocument = {
  monitors: [{
    monitor: 'host-inspector',
    conditions: [],
    checks: [
      { name: 'disk-space', condition: 'DiskSpaceLow', periodMs: 30_000, lookedAtMs: 1_000, tookMs: 2.5, readings: [],
        verdicts: [{ kind: 'problem', reason: 'InodesLow', subject: '/data', message: 'm' }, { kind: 'healthy' }] },
      { name: 'memory-stalled', condition: 'MemoryPressureHigh', periodMs: 30_000, lookedAtMs: null, tookMs: null, readings: [],
        verdicts: [{ kind: 'unknown', message: 'no answer' }, { kind: 'not-applicable', message: 'no PSI' }] },
    ],
  }],
};

const CHECKS = [
  { monitor: 'host-inspector', name: 'disk-space', periodMs: 30_000, lookedAtMs: 1_000, tookMs: 2.5,
    verdicts: [{ kind: 'problem', detail: 'InodesLow (/data)' }, { kind: 'healthy', detail: '' }] },
  { monitor: 'host-inspector', name: 'memory-stalled', periodMs: 30_000, lookedAtMs: undefined, tookMs: undefined,
    verdicts: [{ kind: 'unknown', detail: 'no answer' }, { kind: 'not-applicable', detail: 'no PSI' }] },
] as const;

/** What `fetchLooks` makes of a server on a socket that answers so. */
async function fetched(answer: RequestListener, timeoutMs = 5_000): Promise<Awaited<ReturnType<typeof fetchLooks>>> {
  using folder = temporaryFolder();
  const server = createServer(answer).listen(folder.file('http.sock'));
  try {
    await once(server, 'listening');
    return await fetchLooks(folder.file('http.sock'), timeoutMs);
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

describe('the looks of the HTTP port', () => {
  it('are known from its document', async () => {
    const paths: (string | undefined)[] = [];
    const looks = await fetched((request, response) => {
      paths.push(request.url);
      response.end(JSON.stringify(DOCUMENT));
    });
    assert.deepEqual(looks, { kind: 'known', checks: CHECKS });
    assert.deepEqual(paths, ['/looks']);
  });

  it('are not known, with the reason, where nobody answers or answers something else', async () => {
    using folder = temporaryFolder();
    assert.deepEqual(await fetchLooks(folder.file('http.sock'), 5_000), { kind: 'unknown', message: 'nobody listens on the socket of its HTTP port' });
    const answers: readonly (readonly [RequestListener, string])[] = [
      [(_, response) => void response.writeHead(503).end('no'), 'GET /looks was answered with status 503'],
      [(_, response) => void response.end('<html>'), '/looks: expected JSON, got "<html>"'],
      [(_, response) => void response.end('{"monitors": 3}'), '/looks.monitors: expected a list, got "3"'],
      [(_, response) => void response.end('x'.repeat(5 * 2 ** 20)), 'the answer to GET /looks is longer than 4194304 bytes'],
      [(_, response) => void response.write('{', () => response.destroy()), 'aborted'],
    ];
    for (const [answer, message] of answers) assert.deepEqual(await fetched(answer), { kind: 'unknown', message });
  });

  it('are not known where the answer does not come or does not end', async () => {
    const never: readonly RequestListener[] = [() => {}, (_, response) => void response.write('{')];
    for (const answer of never) assert.deepEqual(await fetched(answer, 50), { kind: 'unknown', message: 'no answer within 50 ms' });
  });

  it('name what is missing or of another kind', () => {
    const check = { name: 'c', periodMs: 1, lookedAtMs: 2, tookMs: 3, verdicts: [] };
    const refused = (more: object): string => {
      try {
        parseLooks(JSON.stringify({ monitors: [{ monitor: 'm', checks: [{ ...check, ...more }] }] }));
      } catch (error) {
        return (error as Error).message;
      }
      return 'taken';
    };
    assert.deepEqual([{}, { lookedAtMs: 'x' }, { periodMs: null }, { verdicts: [{ kind: 'well' }] }, { verdicts: [{ kind: 'problem', reason: 'R' }] }].map(refused), [
      'taken',
      'm c.lookedAtMs: expected a number or null, got "x"',
      'm c.periodMs: expected a number, got "null"',
      'm c.kind: expected the kind of a verdict, got "well"',
      'm c: expected an object with subject, got "{\\"kind\\":\\"problem\\",\\"reason\\":\\"R\\"}"',
    ]);
  });

  it('are refused in a sentence whatever the JSON is', () => {
    fc.assert(fc.property(fc.jsonValue(), (value) => {
      try {
        assert.isArray(parseLooks(JSON.stringify(value)));
      } catch (error) {
        assert.propertyVal(error, 'name', 'ParseError');
      }
    }));
  });
});
