import { assert } from 'chai';
import { overrideSettings, defaultsOf, readSettings } from '../../../../plugins/core/settings.ts';
import { xidClassesOf, xidSettings } from '../../../../plugins/gpu-monitor/settings/xid.ts';

const read = (xidClasses: unknown) => [...xidClassesOf(readSettings(xidSettings, { xidClasses }, 'gpu-monitor').xidClasses)];

describe('what a site makes of an XID', () => {
  it('is set as a list or as a text, in the file and by the poll', () => {
    const want = [['63', 'ignore'], ['94', 'reset'], ['sxid20034', 'event'], ['other', 'reboot']];
    assert.deepEqual(read('63=ignore, 94=reset,sxid20034=event,other=reboot'), want);
    assert.deepEqual(read(['xid63=ignore', ' 94 = reset ', 'SXid20034=event', 'other=reboot']), want);
    const { settings, invalid } = overrideSettings(xidSettings, defaultsOf(xidSettings), { xidClasses: '63=rma', xidReplaceAfter: '0' });
    assert.deepEqual([settings, invalid], [{ xidClasses: ['63=rma'], xidReplaceAfter: 0 }, []]);
  });

  it('nothing is set by default', () => assert.deepEqual(read(''), []));

  it('the last of two for one number counts', () => assert.deepEqual(read('63=ignore,63=app'), [['63', 'app']]));

  for (const entry of ['63', '63=', '63=fatal', '=reset', '0=reset', '063=reset', '63=ignore=app', 'sxid=event', '1.5=app', '63=IGNORE', '-1=app', '9999999999=app']) {
    it(`${entry} is refused, with the classes there are`, () => {
      const remedy = `expected entries such as "63=ignore" or "sxid20034=event" with one of ignore, app, event, reset, reboot, rma, got ${JSON.stringify(entry)}`;
      assert.throws(() => read(`13=app,${entry}`), `gpu-monitor.xidClasses: ${remedy}`);
      const { settings, invalid } = overrideSettings(xidSettings, defaultsOf(xidSettings), { xidClasses: entry });
      assert.deepEqual([settings.xidClasses, invalid], [[], [`xidClasses: ${remedy}`]]);
    });
  }
});
