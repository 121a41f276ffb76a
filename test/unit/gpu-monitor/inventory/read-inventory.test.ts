import { mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { assert } from 'chai';
import { createInventoryReader } from '../../../../plugins/gpu-monitor/inventory/read-inventory.ts';
import { type Folder, temporaryFolder } from '../../../support/eventually.ts';

function plug(root: Folder, address: string, vendor: string, itsClass: string, driver?: string): void {
  const folder = root.file(`sys/bus/pci/devices/${address}`);
  mkdirSync(folder, { recursive: true });
  writeFileSync(`${folder}/vendor`, `${vendor}\n`);
  writeFileSync(`${folder}/class`, `${itsClass}\n`);
  if (driver !== undefined) symlinkSync(`../../../bus/pci/drivers/${driver}`, `${folder}/driver`);
}

describe('the inventory of NVIDIA GPUs', () => {
  it('has graphics and compute boards, and neither their sound, nor NVSwitches, nor the boards of others', () => {
    using root = temporaryFolder();
    plug(root, '0000:ca:00.0', '0x10de', '0x030200', 'nvidia');
    plug(root, '0000:53:00.0', '0x10de', '0x030000');
    plug(root, '0000:53:00.1', '0x10de', '0x040300', 'snd_hda_intel');
    plug(root, '0000:05:00.0', '0x10de', '0x068000', 'nvidia-nvswitch');
    plug(root, '0000:00:02.0', '0x8086', '0x030000', 'i915');
    mkdirSync(root.file('sys/module/nvidia'), { recursive: true });
    writeFileSync(root.file('sys/module/nvidia/version'), '580.105.08\n');
    assert.deepEqual(createInventoryReader()(root.path), {
      pci: [
        { address: '0000:53:00.0', driver: undefined, isVirtualFunction: false },
        { address: '0000:ca:00.0', driver: 'nvidia', isVirtualFunction: false },
      ],
      proc: undefined,
      moduleVersion: '580.105.08',
    });
  });

  it('follows what is plugged, unplugged and bound anew', () => {
    using root = temporaryFolder();
    const read = createInventoryReader();
    const drivers = (): readonly (string | undefined)[] => read(root.path).pci.map(({ address, driver }) => `${address} ${driver}`);
    plug(root, '0000:53:00.0', '0x10de', '0x030200', 'nvidia');
    plug(root, '0000:54:00.0', '0x15b3', '0x020000');
    assert.deepEqual(drivers(), ['0000:53:00.0 nvidia']);
    rmSync(root.file('sys/bus/pci/devices/0000:53:00.0/driver'));
    symlinkSync('../../drivers/vfio-pci', root.file('sys/bus/pci/devices/0000:53:00.0/driver'));
    plug(root, '0000:91:00.0', '0x10de', '0x030200', 'nvidia');
    assert.deepEqual(drivers(), ['0000:53:00.0 vfio-pci', '0000:91:00.0 nvidia']);
    rmSync(root.file('sys/bus/pci/devices/0000:53:00.0'), { recursive: true });
    rmSync(root.file('sys/bus/pci/devices/0000:54:00.0'), { recursive: true });
    assert.deepEqual(drivers(), ['0000:91:00.0 nvidia']);
    plug(root, '0000:54:00.0', '0x10de', '0x030200');
    assert.deepEqual(drivers(), ['0000:54:00.0 undefined', '0000:91:00.0 nvidia'], 'another board in the slot, after it was seen empty');
  });

  it('of one host says nothing of another', () => {
    using first = temporaryFolder();
    using second = temporaryFolder();
    const read = createInventoryReader();
    plug(first, '0000:53:00.0', '0x8086', '0x030000');
    plug(second, '0000:53:00.0', '0x10de', '0x030200');
    assert.deepEqual([first, second, first].map(({ path }) => read(path).pci.length), [0, 1, 0]);
  });

  it('is not empty where nothing could be read', () => {
    using root = temporaryFolder();
    assert.throws(() => createInventoryReader()(root.path), 'ENOENT');
    plug(root, '0000:53:00.0', 'garbage', '0x030200');
    assert.throws(() => createInventoryReader()(root.path), 'vendor');
  });
});
