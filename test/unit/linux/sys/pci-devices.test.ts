import { mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { assert } from 'chai';
import { ParseError } from '../../../../plugins/core/errors.ts';
import { listPciFunctions, parsePciId, readPciFunction, readPciVendor } from '../../../../plugins/linux/sys/pci-devices.ts';
import { type Folder, temporaryFolder } from '../../../support/eventually.ts';

const ADDRESS = '0000:53:00.0';

function pciFunction(root: Folder, files: Readonly<Record<string, string>>, links: Readonly<Record<string, string>> = {}): void {
  const folder = `sys/bus/pci/devices/${ADDRESS}`;
  mkdirSync(root.file(folder), { recursive: true });
  for (const [name, text] of Object.entries(files)) writeFileSync(root.file(`${folder}/${name}`), text);
  for (const [name, target] of Object.entries(links)) symlinkSync(target, root.file(`${folder}/${name}`));
}

describe('the PCI bus', () => {
  it('has numbers of four to eight digits', () => {
    assert.deepEqual(['0x10de\n', '0x030200\n'].map((text) => parsePciId(text, 'vendor')), [0x10de, 0x030200]);
    for (const text of ['', '0x10de', '10de\n', '0x10DE\n', '0x\n', '0x10de \n', '-0x10de\n']) assert.throws(() => parsePciId(text, 'vendor'), ParseError);
  });

  it('tells of a function what it is, whose it is and whether it is a part of another', () => {
    using root = temporaryFolder();
    pciFunction(root, { vendor: '0x10de\n', class: '0x030200\n' }, { driver: '../../../../bus/pci/drivers/vfio-pci', physfn: '../0000:53:00.1' });
    assert.deepEqual(listPciFunctions(root.path), [ADDRESS]);
    assert.equal(readPciVendor(root.path, ADDRESS), 0x10de);
    assert.deepEqual(readPciFunction(root.path, ADDRESS), { address: ADDRESS, class: 0x030200, driver: 'vfio-pci', isVirtualFunction: true });
  });

  it('tells of a function without a driver that it has none', () => {
    using root = temporaryFolder();
    pciFunction(root, { vendor: '0x10de\n', class: '0x030000\n' });
    assert.deepEqual(readPciFunction(root.path, ADDRESS), { address: ADDRESS, class: 0x030000, driver: undefined, isVirtualFunction: false });
  });

  it('no longer has what was unplugged meanwhile', () => {
    using root = temporaryFolder();
    assert.isUndefined(readPciVendor(root.path, ADDRESS));
    assert.isUndefined(readPciFunction(root.path, ADDRESS));
  });

  it('is not made up from garbage', () => {
    using root = temporaryFolder();
    pciFunction(root, { vendor: 'NVIDIA\n', class: '' });
    assert.throws(() => readPciVendor(root.path, ADDRESS), ParseError);
    assert.throws(() => readPciFunction(root.path, ADDRESS), ParseError);
  });

  it('is empty on a machine without PCI, which has other buses', () => {
    using root = temporaryFolder();
    mkdirSync(root.file('sys/bus/platform'), { recursive: true });
    assert.deepEqual(listPciFunctions(root.path), []);
  });

  it('is unknown where /sys is not there, or only a part of it', () => {
    using root = temporaryFolder();
    assert.throws(() => listPciFunctions(root.path), `/sys/bus (as ${root.file('sys/bus')}): ENOENT`);
    mkdirSync(root.file('sys/fs/cgroup'), { recursive: true });
    assert.throws(() => listPciFunctions(root.path), 'ENOENT');
    mkdirSync(root.file('sys/bus'));
    assert.throws(() => listPciFunctions(root.path), 'empty');
    rmSync(root.file('sys'), { recursive: true });
    mkdirSync(root.file('sys/bus/pci'), { recursive: true });
    writeFileSync(root.file('sys/bus/pci/devices'), '');
    assert.throws(() => listPciFunctions(root.path), 'ENOTDIR');
  });
});
