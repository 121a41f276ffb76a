import { assert } from 'chai';
import * as fc from 'fast-check';
import { type XidLine, parseXidLine } from '../../../../plugins/gpu-monitor/xid/line.ts';

const xid = (address: string, number: number, detail: string, pid?: number): XidLine => ({ kind: 'xid', address, xid: number, pid, detail });

const table: readonly (readonly [string, XidLine | undefined])[] = [
  ["NVRM: Xid (PCI:0000:05:00): 79, pid='<unknown>', name=<unknown>, GPU has fallen off the bus.", xid('0000:05:00.0', 79, 'GPU has fallen off the bus.')],
  ['NVRM: Xid (PCI:0000:01:00): 79, GPU has fallen off the bus.', xid('0000:01:00.0', 79, 'GPU has fallen off the bus.')],
  ['NVRM: Xid (0000:03:00): 14, Channel 00000001', xid('0000:03:00.0', 14, 'Channel 00000001')],
  ['NVRM: Xid (PCI:0000:9B:00.0): 31, pid=2024380, name=nvidia-smi, Timeout', xid('0000:9b:00.0', 31, 'Timeout', 2024380)],
  ['NVRM: Xid (PCI:0000:05:00): 13, pid=12, name=a, b, Graphics Exception', xid('0000:05:00.0', 13, 'b, Graphics Exception', 12)],
  ['NVRM: Xid (PCI:0000:05:00): 31, pid=1234, Ch 00000020, MMU Fault', xid('0000:05:00.0', 31, 'Ch 00000020, MMU Fault', 1234)],
  ['NVRM: Xid (PCI:0000:05:00 GPU-I:05): 94, Contained: SM (0x1)', xid('0000:05:00.0', 94, 'Contained: SM (0x1)')],
  ['NVRM: Xid (PCI:10000:05:00): 48, x', xid('10000:05:00.0', 48, 'x')],
  ['NVRM: Xid (PCI:0018:01:00): 149, NETIR_LINK_EVT Fatal XC0 i0 Link 08 (0x004505c6 0x00000000)', xid('0018:01:00.0', 149, 'NETIR_LINK_EVT Fatal XC0 i0 Link 08 (0x004505c6 0x00000000)')],
  ['NVRM: Xid (05:00): 48', xid('0000:05:00.0', 48, '')],
  ['NVRM: Xid error: xyz, invalid data', undefined],
  ['NVRM: Xid (invalid): some error', undefined],
  ['NVRM: Xid (PCI:0000:05:00): xyz, 79', undefined],
  ['NVRM: Xid (PCI:0000:05:00): 0, x', undefined],
  ['audit: NVRM: Xid (PCI:0000:05:00): 79, x', undefined],
  [
    'nvidia-nvswitch3: SXid (PCI:0000:05:00.0): 12028, Non-fatal, Link 32 egress non-posted PRIV error (First)',
    { kind: 'sxid', address: '0000:05:00.0', switch: 3, code: 12028, isFatal: false, link: 32, detail: 'Link 32 egress non-posted PRIV error (First)' },
  ],
  [
    'nvidia-nvswitch0: SXid (PCI:0000:c1:00.0): 20034, Fatal, Link 30 LTSSM Fault Up',
    { kind: 'sxid', address: '0000:c1:00.0', switch: 0, code: 20034, isFatal: true, link: 30, detail: 'Link 30 LTSSM Fault Up' },
  ],
  ['nvidia-nvswitch0: SXid (PCI:0000:c1:00.0): 10004, Non-fatal, Thermal', { kind: 'sxid', address: '0000:c1:00.0', switch: 0, code: 10004, isFatal: false, link: undefined, detail: 'Thermal' }],
  ['nvidia-nvswitch0: SXid (PCI:0000:c1:00.0): 20034, Severity 1 Engine instance 30 Sub-engine instance 00', undefined],
  ['nvidia-nvswitch0: SXid (PCI:0000:c1:00.0): 20034, Data {0x00000001, 0x00000002}', undefined],
  ['nvidia-nvswitch0: SXid (PCI:0000:00:00.0): xyz, Fatal error', undefined],
  ['nvidia-nvswitch2: open (major=510)', undefined],
  ['NVRM: GPU 0000:29:00.0: GPU has fallen off the bus.', { kind: 'fallen-off', address: '0000:29:00.0' }],
  ['NVRM: GPU 18:00.0: GPU has fallen off the bus.', { kind: 'fallen-off', address: '0000:18:00.0' }],
  ['NVRM: The NVIDIA GPU 0000:18:00.0', { kind: 'about', address: '0000:18:00.0' }],
  ['NVRM: fallen off the bus and is not responding to commands.', { kind: 'about-fallen-off' }],
  ['NVRM: (PCI ID: 10de:2901) installed in this system has', undefined],
  ['NVRM: The NVIDIA GPU invalid-bdf.0', undefined],
  ['NVRM: GPU at PCI:0000:9b:00: GPU-509665ad-b600-ac93-3616-d754b23d636d', { kind: 'identity', address: '0000:9b:00.0', uuid: 'GPU-509665ad-b600-ac93-3616-d754b23d636d' }],
  ['NVRM: GPU 0000:91:00.0: GPU serial number is 1653921012345.', { kind: 'named-serial', address: '0000:91:00.0', serial: '1653921012345' }],
  ['NVRM: GPU Board Serial Number: 1650124014249', { kind: 'serial', serial: '1650124014249' }],
  ['NVRM: Rate limiting GSP RPC error prints for GPU at PCI:0000:9b:00 (printing 1 of every 30).  The GPU likely needs to be reset.', undefined],
  ['NVRM: loading NVIDIA UNIX x86_64 Kernel Module  535.104.05  Sat Aug 19 01:15:15 UTC 2023', { kind: 'driver-loaded' }],
  ['NVRM: loading NVIDIA UNIX Open Kernel Module for x86_64  570.86.15  Release Build', { kind: 'driver-loaded' }],
  ['Linux version 5.15.0-112-generic (buildd@lcy02) (gcc 11.4.0)', { kind: 'boot' }],
  ['', undefined],
];

