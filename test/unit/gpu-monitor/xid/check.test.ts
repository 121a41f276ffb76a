import { assert } from 'chai';
import * as fc from 'fast-check';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { XID_ROWS } from '../../../../plugins/gpu-monitor/xid/catalogue-data.ts';
import type { FieldName } from '../../../../plugins/gpu-monitor/smi/record.ts';
import { textOfLogLine } from '../../../../plugins/linux/kmsg-record.ts';
import { MINUTE_MS, DAY_MS, type Step, answered, eventsOf, gpu, play, told } from './bench.ts';

const A = '0000:53:00.0';
const xid = (number: number, text = 'text', address = 'PCI:0000:53:00') => `NVRM: Xid (${address}): ${number}, pid=12, name=train, ${text}`;
const SHOWN = 'over once the driver was loaded again, the node rebooted, or nvidia-smi shows that';
const UNTIL_RESET = `${SHOWN} the GPU was reset (by its recovery action or its counters)`;
const UNTIL_ALL_RESET = `${SHOWN} all GPUs were reset (by their counters)`;
const UNTIL_REBOOT = 'over once the node was rebooted';
const RESET_48 = `GPUResetRequired: GPU ${A}: XID 48 (double-bit ECC error); ${UNTIL_RESET}`;
const REBOOT_79 = `NodeRebootRequired: GPU ${A}: XID 79 (fallen off the bus); ${UNTIL_REBOOT}`;

const last = async (...steps: readonly Step[]) => told((await play(...steps)).looks.at(-1));

