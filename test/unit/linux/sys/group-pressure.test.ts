import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { assert } from 'chai';
import { readGroupPressure } from '../../../../plugins/linux/sys/group-pressure.ts';

const TEXT = 'some avg10=1.00 avg60=2.00 avg300=3.00 total=4\n';
const pressure = { kind: 'ok', value: { some: { avg10Percent: 1, avg60Percent: 2, avg300Percent: 3, totalUs: 4n }, full: undefined } } as const;

describe('the pressure of a control group', () => {
  let root = '';
  const write = (path: string): void => {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), TEXT);
  };
  beforeEach(() => (root = mkdtempSync(join(tmpdir(), 'group-'))));
  afterEach(() => rmSync(root, { recursive: true }));

  it('stands in its folder', () => {
    write('sys/fs/cgroup/system.slice/cpu.pressure');
    assert.deepEqual(readGroupPressure(root, 'system.slice', 'cpu'), { file: '/sys/fs/cgroup/system.slice/cpu.pressure', pressure });
  });

  it('stands below `unified` on a hybrid host', () => {
    write('sys/fs/cgroup/unified/system.slice/io.pressure');
    assert.deepEqual(readGroupPressure(root, 'system.slice', 'io'), { file: '/sys/fs/cgroup/unified/system.slice/io.pressure', pressure });
  });

  it('is absent without cgroup v2', () => {
    assert.equal(readGroupPressure(root, 'system.slice', 'cpu').pressure.kind, 'absent');
  });

  it('that cannot be read is not looked for elsewhere', () => {
    write('sys/fs/cgroup/system.slice/cpu.pressure/x');
    write('sys/fs/cgroup/unified/system.slice/cpu.pressure');
    assert.equal(readGroupPressure(root, 'system.slice', 'cpu').pressure.kind, 'failed');
  });
});
