import { assert } from 'chai';

import type { LooksDocument } from '../../plugins/http/looks.ts';
import { buildBundle, serveBundle } from '../support/bundle.ts';
import { deadHost } from '../support/dead-host.ts';
import { whyNoDeadMount } from '../support/dead-mount.ts';
import { eventually } from '../support/eventually.ts';
import { ask } from '../support/http-client.ts';

const why = whyNoDeadMount();

describe(`HTTP on a node with mounts that never answer${why === undefined ? '' : ` (skipped: ${why})`}`, () => {
  it('is green for liveness and readiness while a look hangs, and shows what it waits for', async function () {
    if (why !== undefined) this.skip();
    this.timeout(60_000);
    using bundle = await buildBundle();
    await using host = await deadHost(2);
    await using served = await serveBundle({
      bundle: bundle.path, monitors: ['host-inspector'], flags: ['--host-root', host.root, '--http', '0'], enter: host.enter,
    });
    const address = await eventually('the address', () => /"address":"([^"]+)","msg":"answering HTTP"/.exec(served.stderr())?.[1]);
    const disk = async () => {
      const { monitors } = JSON.parse((await ask(address, '/looks')).text) as LooksDocument;
      return monitors[0]?.checks.find(({ name }) => name === 'disk-space');
    };
    assert.isNull((await disk())?.lookedAtMs);
    assert.deepEqual([(await ask(address, '/healthz')).status, (await ask(address, '/readyz')).status], [200, 200]);
    const ended = await eventually('the look to end', async () => {
      const look = await disk();
      return look?.lookedAtMs === null ? undefined : look;
    }, 30_000);
    const stuck = ended?.verdicts.flatMap((verdict) => (verdict.kind === 'unknown' ? [verdict.subject] : []));
    assert.includeMembers(stuck ?? [], [...host.mountPoints]);
    assert.deepEqual([(await ask(address, '/healthz')).status, (await ask(address, '/readyz')).status], [200, 200]);
  });
});
