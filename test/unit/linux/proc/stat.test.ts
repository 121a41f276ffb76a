import { assert } from 'chai';
import { parseStat } from '../../../../plugins/linux/proc/stat.ts';

const TEXT = `cpu  10 20 30 40 50 60 70 80 90 100
cpu0 1 2 3 4 5 6 7 8 9 10
cpu3 1 2 3 4 5 6 7 8 9 10 11
intr 8885917 17 0
ctxt 38014093
btime 1418183276
processes 26442
procs_running 2
procs_blocked 0
softirq 5057579 250191
`;

const ticks = {
  userTicks: 1,
  niceTicks: 2,
  systemTicks: 3,
  idleTicks: 4,
  iowaitTicks: 5,
  irqTicks: 6,
  softirqTicks: 7,
  stealTicks: 8,
  guestTicks: 9,
  guestNiceTicks: 10,
};

describe('/proc/stat', () => {
  it('the sum, the CPUs that are online, and the counters are read', () => {
    assert.deepEqual(parseStat(TEXT), {
      total: {
        userTicks: 10,
        niceTicks: 20,
        systemTicks: 30,
        idleTicks: 40,
        iowaitTicks: 50,
        irqTicks: 60,
        softirqTicks: 70,
        stealTicks: 80,
        guestTicks: 90,
        guestNiceTicks: 100,
      },
      cpus: [{ cpu: 0, ...ticks }, { cpu: 3, ...ticks }],
      bootTimeSeconds: 1_418_183_276,
      forks: 26_442,
      runnableTasks: 2,
      blockedTasks: 0,
    });
  });

  for (const name of ['btime', 'processes', 'procs_running', 'procs_blocked']) {
    it(`without ${name} it is refused`, () => {
      assert.throws(() => parseStat(TEXT.replace(`${name} `, 'other ')), `/proc/stat: expected a line "${name} <n>", got "cpu  10`);
    });
  }

  const broken: readonly (readonly [string, string, string])[] = [
    ['cpu  10', 'cpux 10', '/proc/stat: expected a line "cpu <n> ...", got "cpux 10'],
    [' 90 100', '', '/proc/stat:1: expected at least 10 numbers, got "cpu  10 20 30 40 50 60 70 80"'],
    ['cpu0 1', 'cpu0 x', '/proc/stat:2: expected a whole number, got "x"'],
    ['btime 1', 'btime -1', '/proc/stat:6: expected a whole number ≥ 0, got "-1418183276"'],
    ['procs_blocked 0', 'procs_blocked', '/proc/stat: expected a line "procs_blocked <n>", got "cpu  10'],
  ];
  for (const [from, to, message] of broken) {
    it(`refused: ${message}`, () => {
      assert.throws(() => parseStat(TEXT.replace(from, to)), message);
    });
  }
});
