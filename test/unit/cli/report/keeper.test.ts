import { assert } from 'chai';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileNameOf } from '../../../../cli/report-file.ts';
import { reportKeeper } from '../../../../cli/report-keeper.ts';
import type { NodeReport } from '../../../../plugins/host-inspector/report/model.ts';
import { eventually } from '../../../support/eventually.ts';
import { sampleReport } from '../../../support/report-sample.ts';

/** Reports that can be told apart, made when the test says so. */
function maker(): { readonly make: () => Promise<NodeReport>; readonly made: PromiseWithResolvers<NodeReport>[]; readonly told: (index: number) => void } {
  const made: PromiseWithResolvers<NodeReport>[] = [];
  return {
    made,
    make: async () => {
      const next = Promise.withResolvers<NodeReport>();
      made.push(next);
      return await next.promise;
    },
    told: (index) => made[index]?.resolve({ ...sampleReport(), tookMs: index }),
  };
}

describe('a kept report', () => {
  it('is made once for all who ask while it is made, and soon after', async () => {
    const { make, made, told } = maker();
    const keeper = reportKeeper(make, () => {}, 60_000);
    const asked = [keeper.report(), keeper.report()];
    told(0);
    const reports = [...(await Promise.all(asked)), await keeper.report()];
    assert.deepEqual(reports.map(({ tookMs }) => tookMs), [0, 0, 0]);
    assert.lengthOf(made, 1);
  });

  it('is made anew when it is old, and says when it is gone', async () => {
    const { make, made, told } = maker();
    let forgotten = 0;
    const keeper = reportKeeper(make, () => (forgotten += 1), 5);
    const first = keeper.report();
    told(0);
    await first;
    await eventually('it to be forgotten', () => forgotten === 1);
    const second = keeper.report();
    told(1);
    assert.equal((await second).tookMs, 1);
    assert.lengthOf(made, 2);
  });

  it('is not kept where it could not be made', async () => {
    const { make, made, told } = maker();
    const keeper = reportKeeper(make, () => {}, 60_000);
    const first = keeper.report();
    made[0]?.reject(new Error('no answer in time'));
    const problem = await first.then(() => '', (error: unknown) => String(error));
    assert.equal(problem, 'Error: no answer in time');
    await sleep(0);
    const second = keeper.report();
    told(1);
    assert.equal((await second).tookMs, 1);
  });
});

describe('the name of the file of a report', () => {
  it('is that of the node, and stays in its folder, whatever the node is called', () => {
    assert.deepEqual(
      (['json', 'kubeowler', 'text', 'markdown', 'html'] as const).map((format) => fileNameOf('worker-1.example', format)),
      ['worker-1.example.json', 'worker-1.example.kubeowler.json', 'worker-1.example.txt', 'worker-1.example.md', 'worker-1.example.html'],
    );
    assert.deepEqual(['../../etc/passwd', '.hidden', '', 'a b\n', 'x'.repeat(300)].map((name) => fileNameOf(name, 'json')), [
      '___.._etc_passwd.json', '_hidden.json', 'node.json', 'a_b_.json', `${'x'.repeat(200)}.json`,
    ]);
  });
});
