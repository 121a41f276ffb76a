import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { assert } from 'chai';
import { readCpuThrottle } from '../../../../plugins/linux/sys/cpu-throttle.ts';

const FOLDER = 'sys/devices/system/cpu';

describe('/sys/devices/system/cpu/cpu*/thermal_throttle', () => {
  let root = '';
  const write = (path: string, text: string): void => {
    mkdirSync(dirname(join(root, FOLDER, path)), { recursive: true });
    writeFileSync(join(root, FOLDER, path), text);
  };
  const writeCpu = (cpu: number, packageId: number, numbers: Readonly<Record<string, number>>): void => {
    write(`cpu${cpu}/topology/physical_package_id`, `${packageId}\n`);
    for (const [name, value] of Object.entries(numbers)) write(`cpu${cpu}/thermal_throttle/${name}`, `${value}\n`);
  };
  beforeEach(() => (root = mkdtempSync(join(tmpdir(), 'throttle-'))));
  afterEach(() => rmSync(root, { recursive: true }));

  it('is read of each CPU that is online: counts and times, of the core and of the package', () => {
    write('online', '0,2\n');
    writeCpu(0, 0, { core_throttle_count: 5, core_throttle_total_time_ms: 60, package_throttle_count: 30, package_throttle_total_time_ms: 700 });
    writeCpu(1, 0, { core_throttle_count: 1 });
    writeCpu(2, 1, { core_throttle_count: 0, core_throttle_total_time_ms: 0 });
    assert.deepEqual(readCpuThrottle(root), {
      kind: 'ok',
      value: [
        { cpu: 0, packageId: 0, core: { count: 5, totalMs: 60 }, package: { count: 30, totalMs: 700 } },
        { cpu: 2, packageId: 1, core: { count: 0, totalMs: 0 }, package: undefined },
      ],
    });
  });

  it('has no times on old kernels', () => {
    write('online', '0\n');
    writeCpu(0, 0, { core_throttle_count: 5, package_throttle_count: 30 });
    assert.deepEqual(readCpuThrottle(root), {
      kind: 'ok', value: [{ cpu: 0, packageId: 0, core: { count: 5, totalMs: undefined }, package: { count: 30, totalMs: undefined } }],
    });
  });

  it('is there on no CPU of most machines, which is no failure', () => {
    write('online', '0-1\n');
    writeCpu(0, 0, {});
    assert.deepEqual(readCpuThrottle(root), { kind: 'absent', message: 'no CPU has a thermal_throttle folder (AMD, arm64, most virtual machines)' });
  });

  it('lacks the CPU that went offline meanwhile', () => {
    write('online', '0-1\n');
    writeCpu(0, 0, { core_throttle_count: 5 });
    write('cpu1/topology/physical_package_id', '0\n');
    const { value } = { value: [], ...readCpuThrottle(root) };
    assert.deepEqual(value.map(({ cpu }: { cpu: number }) => cpu), [0]);
  });

  it('of a CPU that is online is never empty', () => {
    write('online', '0\n');
    writeCpu(0, 0, { package_throttle_count: 5 });
    write('cpu0/thermal_throttle/core_throttle_count', '');
    assert.throws(() => readCpuThrottle(root), '/sys/devices/system/cpu/cpu0/thermal_throttle/core_throttle_count: expected a number, got ""');
  });

  for (const [text, expected] of [['5', 'a newline at its end, got "5"'], ['-1\n', 'a number, got "-1\\n"'], ['5\n6\n', 'a number, got "5\\n6\\n"'], ['9'.repeat(20) + '\n', 'a whole number, got']] as const) {
    it(`refused: ${JSON.stringify(text)}`, () => {
      write('online', '0\n');
      writeCpu(0, 0, { core_throttle_count: 5 });
      write('cpu0/thermal_throttle/core_throttle_total_time_ms', text);
      assert.throws(() => readCpuThrottle(root), `/sys/devices/system/cpu/cpu0/thermal_throttle/core_throttle_total_time_ms: expected ${expected}`);
    });
  }

  it('cannot be told without the list of CPUs', () => {
    assert.throws(() => readCpuThrottle(root), /^\/sys\/devices\/system\/cpu\/online .*no such file or directory$/);
  });
});
