import { assert } from 'chai';
import * as fc from 'fast-check';
import type { ChildRequest, ChildResult } from '../../../plugins/linux/child.ts';
import { parseAdjtimex, readKernelClock, readLastSync } from '../../../plugins/linux/kernel-clock.ts';

const SYNCHRONIZED = [
  '         mode: 0', '       offset: -104', '    frequency: 1286473', '     maxerror: 117500', '     esterror: 0', '       status: 8193', 'time_constant: 7',
  '    precision: 1', '    tolerance: 32768000', '         tick: 10000', '     raw time:  1795696661s 265577us = 1795696661.265577', ' return value = 0', '',
].join('\n');
const UNSYNCHRONIZED = SYNCHRONIZED.replace('frequency: 1286473', 'frequency: -65536').replace('maxerror: 117500', 'maxerror: 16000000').replace('status: 8193', 'status: 8257').replace('value = 0', 'value = 5');
/** What it prints when it is refused, with exit code 1. */
const REFUSED = SYNCHRONIZED.replaceAll(/: -?\d+$/gm, ': 0').replace(/ return.*\n/, '');

describe('adjtimex --print', () => {
  it('tells whether the kernel counts its clock as synchronized, how wrong it may be, and how it is corrected', () => {
    assert.deepEqual(parseAdjtimex(SYNCHRONIZED), { isUnsynchronized: false, maxErrorMs: 117, correctionPpm: 1286473 / 65536 });
    assert.deepEqual(parseAdjtimex(UNSYNCHRONIZED), { isUnsynchronized: true, maxErrorMs: 16_000, correctionPpm: -1 });
  });

  it('cut anywhere, is refused', () => {
    for (let end = 0; end < UNSYNCHRONIZED.length; end++) assert.throws(() => parseAdjtimex(UNSYNCHRONIZED.slice(0, end)), 'adjtimex: expected ', `cut at ${end}`);
  });

  it('of garbage is refused', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => {
      assert.throws(() => parseAdjtimex(text), 'adjtimex: expected ');
    }));
  });
});

function running(result: ChildResult): { readonly run: (request: ChildRequest) => Promise<ChildResult>; readonly timeoutMs: number } {
  return { run: async () => result, timeoutMs: 3_000 };
}

function exited(code: number, stdout: string, stderr = ''): ChildResult {
  return { kind: 'exited', code, signal: null, stdout, stderr };
}

describe("the kernel's clock", () => {
  const cases: readonly (readonly [name: string, result: ChildResult, kind: string, message: string])[] = [
    ['a node without the program', { kind: 'failed-to-start', message: 'spawn adjtimex ENOENT', cause: Object.assign(new Error('x'), { code: 'ENOENT' }) }, 'absent', 'needs the program adjtimex'],
    ['a node without memory to start it', { kind: 'failed-to-start', message: 'spawn adjtimex EAGAIN', cause: Object.assign(new Error('x'), { code: 'EAGAIN' }) }, 'failed', 'adjtimex: spawn adjtimex EAGAIN'],
    ['an old seccomp profile, under which it prints zeros', exited(1, REFUSED, 'adjtimex: Operation not permitted\nadjtimex: Operation not permitted\n'), 'denied', 'adjtimex: operation not permitted'],
    ['zeros with a good exit code, which nobody has seen', exited(0, REFUSED), 'failed', ''],
    ['one that hangs', { kind: 'timed-out', atDeadline: { state: 'S', cpuMs: 0 } }, 'failed', 'adjtimex: no answer within 3000 ms'],
  ];
  for (const [name, result, kind, message] of cases) {
    it(`cannot be told of ${name}`, async () => {
      const outcome = await readKernelClock(running(result));
      assert.equal(outcome.kind, kind);
      if (message !== '') assert.equal('message' in outcome ? outcome.message : '', message);
    });
  }

  it('is told by the program', async () => {
    assert.deepEqual(await readKernelClock(running(exited(0, SYNCHRONIZED))), { kind: 'ok', value: parseAdjtimex(SYNCHRONIZED) });
  });
});

describe('the last trace of a time daemon', () => {
  it('is the newest of what there is', async () => {
    const stdout = '1795000000 /host/run/systemd/timesync/synchronized\n1795000900 /host/var/lib/chrony/drift\n';
    assert.deepEqual(await readLastSync('/host', running(exited(1, stdout, 'stat: …\n'))), { file: '/var/lib/chrony/drift', timeSeconds: 1_795_000_900 });
  });

  it('is none where there is none, where the disk hangs, and of garbage', async () => {
    for (const result of [exited(1, ''), exited(0, 'x /host/var/lib/chrony/drift\n'), exited(0, '12 /var/lib/chrony/drift\n'), { kind: 'overflow' } as const]) {
      assert.isUndefined(await readLastSync('/host', running(result)));
    }
  });
});
