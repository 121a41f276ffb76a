import { assert } from 'chai';
import { type Kind, type Surroundings, createSurroundings, judgeOutlook } from '../../../plugins/network-verifier/surroundings.ts';

const ok = (kind: Kind) => ({ kind, isOk: true });
const failed = (kind: Kind) => ({ kind, isOk: false });

describe('node or target', () => {
  const rows: readonly (readonly [string, Kind, Parameters<typeof judgeOutlook>[1], string])[] = [
    ['cannot be told apart when there is nothing else', 'name server', [], 'nothing else was tried yet, so node and target cannot be told apart'],
    ['is the node when all else fails, too', 'name server', [failed('name server'), failed('API server')], 'and nothing else can be reached: likelier this node than what it asks'],
    ['is the one name server of two', 'name server', [ok('name server'), failed('API server')], 'but the other name server can be reached: likelier this name server than this node'],
    ['is the one name server of three', 'name server', [ok('name server'), ok('name server')], 'but every other name server can be reached: likelier this name server than this node'],
    ['is one of two name servers that fail of three', 'name server', [ok('name server'), failed('name server')], 'but another name server can be reached: likelier this name server than this node'],
    ['is all name servers when others than they can be reached', 'name server', [failed('name server'), ok('target'), ok('API server'), ok('target'), failed('peer')], 'and no other name server either, but a target and the API server can be reached: likelier the name servers than this node'],
    ['is the only one of its kind when others can be reached', 'API server', [ok('name server'), failed('target')], 'but a name server can be reached: likelier this API server than this node'],
    ['names what can be reached in one order', 'target', [ok('service'), ok('peer'), ok('name server')], 'but a name server, a peer and a service can be reached: likelier this target than this node'],
  ];
  for (const [what, kind, others, text] of rows) {
    it(`${what}: ${text}`, () => assert.strictEqual(judgeOutlook(kind, others), text));
  }
});

/** Surroundings whose time passes when a test says so. */
function bench(): { readonly around: Surroundings; readonly pass: (ms: number) => void } {
  let nowMs = 7_000;
  return { around: createSurroundings(() => nowMs), pass: (ms) => void (nowMs += ms) };
}

const ALONE = 'nothing else was tried yet, so node and target cannot be told apart';

