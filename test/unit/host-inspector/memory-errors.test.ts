import { assert } from 'chai';
import type { Check, Look } from '../../../plugins/core/check.ts';
import { silentLogger } from '../../../plugins/core/log.ts';
import { runCheck } from '../../../plugins/core/run-check.ts';
import { defaultsOf } from '../../../plugins/core/settings.ts';
import { healthy, notApplicable, problem } from '../../../plugins/core/verdict.ts';
import { hardwareCorrupted, judge as judgeCorrupted } from '../../../plugins/host-inspector/checks/hardware-corrupted.ts';
import { memoryErrors } from '../../../plugins/host-inspector/checks/memory-errors.ts';
import { type HostSettings, hostSettings } from '../../../plugins/host-inspector/settings.ts';
import { type HostTree, hostTree } from '../../support/host-tree.ts';

const FOLDER = 'sys/devices/system/edac/mc';
const MODULE = 'memory module CPU_SrcID#0_MC#0_Chan#1_DIMM#0 (mc0/dimm2)';

const often = problem('CorrectableMemoryErrorRateHigh', MODULE, `${MODULE}: more than 100 correctable errors within an hour (/${FOLDER}/mc0/dimm2)`);
const lost = problem('UncorrectableMemoryError', MODULE, `${MODULE}: uncorrectable errors since the boot (/${FOLDER}/mc0/dimm2)`);

describe('memory-errors', () => {
  let host: HostTree;
  let memo: unknown;
  let minutes = 0;
  beforeEach(() => {
    host = hostTree();
    memo = undefined;
    minutes = 600;
  });
  afterEach(() => host[Symbol.dispose]());

  async function look(check: Check<HostSettings> = memoryErrors): Promise<Look> {
    host.write('proc/uptime', `${minutes * 60}.00 0.00\n`);
    const seen = await runCheck(check, { root: host.root, settings: defaultsOf(hostSettings), memo, signal: new AbortController().signal, log: silentLogger });
    // As the state file would give it back.
    if (seen.memo !== undefined) memo = JSON.parse(JSON.stringify(seen.memo));
    return seen;
  }

  function count(kind: 'ce' | 'ue', ofModule: number, ofController = ofModule): void {
    host.write(`${FOLDER}/mc0/${kind}_count`, `${ofController}\n`);
    host.write(`${FOLDER}/mc0/dimm2/dimm_${kind}_count`, `${ofModule}\n`);
  }

  it('memory without errors is healthy, and a machine without ECC is not judged', async () => {
    assert.deepEqual((await look()).verdicts, [healthy]);
    host.remove('sys/devices/system/edac');
    assert.deepEqual((await look()).verdicts, [notApplicable('errors of memory (no controller in /sys/devices/system/edac/mc)')]);
  });

  it('one uncorrectable error is told until the reboot, or until somebody resets the counters', async () => {
    count('ue', 1);
    for (const minute of [600, 601, 6_000]) {
      minutes = minute;
      assert.deepEqual((await look()).verdicts, [lost]);
    }
    count('ue', 0);
    assert.deepEqual((await look()).verdicts, [healthy]);
  });

  it('errors of which no module is known are those of the controller', async () => {
    count('ue', 1, 2);
    const controller = problem('UncorrectableMemoryError', 'memory of mc0', 'memory of mc0: uncorrectable errors since the boot (/sys/devices/system/edac/mc/mc0)');
    assert.deepEqual((await look()).verdicts, [lost, controller]);
  });

  it('a module without a label, or with a strange one, is named by its place', async () => {
    count('ue', 1);
    host.write(`${FOLDER}/mc0/dimm2/dimm_label`, '\n');
    assert.deepEqual((await look()).verdicts.map((verdict) => 'subject' in verdict && verdict.subject), ['memory module mc0/dimm2']);
    host.write(`${FOLDER}/mc0/dimm2/dimm_label`, `a\tb ${'x'.repeat(100)}\n`);
    assert.deepEqual((await look()).verdicts.map((verdict) => 'subject' in verdict && verdict.subject), [`memory module a?b ${'x'.repeat(57)}… (mc0/dimm2)`]);
  });

  it('however many were corrected before the first look, only growth counts', async () => {
    count('ce', 1_000_000);
    assert.deepEqual([(await look()).verdicts, (await look()).verdicts], [[healthy], [healthy]]);
  });

  it('more than 100 within an hour are told, and no more when the hour is over', async () => {
    await look();
    minutes += 30;
    count('ce', 100);
    assert.deepEqual((await look()).verdicts, [healthy]);
    minutes += 1;
    count('ce', 101);
    assert.deepEqual((await look()).verdicts, [often]);
    // The look half an hour ago is the last that is not an hour old.
    minutes += 58;
    assert.deepEqual((await look()).verdicts, [healthy]);
  });

  it('a burst between two looks far apart is not spread over the hour', async () => {
    await look();
    minutes += 55;
    count('ce', 5_000);
    assert.deepEqual((await look()).verdicts, [often]);
  });

  it('96 an hour, all day long, are told as events: one an hour', async () => {
    let events = 0;
    for (let hour = 0; hour < 24; hour++) {
      for (let step = 0; step < 12; step++) {
        minutes += 5;
        count('ce', hour * 96 + step * 8);
        const seen = await look();
        assert.deepEqual(seen.verdicts, [healthy]);
        events += seen.events?.length ?? 0;
      }
    }
    assert.equal(events, 24);
    assert.isBelow(JSON.stringify(memo).length, 1_200);
  });

  it('an event says how many there were and where; none says what the condition says', async () => {
    await look();
    minutes += 5;
    count('ce', 1);
    assert.deepEqual((await look()).events, [{ severity: 'info', reason: 'CorrectableMemoryErrors', message: `${MODULE}: 1 correctable error since the last report (/${FOLDER}/mc0/dimm2)` }]);
    minutes += 61;
    count('ce', 300);
    await look();
    minutes += 5;
    count('ce', 900);
    assert.deepEqual((await look()).events, []);
  });

  it('counters that begin anew are no growth of 32 bits, nor hide what comes then', async () => {
    count('ce', 5_000);
    await look();
    minutes += 5;
    count('ce', 3);
    assert.deepEqual((await look()).verdicts, [healthy]);
    minutes += 5;
    count('ce', 200);
    assert.deepEqual((await look()).verdicts, [often]);
  });

  for (const bad of [undefined, null, 7, {}, { snapshots: [] }, { snapshots: [{ uptimeMs: 'x', counts: {} }], told: { uptimeMs: 0, counts: {} } }, { snapshots: [], told: { uptimeMs: 0, counts: { mc0: -1 } } }]) {
    it(`a memo ${JSON.stringify(bad)} is a first look`, async () => {
      memo = bad;
      count('ce', 900);
      const { verdicts, events } = await look();
      assert.deepEqual([verdicts, events], [[healthy], []]);
    });
  }

  for (const file of ['mc0/ce_count', 'mc0/ue_count', 'mc0/dimm2/dimm_ue_count']) {
    it(`garbage in ${file} is not healthy`, async () => {
      count('ce', 1);
      host.write(`${FOLDER}/${file}`, 'x\n');
      assert.deepEqual((await look()).verdicts.map(({ kind }) => kind), ['unknown']);
    });
  }
});