describe('XIDs of the kernel log', () => {
  it('a quiet log is healthy', async () => {
    const { looks } = await play({ lines: ['nvidia-nvswitch2: open (major=510)', 'IPv6: ADDRCONF(NETDEV_CHANGE): eth0: link becomes ready'] });
    assert.deepEqual([told(looks[0]), looks[0]?.events, looks[0]?.metrics], [['healthy'], [], []]);
  });

  for (const { numbers, xidClass, meaning } of XID_ROWS.filter((row) => !row.numbers.includes(154))) {
    for (const number of numbers) {
      it(`${number} (${meaning}) is ${xidClass}`, async () => {
        const { looks } = await play({ lines: [xid(number)] });
        const reason = { rma: 'GPUReplacementRequired', reboot: 'NodeRebootRequired', reset: 'GPUResetRequired', event: '', app: '', ignore: '' }[xidClass];
        assert.deepEqual(looks[0]?.verdicts.map((verdict) => (verdict.kind === 'problem' ? verdict.reason : verdict.kind)), [reason || 'healthy']);
        const severity = { event: 'warn', app: 'info', ignore: undefined, reset: undefined, reboot: undefined, rma: undefined }[xidClass];
        const message = `GPU ${A}: XID ${number} (${meaning}), logged once of process 12: text`;
        assert.deepEqual(eventsOf(looks), severity === undefined ? [] : [`0 ${severity} GPUXid: ${message}`]);
      });
    }
  }

  it('a number that nobody has documented is a warning, or what the site makes of it', async () => {
    assert.deepEqual(eventsOf((await play({ lines: [xid(999)] })).looks), [`0 warn GPUXid: GPU ${A}: XID 999 (not documented), logged once of process 12: text`]);
    assert.deepEqual(await last({ lines: [xid(999)], settings: { xidClasses: ['other=reset'] } }), [`GPUResetRequired: GPU ${A}: XID 999 (not documented); ${UNTIL_RESET}`]);
  });

  it('the site decides, also after the fact', async () => {
    assert.deepEqual(await last({ lines: [xid(63)], settings: { xidClasses: ['63=rma'] } }), [`GPUReplacementRequired: GPU ${A}: XID 63 (row remapped or page retired); to be inspected or replaced`]);
    assert.deepEqual(await last({ lines: [xid(79)], settings: { xidClasses: ['79=ignore'] } }), ['healthy']);
    assert.deepEqual(await last({ lines: [xid(79)] }, { settings: { xidClasses: ['79=event'] } }), ['healthy']);
  });

  it('a GPU that fell off is for the driver to find that was loaded since, until it falls off again', async () => {
    const loaded = 'NVRM: loading NVIDIA UNIX x86_64 Kernel Module  535.104.05';
    for (const [lines, expected] of [[[xid(79)], [A]], [[xid(79), loaded], []], [[loaded, xid(79)], [A]], [[xid(79), loaded, xid(79)], [A]]] as const) {
      assert.deepEqual((await play({ lines }, {})).fallenOff, expected);
    }
  });

  it('a GPU is named with what log and nvidia-smi tell of it, and only the sick one is', async () => {
    const lines = ['NVRM: GPU at PCI:0000:53:00: GPU-509665ad-b600-ac93-3616-d754b23d636d', 'usb 1-1: new device', 'NVRM: GPU Board Serial Number: 1650124014249', xid(79)];
    const problem = `NodeRebootRequired: GPU ${A} (GPU-509665ad-b600-ac93-3616-d754b23d636d, serial 1650124014249): XID 79 (fallen off the bus); ${UNTIL_REBOOT}`;
    const { looks, fallenOff } = await play({ lines }, {});
    assert.deepEqual([looks.map(told), fallenOff], [[[problem], [problem]], [A]]);
    const beside = await last({ lines: [xid(79), 'NVRM: GPU 0000:53:00.0: GPU serial number is 1653921012345.'] });
    assert.deepEqual(beside, [`NodeRebootRequired: GPU ${A} (serial 1653921012345): XID 79 (fallen off the bus); ${UNTIL_REBOOT}`]);
    const smi = answered(gpu(A, { uuid: 'GPU-1', serial: '7' }), gpu('0000:64:00.0', { uuid: 'GPU-2' }));
    const byDriver = await play({ lines: [xid(79)], smi }, { smi: { kind: 'hung', message: '' } });
    assert.deepEqual(told(byDriver.looks[1]), [`NodeRebootRequired: GPU ${A} (GPU-1, serial 7): XID 79 (fallen off the bus); ${UNTIL_REBOOT}`]);
    assert.deepEqual(byDriver.looks[0]?.metrics, [{
      name: 'npd_plugins_gpu_xid_total', type: 'counter', value: 1, labels: { address: A, index: '3', uuid: 'GPU-1', xid: '79' },
      help: 'Lines of the kernel log with this XID, since the boot or since gpu-monitor first looked.',
    }]);
  });

  it('a GPU that fell off the bus is told without an XID too, also in several lines and two looks', async () => {
    const several = ['NVRM: The NVIDIA GPU 0000:53:00.0', 'NVRM: (PCI ID: 10de:2901) installed in this system has', 'NVRM: fallen off the bus and is not responding to commands.'];
    assert.deepEqual(await last({ lines: ['NVRM: GPU 0000:53:00.0: GPU has fallen off the bus.'] }), [REBOOT_79]);
    assert.deepEqual(await last({ lines: several }), [REBOOT_79]);
    assert.deepEqual(await last({ lines: [several.join('\n')] }), [REBOOT_79]);
    assert.deepEqual(await last({ lines: [several[0] ?? '', 'eth0: up'] }, { lines: ['eth0: down', ...several.slice(1)] }), [REBOOT_79]);
    assert.deepEqual(await last({ lines: [several[0] ?? '', 'NVRM: a', 'NVRM: b', 'NVRM: c', 'NVRM: d', ...several.slice(2)] }), ['healthy']);
    assert.deepEqual(await last({ lines: several.slice(2) }), ['healthy']);
  });

  it('of one GPU the worst decides, and all that matters is named', async () => {
    assert.deepEqual(await last({ lines: [xid(48), xid(31), xid(62), xid(79), xid(64)] }), [
      `GPUReplacementRequired: GPU ${A}: XID 64 (row remapping or page retirement failed), XID 79 (fallen off the bus), XID 48 (double-bit ECC error), XID 62 (micro-controller halt); to be inspected or replaced`,
    ]);
  });

  it('171 and 172 say where a 48 was', async () => {
    assert.deepEqual(await last({ lines: [xid(171), xid(48)] }), [`GPUResetRequired: GPU ${A}: XID 48 (double-bit ECC error) with XID 171: in DRAM; ${UNTIL_RESET}`]);
    assert.deepEqual(await last({ lines: [xid(48)] }, { lines: [xid(172)] }), [`NodeRebootRequired: GPU ${A}: XID 48 (double-bit ECC error) with XID 172: in SRAM; ${UNTIL_REBOOT}`]);
  });

  it('45 follows another XID of its GPU without a word, and is told alone', async () => {
    assert.deepEqual(eventsOf((await play({ lines: [xid(45), xid(45), xid(48), xid(45)] }, { lines: [xid(45)] })).looks), []);
    const other = xid(48, 'text', 'PCI:0000:64:00');
    assert.deepEqual(eventsOf((await play({ lines: [other] }, { lines: [xid(45)] })).looks), [`1 warn GPUXid: GPU ${A}: XID 45 (channel removed after an earlier error), logged once of process 12: text`]);
    assert.lengthOf(eventsOf((await play({ lines: [xid(13)] }, { lines: [xid(45)], afterMs: 5 * MINUTE_MS })).looks), 2);
  });

  it('NVLink errors are judged by what the line says', async () => {
    const line = (severity: string) => `NVRM: Xid (PCI:0000:53:00): 145, RLW_REMAP ${severity} XC0 i0 Link 04 (0x00000004 0x00000040)`;
    assert.deepEqual(await last({ lines: [line('Nonfatal')] }), ['healthy']);
    assert.deepEqual(await last({ lines: [line('Nonfatal'), line('Fatal'), line('Nonfatal')] }), [`GPUResetRequired: GPU ${A}: XID 145 (NVLink RLW error, RLW_REMAP, link 4); ${UNTIL_RESET}`]);
  });

  it('an NVSwitch is no GPU', async () => {
    const line = (word: string) => `nvidia-nvswitch3: SXid (PCI:0000:c1:00.0): 20034, ${word}, Link 30 LTSSM Fault Up`;
    const { looks } = await play({ lines: [line('Non-fatal')] }, { lines: [line('Fatal')] });
    assert.deepEqual(looks.map(told), [['healthy'], [`GPUResetRequired: NVSwitch 0000:c1:00.0 (nvidia-nvswitch3): SXid 20034 (link fault); ${UNTIL_ALL_RESET}`]]);
    assert.deepEqual(eventsOf(looks), ['0 warn GPUXid: NVSwitch 0000:c1:00.0 (nvidia-nvswitch3): SXid 20034 (link fault), logged once: Link 30 LTSSM Fault Up']);
    assert.deepEqual(looks[1]?.metrics?.map(({ name, labels, value }) => [name, labels, value]), [['npd_plugins_gpu_sxid_total', { address: '0000:c1:00.0', sxid: '20034' }, 2]]);
  });
});