describe('a line of the kernel log', () => {
  for (const [text, want] of table) {
    it(text || 'that is empty', () => assert.deepEqual(parseXidLine(text), want));
  }

  const actions: readonly (readonly [string, string])[] = [
    ['0x0 (None)', 'none'],
    ['0x1 (GPU Reset Required)', 'reset'],
    ['0x1 (GPU Reset)', 'reset'],
    ['0x2 (Node Reboot)', 'reboot'],
    ['0x3 (Drain P2P)', 'drain'],
    ['0x4 (Drain and Reset)', 'reset'],
    ['0x9 (Something Else)', 'other'],
    ['0x9', 'other'],
  ];
  for (const [action, to] of actions) {
    it(`XID 154 to ${action} asks for: ${to}`, () => {
      const detail = `GPU recovery action changed from 0x4 (Drain and Reset) to ${action}`;
      assert.deepEqual(parseXidLine(`NVRM: Xid (PCI:0019:01:00): 154, ${detail}`), { kind: 'recovery-action', address: '0019:01:00.0', to, detail } as XidLine);
    });
  }

  it('of a long text little is kept, on one line', () => {
    const line = parseXidLine(`NVRM: Xid (PCI:0000:05:00): 13, ${'é\u0007'.repeat(5_000)}`);
    assert.isTrue(line?.kind === 'xid' && Buffer.byteLength(line.detail) <= 160 && !line.detail.includes('\u0007'));
  });

  it('garbage behind any beginning is parsed or not, and never throws', () => {
    const begins = ['', 'NVRM: ', 'NVRM: Xid (', 'NVRM: Xid (PCI:0000:05:00): ', 'nvidia-nvswitch', 'nvidia-nvswitch0: SXid (PCI:0000:05:00.0): ', 'Linux version ', 'NVRM: GPU '];
    fc.assert(fc.property(fc.constantFrom(...begins), fc.string({ unit: 'binary', maxLength: 200 }), (begin, rest) => {
      parseXidLine(begin + rest);
    }));
  });
});
