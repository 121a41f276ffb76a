import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { assert } from 'chai';
import { readPackageTemperature } from '../../../../plugins/linux/sys/package-temperature.ts';

describe('the temperature of a CPU package', () => {
  let root = '';
  const write = (sensor: number, files: Readonly<Record<string, string>>): void => {
    for (const [name, text] of Object.entries(files)) {
      const path = join(root, `sys/class/hwmon/hwmon${sensor}`, name);
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, text);
    }
  };
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'sensor-'));
    write(0, { name: 'nvme\n', temp1_label: 'Package id 0\n', temp1_input: '1000\n' });
    write(4, { name: 'coretemp\n', temp1_label: 'Package id 0\n', temp1_input: '98500\n', temp1_crit: '100000\n' });
    write(7, { name: 'coretemp\n', temp1_label: 'Package id 1\n', temp1_input: '-1000\n', temp1_crit: '100000\n' });
  });
  afterEach(() => rmSync(root, { recursive: true }));

  it('is that of the sensor with its number', () => {
    assert.deepEqual([0, 1, 2].map((packageId) => readPackageTemperature(root, packageId)), [
      { celsius: 98.5, criticalCelsius: 100 }, { celsius: -1, criticalCelsius: 100 }, undefined,
    ]);
  });

  it('is not known without a limit to compare with', () => {
    rmSync(join(root, 'sys/class/hwmon/hwmon4/temp1_crit'));
    assert.isUndefined(readPackageTemperature(root, 0));
  });

  for (const [text, expected] of [['', 'a newline at its end, got ""'], ['98500', 'a newline at its end, got "98500"'], ['hot\n', 'a whole number, got "hot"'], ['1\n2\n', 'one line, got "1\\n2\\n"']] as const) {
    it(`refused: ${JSON.stringify(text)}`, () => {
      write(4, { temp1_input: text });
      assert.throws(() => readPackageTemperature(root, 0), `/sys/class/hwmon/hwmon4/temp1_input: expected ${expected}`);
    });
  }
});