describe('what an XID asks for is over', () => {
  const to = (action: string) => `NVRM: Xid (PCI:0000:53:00): 154, GPU recovery action changed from 0x9 (Something) to ${action}`;
  const LOADED = 'NVRM: loading NVIDIA UNIX x86_64 Kernel Module  535.104.05';
  const quiet = answered(gpu(A, { recoveryAction: 'None' }));
  const asks = answered(gpu(A, { recoveryAction: 'Reset' }));
  const table: readonly (readonly [string, readonly Step[], readonly string[]])[] = [
    ['not by itself', [{ lines: [xid(48)] }, { afterMs: DAY_MS }], [RESET_48]],
    ['with the boot', [{ lines: [xid(48), xid(79), xid(64)] }, { lines: ['Linux version 6.8.0'] }], ['healthy']],
    ['with the driver that was loaded again, if a reset was enough', [{ lines: [xid(48)] }, { lines: [LOADED] }], ['healthy']],
    ['not with the driver, if it asks for a reboot', [{ lines: [xid(48), xid(79)] }, { lines: [LOADED] }], [REBOOT_79]],
    ['when the driver logs that nothing is to be recovered', [{ lines: [xid(48), xid(79), to('0x2 (Node Reboot Required)')] }, { lines: [to('0x0 (None)')] }], ['healthy']],
    ['but for a GPU that is to be replaced', [{ lines: [xid(64)] }, { lines: [to('0x0 (None)')] }], [`GPUReplacementRequired: GPU ${A}: XID 64 (row remapping or page retirement failed); to be inspected or replaced`]],
    ['not when another GPU is well', [{ lines: [xid(48)] }, { lines: [to('0x0 (None)').replace('53', '64')] }], [RESET_48]],
    ['when the driver asked and no longer asks', [{ lines: [xid(48)], smi: quiet }, { smi: asks }, { smi: quiet }], ['healthy']],
    ['not when the driver never asked', [{ lines: [xid(48)], smi: quiet }, { smi: quiet }], [RESET_48]],
    ['not when the driver cannot tell any more', [{ lines: [xid(48)], smi: asks }, { smi: answered(gpu(A)) }, { smi: answered() }], [RESET_48]],
    ['not for an asking that was before', [{ smi: asks }, { lines: [xid(48)], smi: quiet }], [RESET_48]],
    ['by the fields of older drivers as well', [{ lines: [xid(48)], smi: answered(gpu(A, { resetRequired: 'Yes' })) }, { smi: answered(gpu(A, { resetRequired: 'No', drainAndResetRecommended: 'No' })) }], ['healthy']],
  ];
  for (const [name, steps, want] of table) it(name, async () => assert.deepEqual(await last(...steps), want));

  const B = '0000:64:00.0';
  /** What nvidia-smi counts of these GPUs, as a new look of it. */
  const counts = (...gpus: readonly (readonly [string, Partial<Record<FieldName, string>>])[]) => answered(...gpus.map(([address, fields]) => gpu(address, { persistenceMode: 'Enabled', ...fields })));
  const [many, few] = [{ volatileDramUncorrectable: '2', swPowerCapUs: '9000 us', replayCounter: '0' }, { volatileDramUncorrectable: '0', swPowerCapUs: '50 us', replayCounter: '0' }];
  const a = (fields: Partial<Record<FieldName, string>>) => counts([A, fields]);
  const byCounters: readonly (readonly [string, readonly Step[], readonly string[]])[] = [
    ['when its counters began anew', [{ lines: [xid(48)], smi: a(many) }, { smi: a(many) }, { smi: a(few) }], ['healthy']],
    ['also where nvidia-smi told nothing meanwhile', [{ lines: [xid(48)] }, { smi: a(many) }, { smi: { kind: 'hung', message: '' } }, { smi: answered() }, { smi: a(few) }], ['healthy']],
    ['not when they began anew before the line', [{ lines: [xid(48)], smi: a(many) }, { smi: a(few) }, { smi: a(few) }], [RESET_48]],
    ['not when it was logged again after that', [{ lines: [xid(48)] }, { smi: a(many) }, { lines: [xid(48)] }, { smi: a(few) }], [RESET_48]],
    ['but by what a program did since', [{ lines: [xid(48)] }, { smi: a(many) }, { lines: [xid(13)] }, { smi: a(few) }], ['healthy']],
    ['not when one of them is more', [{ lines: [xid(48)] }, { smi: a(many) }, { smi: a({ ...few, replayCounter: '1' }) }], [RESET_48]],
    ['not when one of them is not told any more', [{ lines: [xid(48)] }, { smi: a(many) }, { smi: a({ ...few, replayCounter: 'N/A' }) }], [RESET_48]],
    ['not when none is less', [{ lines: [xid(48)] }, { smi: a(few) }, { smi: a(few) }], [RESET_48]],
    ['not without persistence mode', [{ lines: [xid(48)] }, { smi: a(many) }, { smi: a({ ...few, persistenceMode: 'Disabled' }) }], [RESET_48]],
    ['not when those of another GPU began anew', [{ lines: [xid(48)] }, { smi: counts([A, many], [B, many]) }, { smi: counts([A, many], [B, few]) }], [RESET_48]],
    ['but not what asks for a reboot', [{ lines: [xid(48), xid(79)] }, { smi: a(many) }, { smi: a(few) }], [REBOOT_79]],
  ];
  for (const [name, steps, want] of byCounters) it(name, async () => assert.deepEqual(await last(...steps), want));

  it('for an NVSwitch when those of all GPUs began anew, one after the other', async () => {
    const sxid = 'nvidia-nvswitch3: SXid (PCI:0000:c1:00.0): 20034, Fatal, Link 30 LTSSM Fault Up';
    const steps: readonly Step[] = [{ lines: [sxid] }, { smi: counts([A, many], [B, many]) }, { smi: counts([A, few], [B, many]) }];
    assert.deepEqual(await last(...steps), [`GPUResetRequired: NVSwitch 0000:c1:00.0 (nvidia-nvswitch3): SXid 20034 (link fault); ${UNTIL_ALL_RESET}`]);
    assert.deepEqual(await last(...steps, { smi: counts([A, few], [B, few]) }), ['healthy']);
  });

  it('and with it the counters are forgotten, which take little room until then', async () => {
    const all = counts(...Array.from({ length: 16 }, (_, index) => [`0000:${index + 10}:00.0`, { volatileDramUncorrectable: '4294967295', swPowerCapUs: '306000000000 us', replayCounter: '170000' }] as const));
    const { looks } = await play({ lines: [xid(48)] }, { smi: all }, { lines: [LOADED], smi: all });
    const sizes = looks.map(({ memo }) => JSON.stringify(memo).length);
    assert.isBelow(sizes[1] ?? Infinity, 3_000);
    assert.isBelow(sizes[2] ?? Infinity, 600);
  });

  it('154 says itself what is to be done, and the last word counts', async () => {
    assert.deepEqual(await last({ lines: [to('0x2 (Node Reboot Required)')] }), [`NodeRebootRequired: GPU ${A}: XID 154 (the driver asks for a reboot); ${UNTIL_REBOOT}`]);
    assert.deepEqual(await last({ lines: [to('0x2 (Node Reboot Required)'), to('0x4 (Drain and Reset)')] }), [`GPUResetRequired: GPU ${A}: XID 154 (the driver asks for a reset); ${UNTIL_RESET}`]);
    assert.deepEqual(await last({ lines: [to('0x3 (Drain P2P)')] }), ['healthy']);
  });

  it('a reset that does not last asks for a reboot', async () => {
    assert.deepEqual(await last({ lines: [xid(119)] }, { lines: [LOADED, xid(119)] }), [`NodeRebootRequired: GPU ${A}: XID 119 (GSP firmware does not answer); ${UNTIL_REBOOT}`]);
  });
});

