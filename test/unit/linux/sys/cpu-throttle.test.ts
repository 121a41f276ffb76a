import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { assert } from 'chai';
import { messageOf } from '../../../../plugins/core/errors.ts';
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

  const read = () => readCpuThrottle(root, new AbortController().signal);
  const refused = async () => await read().then(() => 'nothing', messageOf);

  it('is read of each CPU that is online: counts and times, of the core and of the package', async () => {
    write('online', '0,2\n');
    writeCpu(0, 0, { core_throttle_count: 5, core_throttle_total_time_ms: 60, package_throttle_count: 30, package_throttle_total_time_ms: 700 });
    writeCpu(1, 0, { core_throttle_count: 1 });
    writeCpu(2, 1, { core_throttle_count: 0, core_throttle_total_time_ms: 0 });
    assert.deepEqual(await read(), {
      kind: 'ok',
      value: [
        { cpu: 0, packageId: 0, core: { count: 5, totalMs: 60 }, package: { count: 30, totalMs: 700 } },
        { cpu: 2, packageId: 1, core: { count: 0, totalMs: undefined }, package: undefined },
      ],
    });
  });

  it('has no times on old kernels', async () => {
    write('online', '0\n');
    writeCpu(0, 0, { core_throttle_count: 5, package_throttle_count: 30 });
    assert.deepEqual(await read(), {
      kind: 'ok', value: [{ cpu: 0, packageId: 0, core: { count: 5, totalMs: undefined }, package: { count: 30, totalMs: undefined } }],
    });
  });

  it('is there on no CPU of most machines, which is no failure', async () => {
    write('online', '0-1\n');
    writeCpu(0, 0, {});
    assert.deepEqual(await read(), { kind: 'absent', message: 'no CPU has a thermal_throttle folder (AMD, arm64, most virtual machines)' });
  });

  it('lacks the CPU that went offline meanwhile', async () => {
    write('online', '0-1\n');
    writeCpu(0, 0, { core_throttle_count: 5 });
    write('cpu1/topology/physical_package_id', '0\n');
    const { value } = { value: [], ...await read() };
    assert.deepEqual(value.map(({ cpu }: { cpu: number }) => cpu), [0]);
  });

  it('of a CPU that is online is never empty', async () => {
    write('online', '0\n');
    writeCpu(0, 0, { package_throttle_count: 5 });
    write('cpu0/thermal_throttle/core_throttle_count', '');
    assert.equal(await refused(), '/sys/devices/system/cpu/cpu0/thermal_throttle/core_throttle_count: expected a number, got ""');
  });

  for (const [text, expected] of [['5', 'a newline at its end, got "5"'], ['-1\n', 'a number, got "-1\\n"'], ['5\n6\n', 'a number, got "5\\n6\\n"'], ['9'.repeat(20) + '\n', 'a whole number, got']] as const) {
    it(`refused: ${JSON.stringify(text)}`, async () => {
      write('online', '0\n');
      writeCpu(0, 0, { core_throttle_count: 5 });
      write('cpu0/thermal_throttle/core_throttle_total_time_ms', text);
      assert.include(await refused(), `/sys/devices/system/cpu/cpu0/thermal_throttle/core_throttle_total_time_ms: expected ${expected}`);
    });
  }

  it('of many CPUs is given up at the deadline of the look', async () => {
    write('online', '0-4095\n');
    const deadline = new AbortController();
    const end = readCpuThrottle(root, deadline.signal).then(() => 'nothing', messageOf);
    deadline.abort(new Error('too late'));
    assert.equal(await end, 'too late');
  });

  it('cannot be told without the list of CPUs', async () => {
    assert.match(await refused(), /^\/sys\/devices\/system\/cpu\/online .*no such file or directory$/);
  });
});
