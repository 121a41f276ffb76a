import { assert } from 'chai';
import * as fc from 'fast-check';
import { monitorBench, startedBench } from './monitor-bench.ts';

const PERIOD_MS = 30_000;

describe('a poll parameter', () => {
  it('applies to the next look, which comes at once', async () => {
    const bench = await startedBench();
    bench.usedPercent = 60;
    bench.collect({ used: '50' });
    await bench.clock.advance(0);
    bench.monitor.close();
    assert.strictEqual(bench.poll().conditions[0]?.message, '/ is over 50 percent');
  });

  it('stays in force while whoever polls only peeks', async () => {
    const bench = await startedBench();
    bench.usedPercent = 60;
    bench.poll({ used: '50' });
    bench.peek();
    await bench.clock.advance(PERIOD_MS);
    bench.monitor.close();
    assert.strictEqual(bench.peek().conditions[0]?.status, 'True');
  });

  it('is over with the first poll that carries none: nobody changes a limit for good', async () => {
    const bench = await startedBench();
    bench.usedPercent = 60;
    bench.poll({ used: '50' });
    bench.poll({ 'npd-plugins/other': '1' });
    await bench.clock.advance(PERIOD_MS);
    bench.monitor.close();
    assert.strictEqual(bench.peek().conditions[0]?.status, 'False');
  });

  it('that is left out of a later set falls back to the configured value', async () => {
    const bench = await startedBench();
    bench.usedPercent = 60;
    bench.poll({ used: '50' });
    await bench.clock.advance(0);
    bench.poll({ wait: '1s' });
    await bench.clock.advance(0);
    bench.monitor.close();
    assert.strictEqual(bench.poll().conditions[0]?.status, 'False');
  });

  it('that is wrong keeps the configured value and is told once, not with every poll', async () => {
    const bench = await startedBench();
    bench.usedPercent = 95;
    for (let count = 0; count < 5; count++) {
      bench.poll({ used: 'lots of 100%', wait: '10s' });
      await bench.clock.advance(PERIOD_MS);
    }
    bench.monitor.close();
    assert.deepEqual(bench.events(), [
      'info PluginParameterInvalid: used: expected a decimal number, got "lots of 100 percent"', 'warn DiskFull: / is over 90 percent',
    ]);
    assert.deepEqual(bench.warnings, ['poll parameter not used, the configured value stays: used: expected a decimal number, got "lots of 100%"']);
  });

  it('is the same set in whatever order the map was sent', async () => {
    let looks = 0;
    const bench = await startedBench({ look: () => ({ verdicts: [{ kind: 'healthy' }], memo: ++looks }) });
    for (const parameters of [{ used: 'a', wait: 'b' }, { wait: 'b', used: 'a' }, { used: 'a', wait: 'b' }]) {
      bench.poll(parameters);
      await bench.clock.advance(0);
    }
    bench.monitor.close();
    assert.strictEqual(bench.events().length, 2);
    assert.strictEqual(looks, 2);
  });

  it('that nobody knows is named', () => {
    const bench = monitorBench();
    bench.poll({ tresholds: '1' });
    assert.deepEqual(bench.events(), ['info PluginParameterInvalid: "tresholds": unknown parameter']);
  });

  it('with our own prefix is never a threshold and never wrong', () => {
    const bench = monitorBench();
    bench.poll({ 'npd-plugins/used': 'lots', 'npd-plugins/': '' });
    assert.deepEqual(bench.events(), []);
  });

  it('is told again when it is wrong in another way, and told no more when it is right', async () => {
    const bench = monitorBench();
    for (const used of ['lots', 'more', '50', '50']) bench.collect({ used });
    bench.poll({ used: 'lots' });
    assert.deepEqual(bench.events(), ['info PluginParameterInvalid: used: expected a decimal number, got "lots"']);
  });

  it('makes eight events at most, however many wrong ones are sent', () => {
    const bench = monitorBench();
    bench.poll(Object.fromEntries(Array.from({ length: 1_000 }, (_, index) => [`p${index}`, 'x'])));
    assert.strictEqual(bench.events().length, 8);
  });

  it('of whatever name and text makes no poll fail, and its events are clean', () => {
    const name = fc.oneof(fc.constantFrom('used', 'wait', '__proto__', 'constructor', 'npd-plugins/x'), fc.string({ unit: 'binary' }));
    const polls = fc.array(fc.dictionary(name, fc.string({ unit: 'binary' }), { maxKeys: 5 }), { maxLength: 10 });
    fc.assert(fc.property(polls, (maps) => {
      const bench = monitorBench();
      for (const parameters of maps) bench.poll(parameters);
      for (const { message } of bench.peek().events) {
        assert.isAtMost(Buffer.byteLength(message), 1_024);
        assert.notInclude(message, '%');
        assert.isTrue(message.isWellFormed());
      }
      assert.deepEqual(bench.peek().conditions, monitorBench().peek().conditions);
    }));
  });
});