describe('the surroundings of a finding', () => {
  it('are all that was tried but itself, each as it was found last', () => {
    const { around } = bench();
    around.note('name server', '10.96.0.10:53', false);
    assert.strictEqual(around.outlook('name server', '10.96.0.10:53'), ALONE);
    around.note('name server', '10.0.0.2:53', false);
    assert.strictEqual(around.outlook('name server', '10.96.0.10:53'), 'and nothing else can be reached: likelier this node than what it asks');
    around.note('name server', '10.0.0.2:53', true);
    assert.strictEqual(around.outlook('name server', '10.96.0.10:53'), 'but the other name server can be reached: likelier this name server than this node');
  });

  it('are not what was well before it began to fail', () => {
    const { around, pass } = bench();
    around.note('service', 'default/kubernetes', true);
    around.note('API server', 'https://10.96.0.1:443', true);
    pass(13_000);
    around.note('name server', '10.96.0.10:53', false);
    assert.strictEqual(around.outlook('name server', '10.96.0.10:53'), ALONE);
    around.note('API server', 'https://10.96.0.1:443', false);
    pass(120_000);
    around.note('name server', '10.96.0.10:53', false);
    assert.strictEqual(around.outlook('name server', '10.96.0.10:53'), 'and nothing else can be reached: likelier this node than what it asks');
    around.note('API server', 'https://10.96.0.1:443', true);
    assert.strictEqual(around.outlook('name server', '10.96.0.10:53'), 'but the API server can be reached: likelier this name server than this node');
  });

  it('are what was well in the same look, though it failed later than the others answered', () => {
    const { around, pass } = bench();
    around.note('API server', 'https://10.96.0.1:443', true);
    pass(10_100);
    around.note('name server', '10.96.0.10:53', false);
    assert.strictEqual(around.outlook('name server', '10.96.0.10:53'), 'but the API server can be reached: likelier this name server than this node');
  });

  it('hold who answers, be it wrong, among those that can be reached', () => {
    const { around } = bench();
    const itself = (): string => around.outlook('name server', '10.96.0.10:53');
    around.note('name server', '10.96.0.10:53', false, '10.96.0.10:53', true);
    assert.strictEqual(itself(), 'but it answers: likelier this name server than this node');
    around.note('API server', 'https://10.96.0.1:443', false, '10.96.0.1:443');
    assert.strictEqual(itself(), 'but it answers: likelier this name server than this node');
    assert.strictEqual(around.outlook('API server', 'https://10.96.0.1:443'), 'but a name server can be reached: likelier this API server than this node');
    around.note('name server', '10.0.0.2:53', false, '10.0.0.2:53', true);
    assert.strictEqual(itself(), 'but it answers: likelier this name server than this node');
    around.note('name server', '10.0.0.2:53', false, '10.0.0.2:53');
    assert.strictEqual(around.outlook('name server', '10.0.0.2:53'), 'but the other name server can be reached: likelier this name server than this node');
    assert.isTrue(around.fails('name server'));
    assert.isTrue(around.failsElsewhere('service', '10.96.0.10:53'));
  });

  it('hold no name server that may answer from its memory on this node', () => {
    for (const endpoint of ['169.254.20.10:53', '127.0.0.53:53', '[::1]:53']) {
      const { around } = bench();
      around.note('name server', endpoint, true, endpoint);
      assert.strictEqual(around.outlook('API server', 'https://10.96.0.1:443'), ALONE);
      around.note('target', 'tcp://a:1', false);
      assert.strictEqual(around.outlook('API server', 'https://10.96.0.1:443'), 'and nothing else can be reached: likelier this node than what it asks');
      around.note('name server', endpoint, false, endpoint);
      assert.isTrue(around.fails('name server'));
      assert.isTrue(around.failsElsewhere('service', endpoint));
    }
  });

  it('hold what another kind calls by the same name', () => {
    const { around } = bench();
    around.note('target', '10.96.0.1:443', true);
    assert.strictEqual(around.outlook('service', '10.96.0.1:443'), 'but a target can be reached: likelier this service than this node');
  });

  it('are forgotten after three looks, those of services later', () => {
    const { around, pass } = bench();
    around.note('name server', '10.0.0.2:53', true);
    around.note('service', 'default/kubernetes', true);
    pass(200_000);
    assert.strictEqual(around.outlook('target', 'a'), 'but a name server and a service can be reached: likelier this target than this node');
    pass(1);
    assert.strictEqual(around.outlook('target', 'a'), 'but a service can be reached: likelier this target than this node');
    pass(799_999);
    assert.include(around.outlook('target', 'a'), 'a service');
    pass(1);
    assert.strictEqual(around.outlook('target', 'a'), ALONE);
  });
});

describe('an endpoint', () => {
  it('fails elsewhere while another kind of check cannot reach it', () => {
    const { around, pass } = bench();
    const isTold = (): boolean => around.failsElsewhere('service', '10.96.0.1:443');
    around.note('service', 'default/kubernetes', false, '10.96.0.1:443');
    assert.isFalse(isTold(), 'its own kind does not count');
    around.note('API server', 'https://10.96.0.1:443', true, '10.96.0.1:443');
    assert.isFalse(isTold());
    around.note('API server', 'https://10.96.0.1:443', false, '10.96.0.1:443');
    assert.isTrue(isTold());
    assert.isFalse(around.failsElsewhere('service', '10.96.0.2:443'));
    pass(200_001);
    assert.isFalse(isTold(), 'what was found so long ago says nothing of now');
  });
});