describe('an XID that comes again and again', () => {
  const rma = (name: string) => [`GPUReplacementRequired: ${name}: XID 79 (fallen off the bus); to be inspected or replaced`];
  const boot = (afterMs: number, lines = [xid(79)]): Step => ({ isBoot: true, afterMs, lines });
  const identity = (serial: string) => ['NVRM: GPU at PCI:0000:53:00: GPU-1', `NVRM: GPU Board Serial Number: ${serial}`, xid(79)];

  it('in three boots within 30 days asks for a new GPU', async () => {
    assert.deepEqual(await last(boot(0), boot(9 * DAY_MS)), [REBOOT_79]);
    assert.deepEqual(await last(boot(0), boot(9 * DAY_MS), boot(20 * DAY_MS)), rma(`GPU ${A}`));
    assert.deepEqual(await last(boot(0), boot(20 * DAY_MS), boot(20 * DAY_MS)), [REBOOT_79]);
  });

  it('many lines of one boot are one', async () => {
    assert.deepEqual(await last({ lines: [xid(79), xid(79)] }, { lines: [xid(79)] }, { lines: [xid(79)] }, { lines: [xid(79)] }), [REBOOT_79]);
  });

  it('is over with the boot until it comes again', async () => {
    assert.deepEqual(await last(boot(0), boot(DAY_MS), boot(DAY_MS), boot(DAY_MS, [])), ['healthy']);
  });

  it('another GPU at the same place begins anew', async () => {
    const named = (serial: string) => `GPU ${A} (GPU-1, serial ${serial})`;
    const [one, two] = [identity('1'), identity('2').map((line) => line.replace('GPU-1', 'GPU-2'))];
    assert.deepEqual(await last(boot(0, one), boot(DAY_MS, one), boot(DAY_MS, one)), rma(named('1')));
    assert.deepEqual(await last(boot(0, one), boot(DAY_MS, one), boot(DAY_MS, two)), [REBOOT_79.replace(A, `${A} (GPU-2, serial 2)`)]);
  });

  it('how often is for the site to say, or never', async () => {
    const settings = (xidReplaceAfter: number) => ({ settings: { xidReplaceAfter } });
    assert.deepEqual(await last({ ...boot(0), ...settings(1) }), rma(`GPU ${A}`));
    assert.deepEqual(await last(boot(0), boot(DAY_MS), boot(DAY_MS), { ...boot(DAY_MS), ...settings(0) }), [REBOOT_79]);
  });

  it('what a log file holds of earlier boots says nothing of the last month', async () => {
    const old = Array.from({ length: 5 }, () => ['Linux version 6.8.0', xid(79)]).flat();
    assert.deepEqual(await last({ lines: old }), [REBOOT_79]);
  });
});

