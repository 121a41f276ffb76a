import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { assert } from 'chai';
import { parsePressure, readPressure } from '../../../../plugins/linux/proc/pressure.ts';

const SOME = 'some avg10=0.18 avg60=34.00 avg300=0.10 total=18446744073709551615\n';
const FULL = 'full avg10=0.00 avg60=0.00 avg300=0.00 total=8494\n';
const some = { avg10Percent: 0.18, avg60Percent: 34, avg300Percent: 0.1, totalUs: 18_446_744_073_709_551_615n };
const full = { avg10Percent: 0, avg60Percent: 0, avg300Percent: 0, totalUs: 8494n };

describe('/proc/pressure', () => {
  it('both lines are read, the total as a 64-bit counter', () => {
    assert.deepEqual(parsePressure(SOME + FULL, '/proc/pressure/io'), { some, full });
  });

  it('irq has only the full line', () => {
    assert.deepEqual(parsePressure(FULL, '/proc/pressure/irq'), { some: undefined, full });
  });

  it('cpu has only the some line on kernels before 5.13', () => {
    assert.deepEqual(parsePressure(SOME, '/proc/pressure/cpu'), { some, full: undefined });
  });

  it('lines of newer kernels are ignored', () => {
    assert.deepEqual(parsePressure(`${SOME}most avg10=x\n${FULL}`, '/proc/pressure/io'), { some, full });
  });

  const broken: readonly (readonly [string, string])[] = [
    ['', '/proc/pressure/io: expected a line "some" or "full", got ""'],
    ['some\n', '/proc/pressure/io:1: expected "some|full avg10=<n> avg60=<n> avg300=<n> total=<n>", got "some"'],
    ['some avg10=-1.00 avg60=0.00 avg300=0.00 total=1', '/proc/pressure/io:1: expected "some|full avg10=<n> avg60=<n> avg300=<n> total=<n>", got '],
    ['some avg10=0.0.0 avg60=0.00 avg300=0.00 total=1', '/proc/pressure/io:1: expected a decimal number, got "0.0.0"'],
    ['full avg10=0.00 avg60=100.01 avg300=0.00 total=1\n', '/proc/pressure/io:1: expected at most 100 percent, got "100.01"'],
    [SOME + FULL + FULL, '/proc/pressure/io:3: expected one line "full", got "full avg10=0.00 avg60=0.00 avg300=0.00 total=8494"'],
    [`${SOME}full avg10=0.00 avg60=0.00 avg300=0.00 total=`, '/proc/pressure/io:2: expected "some|full avg10=<n> avg60=<n> avg300=<n> total=<n>", got '],
  ];
  for (const [text, message] of broken) {
    it(`refused: ${message}`, () => {
      assert.throws(() => parsePressure(text, '/proc/pressure/io'), message);
    });
  }

  describe('of a host', () => {
    let root = '';
    beforeEach(() => {
      root = mkdtempSync(join(tmpdir(), 'pressure-'));
      mkdirSync(join(root, 'proc/pressure'), { recursive: true });
    });
    afterEach(() => rmSync(root, { recursive: true }));

    it('with PSI is read', () => {
      writeFileSync(join(root, 'proc/pressure/memory'), SOME + FULL);
      assert.deepEqual(readPressure(root, 'memory'), { kind: 'ok', value: { some, full } });
    });

    it('whose kernel has no PSI is not a failure', () => {
      const { kind, message } = { message: '', ...readPressure(root, 'memory') };
      assert.deepEqual([kind, message], ['absent', 'this kernel has no /proc/pressure/memory']);
    });
  });
});
