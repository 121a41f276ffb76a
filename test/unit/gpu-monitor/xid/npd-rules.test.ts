import { assert } from 'chai';
import { xidRow } from '../../../../plugins/gpu-monitor/xid/catalogue.ts';
import { xidKernelLogRules } from '../../../../plugins/gpu-monitor/xid/npd-rules.ts';
import { SXID_ROWS } from '../../../../plugins/gpu-monitor/xid/sxid.ts';
import { kernelLogMonitorText } from '../../../../plugins/npd/kernel-log-rules.ts';

/** As NPD matches: up to the end of what it holds. Lines before it make no difference. */
const rules = xidKernelLogRules.map(({ reason, pattern }) => ({ reason, expression: new RegExp(`(?:${pattern})$`) }));
const reasonsOf = (line: string): readonly string[] =>
  rules.filter(({ expression }) => expression.test(`NVRM: Xid (PCI:0000:01:00): 64, before\n${line}`)).map(({ reason }) => reason);

const BY_CLASS = {
  ignore: undefined,
  app: 'GPUXidApplicationError',
  event: 'GPUXid',
  reset: 'GPUXidResetRequired',
  reboot: 'GPUXidRebootRequired',
  rma: 'GPUXidReplacementRequired',
} as const;

const table: readonly (readonly [string, string | undefined])[] = [
  ["NVRM: Xid (PCI:0000:05:00): 79, pid='<unknown>', name=<unknown>, GPU has fallen off the bus.", 'GPUXidRebootRequired'],
  ['NVRM: Xid (PCI:0000:01:00): 79, GPU has fallen off the bus.', 'GPUXidRebootRequired'],
  ['NVRM: Xid (0000:03:00): 8, Channel 00000001', 'GPUXidApplicationError'],
  ['NVRM: Xid (PCI:0000:05:00 GPU-I:05): 94, Contained: SM (0x1)', 'GPUXidApplicationError'],
  ['NVRM: Xid (PCI:0000:9b:00): 119, pid=2024380, name=nvidia-smi, Timeout after 6s of waiting for RPC response from GPU4 GSP!', 'GPUXidResetRequired'],
  ['NVRM: Xid (PCI:0000:05:00): 64, x', 'GPUXidReplacementRequired'],
  ['NVRM: Xid (PCI:0000:05:00): 45, pid=1, name=a, Ch 00000010', undefined],
  ['NVRM: Xid (PCI:0018:01:00): 149, NETIR_LINK_EVT Fatal XC0 i0 Link 08 (0x004505c6 0x00000000)', 'GPUXidResetRequired'],
  ['NVRM: Xid (PCI:0018:01:00): 145, RLW_REMAP Nonfatal XC0 i0 Link 00 (0x00000004 0x00000040)', 'GPUXid'],
  ['NVRM: Xid (PCI:0009:01:00): 154, GPU recovery action changed from 0x0 (None) to 0x4 (Drain and Reset)', 'GPUXidResetRequired'],
  ['NVRM: Xid (PCI:0009:01:00): 154, GPU recovery action changed from 0x4 (Drain and Reset) to 0x1 (GPU Reset Required)', 'GPUXidResetRequired'],
  ['NVRM: Xid (PCI:0009:01:00): 154, GPU recovery action changed from 0x1 (GPU Reset Required) to 0x2 (Node Reboot Required)', 'GPUXidRebootRequired'],
  ['NVRM: Xid (PCI:0009:01:00): 154, GPU recovery action changed from 0x1 (GPU Reset Required) to 0x3 (Drain P2P)', 'GPUXid'],
  ['NVRM: Xid (PCI:0009:01:00): 154, GPU recovery action changed from 0x2 (Node Reboot Required) to 0x0 (None)', undefined],
  ['NVRM: GPU 0000:29:00.0: GPU has fallen off the bus.', 'GPUXidRebootRequired'],
  ['NVRM: The NVIDIA GPU 0000:18:00.0\nNVRM: (PCI ID: 10de:2901) installed in this system has\nNVRM: fallen off the bus and is not responding to commands.', 'GPUXidRebootRequired'],
  ['nvidia-nvswitch3: SXid (PCI:0000:05:00.0): 12028, Non-fatal, Link 32 egress non-posted PRIV error (First)', 'GPUXid'],
  ['nvidia-nvswitch0: SXid (PCI:0000:00:00.0): 20034, Fatal, Link 30 LTSSM Fault Up', 'GPUXidResetRequired'],
  ['nvidia-nvswitch0: SXid (PCI:0000:00:00.0): 23001, Fatal, Link 30 x', 'GPUXidRebootRequired'],
  ['nvidia-nvswitch0: SXid (PCI:0000:00:00.0): 28006, Fatal, Link 30 x', 'GPUXidResetRequired'],
  ['nvidia-nvswitch0: SXid (PCI:0000:00:00.0): 20034, Data {0x00000001}', undefined],
  ['nvidia-nvswitch2: open (major=510)', undefined],
  ['NVRM: GPU at PCI:0000:9b:00: GPU-509665ad-b600-ac93-3616-d754b23d636d', undefined],
  ['NVRM: loading NVIDIA UNIX x86_64 Kernel Module  535.104.05', undefined],
];

describe("rules for NPD's own kernel log monitor", () => {
  for (const [line, want] of table) {
    it(`${want ?? 'no rule'} for ${line}`, () => assert.deepEqual(reasonsOf(line), want === undefined ? [] : [want]));
  }

  it('each XID up to 2,000, known or not, matches one rule, that of its class', () => {
    const byText = new Set([45, 144, 145, 146, 147, 148, 149, 150, 154]);
    for (let xid = 1; xid <= 2_000; xid += 1) {
      const reason = byText.has(xid) ? undefined : BY_CLASS[xidRow(xid).xidClass];
      assert.deepEqual(reasonsOf(`NVRM: Xid (PCI:0000:05:00): ${xid}, pid=1, name=a, text`), reason === undefined ? [] : [reason], String(xid));
    }
  });

  it('each SXid matches one rule, that of its class', () => {
    for (const { codes, xidClass } of SXID_ROWS) {
      for (const code of codes) {
        const lines = ['Fatal', 'Non-fatal'].map((word) => `nvidia-nvswitch0: SXid (PCI:0000:00:00.0): ${code}, ${word}, Link 1 x`);
        assert.deepEqual(lines.map(reasonsOf), [[BY_CLASS[xidClass]], ['GPUXid']] as readonly unknown[], String(code));
      }
    }
  });

  it('the file has temporary rules only, in the syntax of RE2', () => {
    const text = kernelLogMonitorText('gpu-xid-kernel-monitor', [{ reason: 'GPUXid', pattern: 'NVRM: \\d.*' }]);
    assert.equal(text, `{
  "plugin": "kmsg",
  "lookback": "5m",
  "bufferSize": 10,
  "source": "gpu-xid-kernel-monitor",
  "metricsReporting": true,
  "conditions": [],
  "rules": [
    {
      "type": "temporary",
      "reason": "GPUXid",
      "pattern": "NVRM: \\\\d.*"
    }
  ]
}
`);
    for (const { pattern } of xidKernelLogRules) assert.notMatch(pattern, /\(\?[=!<]|\\[1-9kpP]/);
  });
});
