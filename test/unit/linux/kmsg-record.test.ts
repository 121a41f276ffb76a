import { assert } from 'chai';
import * as fc from 'fast-check';
import { parseKmsgRecord, textOfLogLine } from '../../../plugins/linux/kmsg-record.ts';

describe('a record of /dev/kmsg', () => {
  const records: readonly (readonly [string, ReturnType<typeof parseKmsgRecord>])[] = [
    ['6,3964,206764307,-;nvidia-nvswitch2: open (major=510)\n', { sequence: 3964, text: 'nvidia-nvswitch2: open (major=510)' }],
    ['7,160,424069,-;pci_root PNP0A03:00: bridge\n SUBSYSTEM=acpi\n DEVICE=+acpi:PNP0A03:00\n', { sequence: 160, text: 'pci_root PNP0A03:00: bridge' }],
    ['4,1,2,c,caller=T12;a field that later kernels add', { sequence: 1, text: 'a field that later kernels add' }],
    ['3,5,9,-;NVRM: The NVIDIA GPU 0000:18:00.0\\x0aNVRM: is\n', { sequence: 5, text: 'NVRM: The NVIDIA GPU 0000:18:00.0\nNVRM: is' }],
    ['6,5,9,-;grün \\xc3\\xbc \\x5c; and; more\n', { sequence: 5, text: 'grün ü \\; and; more' }],
    ['6,5,9,-;', { sequence: 5, text: '' }],
    ['', undefined],
    ['6,5,9,-', undefined],
    ['NVRM: Xid (PCI:0000:05:00): 79, x; y', undefined],
    [' SUBSYSTEM=pci', undefined],
  ];
  for (const [record, want] of records) {
    it(JSON.stringify(record), () => assert.deepEqual(parseKmsgRecord(record), want));
  }

  it('garbage is no record, and never throws', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => {
      const record = parseKmsgRecord(text);
      if (record !== undefined) assert.isTrue(Number.isSafeInteger(record.sequence));
    }));
  });
});

describe('a line of a file that holds the kernel log', () => {
  const XID = 'NVRM: Xid (PCI:0000:05:00): 79, GPU has fallen off the bus.';
  const SXID = 'nvidia-nvswitch3: SXid (PCI:0000:05:00.0): 12028, Non-fatal, Link 32 egress';
  const BOOT = 'Linux version 6.8.0 (builder@host) (gcc 13) #1 SMP';
  const prefixes = [
    '', '[  12.345678] ', '[111111111.111] ', '[...] ', '<6>[    0.000000] ', '[   12.345678][ T1234] ', '[   12.345678] [  T1234] ', '[Sun Feb 23 16:24:18 2025] ',
    'Nov 25 10:00:00 host kernel: ', 'Nov  5 10:00:00 host kernel: [ 12.345678] ', 'Nov 25 10:00:00 host kern.err kernel: ', 'Nov 25 10:00:00 host kernel[0]: ',
    '2025-11-25T10:00:00+00:00 ', '2025-11-25T10:00:00,123456+00:00 ', '2025-11-25T10:00:00.123456+00:00 host kernel: ', '2025-11-25T10:00:00Z host kernel: [ 12.3] ',
    '3,3964,206764307,-;',
  ];
  for (const prefix of prefixes) {
    it(`with ${JSON.stringify(prefix)} before it`, () => {
      assert.deepEqual([XID, SXID, BOOT].map((text) => textOfLogLine(prefix + text)), [XID, SXID, BOOT]);
    });
  }

  for (const line of [`Nov 25 10:00:00 host logger: ${XID}`, `2025-11-25T10:00:00+00:00 host app[12]: ${XID}`, `Nov 25 10:00:00 host sshd[1]: kernel: ${XID}`]) {
    it(`others cannot speak for the kernel: ${line}`, () => assert.isUndefined(textOfLogLine(line)));
  }
});