describe('hardware-corrupted', () => {
  it('one broken page is told', () => {
    assert.deepEqual(judgeCorrupted(4_096, 0).verdicts, [
      problem('HardwareCorruptedMemory', 'memory taken out of use', 'memory taken out of use: broken pages since the boot (/proc/meminfo, HardwareCorrupted)'),
    ]);
    assert.deepEqual(judgeCorrupted(0, 0).verdicts, [healthy]);
  });

  it('as many as somebody allows are not', () => {
    assert.deepEqual(judgeCorrupted(8_192, 8_192).verdicts, [healthy]);
    assert.deepEqual(judgeCorrupted(12_288, 8_192).verdicts, [
      problem('HardwareCorruptedMemory', 'memory taken out of use', 'memory taken out of use: more than 8192 bytes of broken pages since the boot (/proc/meminfo, HardwareCorrupted)'),
    ]);
  });

  for (const [what, total, kind] of [['taken out of use in time', '0\n', 'healthy'], ['lost', '1\n', 'problem'], ['of which that is not known', '', 'unknown'], ['of which garbage tells', 'x\n', 'unknown']] as const) {
    it(`a page ${what} is ${kind}`, async () => {
      using host = hostTree();
      host.write('proc/meminfo', 'MemTotal:       16384000 kB\nMemFree:         8192000 kB\nMemAvailable:   8192000 kB\nBuffers:          1024 kB\nCached:           1024 kB\nSwapTotal:             0 kB\nSwapFree:              0 kB\nHardwareCorrupted:     4 kB\n');
      host.write('sys/devices/system/node/node0/memory_failure/total', '0\n');
      host.write('sys/devices/system/node/node1/memory_failure/total', total);
      host.write('sys/devices/system/node/possible', '0-1\n');
      const { verdicts } = await runCheck(hardwareCorrupted, { root: host.root, settings: defaultsOf(hostSettings), memo: undefined, signal: new AbortController().signal, log: silentLogger });
      assert.deepEqual(verdicts.map((verdict) => verdict.kind), [kind]);
    });
  }

  it('a kernel that does not tell is not judged', async () => {
    using host = hostTree();
    host.write('proc/meminfo', 'MemTotal:       16384000 kB\nMemFree:         8192000 kB\nMemAvailable:   8192000 kB\nBuffers:          1024 kB\nCached:           1024 kB\nSwapTotal:             0 kB\nSwapFree:              0 kB\n');
    const { verdicts } = await runCheck(hardwareCorrupted, { root: host.root, settings: defaultsOf(hostSettings), memo: undefined, signal: new AbortController().signal, log: silentLogger });
    assert.deepEqual(verdicts, [notApplicable('memory taken out of use (this kernel does not tell: no HardwareCorrupted in /proc/meminfo)')]);
  });
});
