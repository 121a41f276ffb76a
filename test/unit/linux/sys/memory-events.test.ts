import { assert } from 'chai';
import { assert as always, property, string } from 'fast-check';
import { ParseError } from '../../../../plugins/core/errors.ts';
import { parseMemoryEvents } from '../../../../plugins/linux/sys/memory-events.ts';

const V2 = 'low 0\nhigh 0\nmax 412\noom 3\noom_kill 2\noom_group_kill 0\n';

describe('memory.events and memory.oom_control', () => {
  it('tell what was killed, and v2 how often the limit was reached', () => {
    assert.deepEqual(parseMemoryEvents(V2, 'f'), { limitReached: 3, killed: 2 });
    assert.deepEqual(parseMemoryEvents('oom_kill_disable 0\nunder_oom 0\noom_kill 1\n', 'f'), { limitReached: undefined, killed: 1 });
    assert.deepEqual(parseMemoryEvents('oom_kill_disable 0\nunder_oom 0\n', 'f'), { limitReached: undefined, killed: undefined }, 'before Linux 4.13');
  });

  it('that are cut inside a line, or garbage, are refused', () => {
    for (let end = 0; end < V2.length; end += 1) if (V2[end - 1] !== '\n') assert.throws(() => parseMemoryEvents(V2.slice(0, end), 'f'), ParseError);
    for (const text of ['oom_kill -1\n', 'oom_kill\n', 'oom_kill 1 2\n', 'oom_kill 99999999999999999999\n', 'Oom 1\n']) assert.throws(() => parseMemoryEvents(text, 'f'), ParseError);
    always(property(string(), (text) => { assert.throws(() => parseMemoryEvents(text.replaceAll('\n', ''), 'f'), ParseError); }));
  });
});
