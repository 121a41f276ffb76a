import { assert } from 'chai';
import * as fc from 'fast-check';
import { learn } from '../../../../plugins/host-inspector/ports/learned.ts';

const named = (key: string): { key: string; text: string } => ({ key, text: key.toUpperCase() });

/** A machine whose ports are looked at once a minute; what is kept goes through JSON, as a restart has it. */
function machine(): { look: (ports: readonly string[], day?: number) => readonly string[]; reboot: () => void; reset: () => void; sizes: () => readonly [number, number] } {
  let memo: unknown;
  let baseline: unknown;
  return {
    look(ports, day = 20_000) {
      const { news, more, ...kept } = learn(ports.map(named), { memo, baseline }, day);
      [memo, baseline] = [structuredClone(JSON.parse(JSON.stringify(kept.memo))), JSON.parse(JSON.stringify(kept.baseline))];
      return [...news.map(({ key }) => key), ...(more > 0 ? [`+${more}`] : [])];
    },
    reboot: () => (memo = undefined),
    reset: () => ([memo, baseline] = [undefined, undefined]),
    sizes: () => [JSON.stringify(memo).length, JSON.stringify(baseline).length],
  };
}

/** A machine that has learned these. */
function learned(...ports: readonly string[]): ReturnType<typeof machine> {
  const own = machine();
  for (let times = 0; times < 10; times++) assert.deepEqual(own.look(ports), []);
  return own;
}

describe('a port that did not listen before', () => {
  it('is told once, at the second look that sees it', () => {
    const own = learned('a');
    assert.deepEqual(own.look(['a', 'b']), []);
    assert.deepEqual(own.look(['a', 'b']), ['b']);
    for (let times = 0; times < 100; times++) assert.deepEqual(own.look(['a', 'b']), []);
  });

  it('is not told while a node is set up, nor of one that has kept nothing', () => {
    const own = machine();
    for (let times = 0; times < 10; times++) assert.deepEqual(own.look(Array.from({ length: times }, (_, index) => `p${index}`)), []);
    own.reset();
    assert.deepEqual([own.look(['x', 'y']), own.look(['x', 'y'])], [[], []]);
  });

  it('is not told if a single look saw it', () => {
    const own = learned('a');
    for (let times = 0; times < 50; times++) assert.deepEqual(own.look(['a', `short-${times}`]), []);
  });

  it('is no news after a boot, nor when it comes back within a week; after that it is', () => {
    const own = learned('a', 'b');
    own.reboot();
    assert.deepEqual([own.look(['a', 'b']), own.look(['a', 'b'])], [[], []]);
    for (let day = 20_001; day < 20_007; day++) assert.deepEqual(own.look(['a'], day), []);
    assert.deepEqual([own.look(['a', 'b'], 20_007), own.look(['a', 'b'], 20_007)], [[], []]);
    for (let day = 20_008; day < 20_015; day++) assert.deepEqual(own.look(['a'], day), []);
    assert.deepEqual([own.look(['a', 'b'], 20_015), own.look(['a', 'b'], 20_015)], [[], ['b']]);
  });

  it('is no news on a node that was switched off for a month, and whose services come one after the other', () => {
    const own = learned('a', 'b', 'c');
    own.reboot();
    for (const ports of [['a'], ['a'], ['a', 'b'], ['a', 'b'], ['a', 'b', 'c'], ['a', 'b', 'c']]) assert.deepEqual(own.look(ports, 20_030), []);
  });

  it('is not told because a clock was wrong for a while', () => {
    const own = learned('a', 'b');
    for (const day of [0, 0, 90_000, 90_000, 20_000, 20_000, 20_001]) assert.deepEqual(own.look(['a'], day), [], String(day));
    assert.deepEqual([own.look(['a', 'b'], 20_001), own.look(['a', 'b'], 20_001)], [[], []]);
  });

  it('comes with others in one event; further ones wait, for longer each time, and are told together', () => {
    const own = learned('a');
    const told: [number, readonly string[]][] = [];
    const open = ['a'];
    for (let minute = 0; minute < 1_440; minute++) {
      open.push(`p${minute}`);
      const news = own.look(open.slice(-3));
      if (news.length > 0) told.push([minute, news]);
    }
    // After some 250 in a day no more are remembered on that day, and what is not remembered is not told.
    assert.deepEqual(told.map(([minute]) => minute), [1, 7, 18, 39, 80, 161, 322]);
    assert.deepEqual(told.slice(0, 2), [[1, ['p0']], [7, ['p1', 'p2', 'p3', 'p4', 'p5', 'p6']]]);
    assert.deepEqual(told[4]?.[1].slice(-2), ['p58', '+21']);
    assert.isBelow(own.sizes()[0], 8_000);
    assert.isBelow(own.sizes()[1], 8_000);
  });

  it('is told at once again when it was quiet for as long as others had to wait', () => {
    const own = learned('a');
    own.look(['a', 'b']);
    assert.deepEqual(own.look(['a', 'b']), ['b']);
    for (let times = 0; times < 6; times++) assert.deepEqual(own.look(['a', 'b']), []);
    own.look(['a', 'b', 'c']);
    assert.deepEqual(own.look(['a', 'b', 'c']), ['c']);
    for (let times = 0; times < 5; times++) own.look(['a', 'b', 'c']);
  });

  it('is not told again and again where more listen than can be remembered', () => {
    const many = Array.from({ length: 400 }, (_, index) => `p${index}`);
    const own = learned(...many);
    for (let times = 0; times < 20; times++) assert.deepEqual(own.look(many), []);
    own.look([...many, 'new']);
    assert.deepEqual(own.look([...many, 'new']), []);
    // What was not seen today makes room.
    assert.deepEqual(own.look([...many.slice(0, 100), 'new'], 20_001), ['new']);
  });

  it('is learned anew where what was kept is garbage', () => {
    fc.assert(fc.property(fc.jsonValue(), fc.jsonValue(), (memo, baseline) => {
      const { news, memo: next, baseline: learned } = learn([named('a')], { memo, baseline }, 20_000);
      assert.isAtMost(news.length, 20);
      JSON.stringify([next, learned]);
    }));
    const { news } = learn([named('a')], { memo: { candidates: 'a', pending: [{ key: 1 }], more: -1, left: 'x', wait: 1e9 }, baseline: { looks: 10, days: 1, date: 20_000, known: { a: 'x', b: 1.5, c: 9 } } }, 20_000);
    assert.deepEqual(news, []);
  });
});