describe('bursts', () => {
  it('100,000 lines are one event with their number, in a state that stays small', async () => {
    const { looks } = await play({ lines: Array.from({ length: 100_000 }, (_, index) => xid(31, `MMU Fault at ${index}`)) }, { afterMs: 4 * MINUTE_MS }, { afterMs: 4 * MINUTE_MS });
    assert.deepEqual(eventsOf(looks), [`0 info GPUXid: GPU ${A}: XID 31 (memory page fault), logged 100000 times of process 12: MMU Fault at 0`]);
    assert.isBelow(JSON.stringify(looks[0]?.memo).length, 600);
    assert.deepEqual(looks[0]?.readings, [
      { name: 'xid_31', subject: A, value: 100_000, unit: 'count', source: 'kernel log' },
      { name: 'kernel_log_records_lost', value: 0, unit: 'count', source: 'kernel log' },
    ]);
  });

  it('one that goes on has a second event at its end, and the next one is told anew', async () => {
    const lines = [xid(31), xid(31)];
    const { looks } = await play({ lines }, { lines }, { lines, afterMs: 2 * MINUTE_MS }, { afterMs: 3 * MINUTE_MS }, { afterMs: 3 * MINUTE_MS }, { lines: [xid(31, 'again')] });
    assert.deepEqual(eventsOf(looks), [
      `0 info GPUXid: GPU ${A}: XID 31 (memory page fault), logged 2 times of process 12: text`,
      `3 info GPUXid: GPU ${A}: XID 31 (memory page fault): quiet again, logged 4 times more`,
      `5 info GPUXid: GPU ${A}: XID 31 (memory page fault), logged once of process 12: again`,
    ]);
  });

  it('of many different numbers at once some are told, and how many others there are', async () => {
    const { looks } = await play({ lines: Array.from({ length: 100 }, (_, index) => xid(13, '100% of it', `PCI:0000:${(index + 16).toString(16)}:00`)) });
    const events = eventsOf(looks);
    assert.lengthOf(events, 17);
    assert.equal(events[0], '0 info GPUXid: GPU 0000:10:00.0: XID 13 (graphics engine exception), logged once of process 12: 100 percent of it');
    assert.equal(events[16], '0 warn GPUXid: 48 other XIDs and SXids in the kernel log at the same time');
  });

  it('a flood of numbers does not push out a grave one, and takes little room', async () => {
    const { looks } = await play({ lines: [xid(79), ...Array.from({ length: 5_000 }, (_, index) => xid(1_000 + index))] });
    assert.deepEqual(told(looks[0]), [REBOOT_79]);
    assert.isBelow(JSON.stringify(looks[0]?.memo).length, 32 * 300);
    assert.isAtMost(looks[0]?.metrics?.length ?? 0, 32);
  });
});

