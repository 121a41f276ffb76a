import { assert } from 'chai';

import { healthPage, readiness } from '../../../plugins/http/health.ts';
import type { ObservedMonitor, Page } from '../../../plugins/http/observed.ts';
import { observe, observedMonitor } from './observed-monitor.ts';

function said({ status, body }: Page): string {
  return `${status} ${body}`;
}

function lost(forMs: number, name = 'a'): ObservedMonitor {
  return observedMonitor({ name, socketPath: `/run/${name}.sock`, socketState: () => 'lost', lostForMs: () => forMs });
}

describe('/healthz', () => {
  const table: readonly (readonly [claim: string, monitors: readonly ObservedMonitor[], page: string])[] = [
    ['is green before anything is served', [], '200 starting\n'],
    ['is green while the socket is ours', [observedMonitor()], '200 a: serving on /run/a.sock\n'],
    ['is green while a lost socket has not been lost for long', [lost(10_000)], '200 a: /run/a.sock is lost; taking it back\n'],
    [
      'is red when a socket cannot be taken back for more than ten seconds',
      [lost(10_001)],
      '503 a: /run/a.sock has not been ours for more than 10 s and cannot be taken back; its folder must be there and writable\n',
    ],
    [
      'is green while another server has the socket: a restart would take it from that one',
      [observedMonitor({ socketState: () => 'yielded' })],
      '200 a: another server answers on /run/a.sock; it is left to that one\n',
    ],
    ['is green at the end', [observedMonitor({ socketState: () => 'released' })], '200 a: no longer serving on /run/a.sock\n'],
    [
      'is red for all when one is lost, and names each',
      [observedMonitor({ name: 'b', socketPath: '/run/b.sock' }), lost(60_000)],
      '503 b: serving on /run/b.sock\na: /run/a.sock has not been ours for more than 10 s and cannot be taken back; its folder must be there and writable\n',
    ],
  ];
  for (const [claim, monitors, page] of table) {
    it(claim, () => {
      assert.equal(said(healthPage(observe(...monitors))), page);
    });
  }
});

describe('/readyz', () => {
  it('is green when each answers on its own socket', async () => {
    const page = await readiness(observe(observedMonitor(), observedMonitor({ name: 'b', socketPath: '/run/b.sock' })))();
    assert.equal(said(page), '200 a: answers on /run/a.sock\nb: answers on /run/b.sock\n');
  });

  it('is red when one does not, and says why', async () => {
    const deaf = observedMonitor({ name: 'b', askSelf: () => Promise.resolve('/run/b.sock: no answer within 1000 ms') });
    const page = await readiness(observe(observedMonitor(), deaf))();
    assert.equal(said(page), '503 a: answers on /run/a.sock\nb: /run/b.sock: no answer within 1000 ms\n');
  });

  it('is red for a monitor that is still to be served', async () => {
    const page = await readiness({ ...observe(observedMonitor()), names: ['a', 'b'] })();
    assert.equal(said(page), '503 a: answers on /run/a.sock\nb: not served yet\n');
  });

  it('dials once at a time, however many ask, and anew for who asks later', async () => {
    let dials = 0;
    let held = Promise.withResolvers<string | undefined>();
    const ready = readiness(observe(observedMonitor({
      askSelf() {
        dials += 1;
        held = Promise.withResolvers();
        return held.promise;
      },
    })));
    const first = Array.from({ length: 100 }, () => ready());
    held.resolve('nobody listens');
    assert.deepEqual([...new Set((await Promise.all(first)).map(said))], ['503 a: nobody listens\n']);
    assert.equal(dials, 1);
    const second = ready();
    held.resolve(undefined);
    assert.equal(said(await second), '200 a: answers on /run/a.sock\n');
    assert.equal(dials, 2);
  });
});