describe('a kernel log of which something is missing', () => {
  it('lost records are told where a loss begins, and counted', async () => {
    const { looks } = await play({ lostCount: 5 }, { lostCount: 1 }, { lostCount: 1, afterMs: 10 * MINUTE_MS });
    const message = (what: string) => `${what} of the kernel log were overwritten before they could be read; an XID may have been among them. A larger log_buf_len keeps more.`;
    assert.deepEqual(eventsOf(looks), [`0 info KernelLogRecordsLost: ${message('5 messages')}`, `2 info KernelLogRecordsLost: ${message('1 message')}`]);
    assert.deepEqual(looks[2]?.readings, [{ name: 'kernel_log_records_lost', value: 7, unit: 'count', source: 'kernel log' }]);
  });

  it('without permission that is said once, and what is known stays', async () => {
    const news = { kind: 'denied', message: '/dev/kmsg: operation not permitted; the kernel log needs privilege rung e' } as const;
    const message = `XIDs are not judged: ${news.message}`;
    const smi = answered(gpu(A));
    const { looks } = await play({ news }, { news, smi }, { news, smi });
    assert.deepEqual(looks.map(({ verdicts }) => verdicts), [1, 2, 3].map(() => [{ kind: 'not-applicable', message, reason: 'KernelLogNotReadable' } as const]));
    assert.deepEqual(eventsOf(looks), [`1 info KernelLogNotReadable: ${message}`]);
    assert.deepEqual(await last({ lines: [xid(48)] }, { news }), [RESET_48, `not-applicable: ${message}`]);
  });

  it('where it was said to be is unknown, and what is known is held', async () => {
    for (const kind of ['denied', 'absent'] as const) {
      const news = { kind, message: '/var/log/kern.log: no' };
      assert.deepEqual(await last({ news, isGiven: true }), [`unknown: ${news.message}`]);
      const { looks } = await play({ lines: [xid(48)] }, { news, isGiven: true }, {});
      assert.deepEqual(looks.map(told), [[RESET_48], [`unknown: ${news.message}`], [RESET_48]]);
    }
  });

  it('one that cannot be read now is unknown, and nothing of it is counted twice', async () => {
    const { looks } = await play({ lines: [xid(31)], news: { kind: 'failed', message: '/dev/kmsg: i/o error' } }, { lines: [xid(31)] });
    assert.deepEqual(looks.map(told), [['unknown: /dev/kmsg: i/o error'], ['healthy']]);
    assert.deepEqual(eventsOf(looks), [`1 info GPUXid: GPU ${A}: XID 31 (memory page fault), logged once of process 12: text`]);
  });

  it('without a GPU nothing is read', async () => {
    const none = ['not-applicable: no NVIDIA GPU on the PCI bus'];
    assert.deepEqual(await last({ lines: [xid(79)], smi: { kind: 'no-gpu', message: 'no NVIDIA GPU on the PCI bus' } }), none);
    assert.deepEqual(await last({ lines: [xid(79)], settings: { expectGpus: 'none' } }), ['not-applicable: no GPU is expected here (expectGpus is none)']);
    assert.deepEqual(await last({ lines: [xid(79)], inventory: { pci: [], proc: undefined, moduleVersion: undefined } }), none);
    assert.deepEqual(await last({ lines: [xid(79)], inventory: { pci: [], proc: undefined, moduleVersion: '570.86.15' } }), [REBOOT_79]);
  });
});

describe('garbage', () => {
  it('in the log neither crashes nor raises anything', async () => {
    const begins = ['', 'NVRM: ', 'NVRM: Xid (', 'NVRM: Xid (PCI:', 'nvidia-nvswitch0: SXid (', 'NVRM: GPU ', 'NVRM: The NVIDIA GPU '];
    const line = fc.tuple(fc.constantFrom(...begins), fc.string({ unit: 'binary', maxLength: 80 })).map((parts) => parts.join(''));
    await fc.assert(fc.asyncProperty(fc.array(line, { maxLength: 20 }), async (lines) => {
      assert.deepEqual(await last({ lines }), ['healthy']);
    }));
  });

  it('in what was kept is a fresh start', async () => {
    const { looks } = await play({ lines: [xid(79)] });
    const whole = looks[0]?.memo as { readonly state: { readonly devices: object } };
    const memo = fc.oneof(fc.jsonValue(), fc.jsonValue().map((devices) => ({ ...whole, state: { devices } })), fc.jsonValue().map((device) => ({ ...whole, state: { devices: { [A]: device } } })));
    await fc.assert(fc.asyncProperty(memo, fc.jsonValue(), async (memo, baseline) => {
      const fresh = await play({ lines: [xid(48)], memo, baseline });
      assert.include(told(fresh.looks[0]).join(), 'XID 48');
    }));
  });

  const GPUD = join(import.meta.dirname, '../../../../../shared/corpus/gpu/gpud');
  const isPresent = existsSync(GPUD);
  it(isPresent ? 'recorded logs: a healthy one says nothing, a sick one names its GPU' : 'recorded logs (skipped: no corpus here)', async function () {
    if (!isPresent) this.skip();
    const linesOf = (name: string) => readFileSync(join(GPUD, name), 'utf8').split('\n').map(textOfLogLine).filter((text) => text !== undefined);
    const well = await play({ lines: linesOf('kmsg.1.log') });
    assert.deepEqual([well.looks.map(told), eventsOf(well.looks)], [[['healthy']], []]);
    const sick = await play({ lines: linesOf('dmesg-with-xid-119.log') });
    assert.deepEqual([sick.looks.map(told), eventsOf(sick.looks)], [
      [[`GPUResetRequired: GPU 0000:9b:00.0 (GPU-509665ad-b600-ac93-3616-d754b23d636d, serial 1650124014249): XID 119 (GSP firmware does not answer); ${UNTIL_RESET}`]], [],
    ]);
  });
});
