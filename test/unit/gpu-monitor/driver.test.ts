import { assert } from 'chai';
import type { LookEvent } from '../../../plugins/core/check.ts';
import { type Verdict, healthy, problem, unknown, unknownOf } from '../../../plugins/core/verdict.ts';
import { driver, judgeDriver } from '../../../plugins/gpu-monitor/checks/driver.ts';
import { judgeHung } from '../../../plugins/gpu-monitor/checks/hung.ts';
import { judgeMissing } from '../../../plugins/gpu-monitor/inventory/missing.ts';
import { ALL_VISIBLE } from '../../../plugins/gpu-monitor/inventory/visibility.ts';
import type { GpuInventory } from '../../../plugins/gpu-monitor/inventory/inventory.ts';
import type { SmiEnd } from '../../../plugins/gpu-monitor/smi/complaints.ts';
import type { SmiLook } from '../../../plugins/gpu-monitor/smi/look.ts';
import { smiXml } from '../../support/smi-xml.ts';
import { ADDRESSES, inventoryOf, lookWith, nameOf, readerOf, settingsWith, sourcesOf } from './scene.ts';

const INVENTORY = inventoryOf(ADDRESSES.slice(0, 2));
const XML = smiXml({ gpus: 2, withSupportedClocks: false });
const ONE_LEFT = smiXml({ gpus: 1, withSupportedClocks: false });
const [GPU_1, NAME_1] = [ADDRESSES[1], nameOf(1)];

function lookOf(query: Partial<SmiEnd>): Promise<SmiLook> {
  return readerOf({ query, nvlink: '' }, INVENTORY).look({ root: '/', timeoutMs: 1_000, isExpected: false });
}

const known = (reason: string, message: string): readonly Verdict[] => [problem(reason, 'driver', message)];
const twice = (message: string, reason = 'NvidiaSmiFailed'): readonly Verdict[] => [problem(reason, 'driver', message), unknownOf('driver, first', message)];
const untold = (message: string): readonly Verdict[] => [unknown(message)];
const NO_ACCESS = ': this container may not use the GPU devices; give it /dev/nvidiactl and /dev/nvidia*, or restart it if it lost them';
const NO_LIBRARY = ": mount libnvidia-ml.so.1 of the driver's version beside nvidia-smi, or use the NVIDIA runtime class";
const NO_QUESTION = ': this nvidia-smi does not know what it is asked';

const FAILED = 'nvidia-smi failed, see GPUDriverUnhealthy';
const BLIND = untold(FAILED);
const others = (...subjects: readonly string[]): readonly Verdict[] => [...subjects, 'count', 'others'].map((subject) => unknownOf(subject, FAILED));
const NONE_FOUND = [...ADDRESSES.slice(0, 2).map((address) => problem('GPUCountMismatch', address, `GPU ${address}: is on the PCI bus, and nvidia-smi finds no devices`)), ...others('a GPU')];
const some = (says: string): readonly Verdict[] => [problem('GPULost', 'a GPU', `a GPU: ${says}`)];
const second = (says: string, name = `GPU ${GPU_1}`): readonly Verdict[] => [problem('GPULost', GPU_1, `${name}: ${says}`)];
const HANDLE = 'Unable to determine the device handle for GPU';

interface Row {
  readonly end: Partial<SmiEnd>;
  readonly driver: readonly Verdict[];
  readonly missing?: readonly Verdict[];
}

const ROWS: Readonly<Record<string, Row>> = {
  'exit code 2': { end: { code: 2 }, driver: untold(`exit code 2 (an argument it does not know)${NO_QUESTION}`) },
  'exit code 3': { end: { code: 3 }, driver: untold(`exit code 3 (not possible on this device)${NO_QUESTION}`) },
  'exit code 4': { end: { code: 4 }, driver: untold(`exit code 4 (no permission)${NO_ACCESS}`) },
  'exit code 6': { end: { code: 6 }, driver: untold('exit code 6 (no such device), see GPUMissing'), missing: NONE_FOUND },
  'exit code 8': { end: { code: 8 }, driver: known('PowerCableUnplugged', 'exit code 8 (a power cable is not attached)') },
  'exit code 9': { end: { code: 9 }, driver: twice('exit code 9 (the driver is not loaded)', 'DriverNotLoaded') },
  'exit code 10': { end: { code: 10 }, driver: twice('exit code 10 (the kernel found a problem with the interrupt of a GPU)') },
  'exit code 12': { end: { code: 12 }, driver: untold(`exit code 12 (libnvidia-ml not found)${NO_LIBRARY}`) },
  'exit code 13': { end: { code: 13 }, driver: twice('exit code 13 (a function is missing in libnvidia-ml)') },
  'exit code 14 without data': { end: { code: 14 }, driver: known('InfoROMCorrupted', 'exit code 14 (infoROM is corrupted)') },
  'exit code 15': {
    end: { code: 15 },
    driver: untold('exit code 15 (a GPU has fallen off the bus or is not reachable), see GPUMissing'),
    missing: [...some('exit code 15 (a GPU has fallen off the bus or is not reachable)'), ...others(...ADDRESSES.slice(0, 2))],
  },
  'exit code 16': { end: { code: 16 }, driver: untold('exit code 16 (a GPU requires a reset), see GPURecoveryRequired') },
  'exit code 17': { end: { code: 17 }, driver: untold(`exit code 17 (blocked by the operating system or a control group)${NO_ACCESS}`) },
  'exit code 18': { end: { code: 18 }, driver: twice('exit code 18 (driver and libnvidia-ml have different versions); version of the loaded module: 580.105.08', 'DriverLibraryMismatch') },
  'exit code 255': { end: { code: 255 }, driver: twice('exit code 255 (internal error of the driver)') },
  'an exit code that nobody knows': { end: { code: 99 }, driver: twice('exit code 99') },
  'an exit code of a signal': { end: { code: 139 }, driver: twice('exit code 139 (ended by SIGSEGV)') },
  'a signal': { end: { code: null, signal: 'SIGABRT' }, driver: twice('ended by SIGABRT') },
  'exit code 0 and nothing else': { end: {}, driver: twice('exit code 0, but its output cannot be read') },
  'exit code 0 and garbage': { end: { stdout: '\0\u00ff<gpu>' }, driver: twice('exit code 0, but its output cannot be read') },
  'no communication with the driver': {
    end: { code: 9, stdout: "NVIDIA-SMI has failed because it couldn't communicate with the NVIDIA driver. Make sure that the latest NVIDIA driver is installed and running.\n" },
    driver: twice("NVIDIA-SMI has failed because it couldn't communicate with the NVIDIA driver. Make sure that the latest NVIDIA driver is installed and running", 'DriverNotLoaded'),
  },
  'a mismatch of versions': {
    end: { code: 18, stdout: 'Failed to initialize NVML: Driver/library version mismatch\nNVML library version: 550.54\n' },
    driver: twice('Failed to initialize NVML: Driver/library version mismatch (NVML library version 550.54); version of the loaded module: 580.105.08', 'DriverLibraryMismatch'),
  },
  'no library': {
    end: { code: 12, stderr: "NVIDIA-SMI couldn't find libnvidia-ml.so library in your system.\n" },
    driver: untold(`NVIDIA-SMI couldn't find libnvidia-ml.so library in your system${NO_LIBRARY}`),
  },
  'no devices found': { end: { code: 6, stdout: 'No devices were found\n' }, driver: untold('No devices were found, see GPUMissing'), missing: NONE_FOUND },
  'no supported GPUs found': { end: { code: 255, stderr: 'No supported GPUs were found\n' }, driver: untold('No supported GPUs were found, see GPUMissing'), missing: NONE_FOUND },
  'devices that a control group denies': { end: { code: 255, stdout: 'Failed to initialize NVML: Unknown Error\n' }, driver: untold(`Failed to initialize NVML: Unknown Error${NO_ACCESS}`) },
  'devices that a permission denies': { end: { code: 4, stdout: 'Failed to initialize NVML: Insufficient Permissions\n' }, driver: untold(`Failed to initialize NVML: Insufficient Permissions${NO_ACCESS}`) },
  'a lost GPU, and no data': {
    end: { code: 15, stdout: `${HANDLE} 0000:2A:00.0: GPU is lost. Reboot the system to recover this GPU\n` },
    driver: untold(`${HANDLE} 0000:2A:00.0: GPU is lost. Reboot the system to recover this GPU, see GPUMissing`),
    missing: [...second(`${HANDLE} 0000:2A:00.0: GPU is lost. Reboot the system to recover this GPU`), ...others(ADDRESSES[0], 'a GPU')],
  },
  'a GPU without a handle, and no data': {
    end: { code: 255, stdout: `${HANDLE}0000:2A:00.0: Unknown Error\n` },
    driver: untold(`${HANDLE}0000:2A:00.0: Unknown Error, see GPUMissing`),
    missing: [...second(`${HANDLE}0000:2A:00.0: Unknown Error`), ...others(ADDRESSES[0], 'a GPU')],
  },
  'a lost GPU beside the data of the others': {
    end: { code: 15, stdout: ONE_LEFT, stderr: `${HANDLE} 0000:2A:00.0: GPU is lost.\n` }, driver: [healthy], missing: second(`${HANDLE} 0000:2A:00.0: GPU is lost`),
  },
  'a lost GPU beside the data of the others, with exit code 0 and on the same stream': {
    end: { code: 0, stdout: `${HANDLE} 0000:2A:00.0: Unknown Error\n${ONE_LEFT}` }, driver: [healthy], missing: second(`${HANDLE} 0000:2A:00.0: Unknown Error`),
  },
  'a lost GPU that is named and listed': {
    end: { code: 15, stdout: XML, stderr: `${HANDLE} 0000:2A:00.0: GPU is lost.\n` }, driver: [healthy], missing: second(`${HANDLE} 0000:2A:00.0: GPU is lost`, NAME_1),
  },
  'exit code 15 with all data': { end: { code: 15, stdout: XML }, driver: [healthy], missing: some('exit code 15 (a GPU has fallen off the bus or is not reachable)') },
  'exit code 8 with all data': { end: { code: 8, stdout: XML }, driver: known('PowerCableUnplugged', 'exit code 8 (a power cable is not attached)'), missing: [healthy] },
  'exit code 10 with all data': { end: { code: 10, stdout: XML }, driver: twice('exit code 10 (the kernel found a problem with the interrupt of a GPU)'), missing: [healthy] },
  'exit code 14 with all data': { end: { code: 14, stdout: XML }, driver: [healthy], missing: [healthy] },
  'exit code 255 with all data': { end: { code: 255, stdout: XML }, driver: twice('exit code 255 (internal error of the driver)'), missing: [healthy] },
  'exit code 139 with all data': { end: { code: 139, stdout: XML }, driver: twice('exit code 139 (ended by SIGSEGV)'), missing: [healthy] },
  'exit code 16 with all data': { end: { code: 16, stdout: XML }, driver: [healthy], missing: [healthy] },
  'exit code 0 with all data, and noise on stderr': { end: { stdout: XML, stderr: 'Warning: persistence mode is disabled on device 00000000:18:00.0.\n' }, driver: [healthy], missing: [healthy] },
  'exit code 0 and an output that was cut': { end: { stdout: XML.slice(0, -30) }, driver: [healthy], missing: untold('the output of nvidia-smi is not whole') },
};

describe('nvidia-smi that ends with', () => {
  for (const [what, { end, driver: ofDriver, missing = BLIND }] of Object.entries(ROWS)) {
    it(what, async () => {
      const look = await lookOf(end);
      const census = { look, expected: 'auto', inventory: INVENTORY, visibility: ALL_VISIBLE, fallenOff: new Set<string>(), known: {} } as const;
      assert.deepEqual(judgeDriver(look, () => INVENTORY, undefined).verdicts, ofDriver, 'driver');
      assert.deepEqual(judgeMissing(census).verdicts, missing, 'missing');
      assert.deepEqual(judgeHung(look, settingsWith()), [healthy], 'hung');
    });
  }

  it('a power cable and something that only this container lacks: the second hides nothing', async () => {
    const look = await lookOf({ code: 255, stderr: 'A power cable is not attached to GPU 0000:18:00.0\nFailed to initialize NVML: Insufficient Permissions\n' });
    assert.deepEqual(judgeDriver(look, () => INVENTORY, undefined).verdicts, known('PowerCableUnplugged', 'A power cable is not attached to GPU 0000:18:00.0'));
  });
});

describe('the driver', () => {
  const missing: SmiLook = { kind: 'missing', message: 'no nvidia-smi below / in /usr/bin' };

  it('without its tool is loaded or not', () => {
    const judged = (inventory: Partial<GpuInventory>): readonly Verdict[] => judgeDriver(missing, () => ({ ...INVENTORY, ...inventory }), undefined).verdicts;
    const nowhere = 'no driver is loaded (/proc/driver/nvidia/version, /sys/module/nvidia); no nvidia-smi below / in /usr/bin';
    assert.deepEqual(judged({}), twice('the driver is loaded; no nvidia-smi below / in /usr/bin', 'NvidiaSmiMissing'));
    assert.deepEqual(judged({ moduleVersion: undefined }), twice(`NVIDIA GPUs are on the PCI bus, ${nowhere}`, 'DriverNotLoaded'));
    assert.deepEqual(judged({ moduleVersion: undefined, pci: [] }), twice(`no NVIDIA GPU is on the PCI bus, ${nowhere}`, 'DriverNotLoaded'), 'expected (expectGpus), and not there');
  });

  it('of another version than the library tells its own where the kernel does', async () => {
    const look = await lookOf({ code: 18 });
    const message = 'exit code 18 (driver and libnvidia-ml have different versions)';
    assert.deepEqual(judgeDriver(look, () => ({ ...INVENTORY, moduleVersion: undefined }), undefined).verdicts, twice(message, 'DriverLibraryMismatch'));
    const blind = (): never => { throw new Error('/sys/module/nvidia/version: i/o error'); };
    assert.deepEqual(judgeDriver(look, blind, undefined).verdicts, twice(message, 'DriverLibraryMismatch'));
  });

  it('is not known where nvidia-smi did not end or nothing can be told, and not there without a GPU', () => {
    const rows: readonly (readonly [SmiLook, readonly Verdict[]])[] = [
      [{ kind: 'hung', message: 'x' }, untold('nvidia-smi does not answer, see GPUHung')],
      [{ kind: 'uninterruptible', pid: 7, message: 'x' }, untold('nvidia-smi does not answer, see GPUHung')],
      [{ kind: 'untold', message: 'nvidia-smi got no CPU time' }, untold('nvidia-smi got no CPU time')],
      [{ kind: 'no-gpu', message: 'no NVIDIA GPU on the PCI bus' }, [{ kind: 'not-applicable', message: 'no NVIDIA GPU on the PCI bus' }]],
      [{ kind: 'failed', complaints: [], run: { exitCode: 0, tookMs: 1 } }, untold('nvidia-smi failed without a word')],
    ];
    for (const [look, verdicts] of rows) assert.deepEqual(judgeDriver(look, () => INVENTORY, undefined).verdicts, verdicts);
  });

  it('tells of a corrupted InfoROM once, while it lasts, and again if it comes again', async () => {
    const [bad, good] = [await lookOf({ code: 14, stdout: XML, stderr: 'WARNING: infoROM is corrupted at gpu 0000:2A:00.0\n' }), await lookOf({ stdout: XML })];
    const told: LookEvent = { severity: 'warn', reason: 'InfoROMCorrupted', message: 'WARNING: infoROM is corrupted at gpu 0000:2A:00.0; the GPU works, have it serviced when that suits' };
    let memo: unknown;
    const events = [bad, bad, good, good, bad].map((look) => {
      const found = judgeDriver(look, () => INVENTORY, memo);
      memo = found.memo;
      return found.events;
    });
    assert.deepEqual(events, [[told], [], [], [], [told]]);
    for (const garbage of [null, 7, [], { told: 'x' }, { told: [7, null] }]) assert.deepEqual(judgeDriver(bad, () => INVENTORY, garbage).events, [told]);
  });

  it('is looked for in the kernel where nvidia-smi is not to be found, and brings the numbers of all GPUs', async () => {
    const sources = sourcesOf({ query: { stdout: XML }, nvlink: '' }, INVENTORY);
    const check = driver(sources);
    assert.deepEqual((await lookWith(check, '/')).metrics?.filter(({ name }) => name === 'npd_plugins_gpu_memory_used_bytes').map(({ labels }) => labels['index']), ['0', '1']);
    const gone = driver({ ...sources, smi: { ...sources.smi, look: async () => missing }, inventory: () => ({ ...INVENTORY, moduleVersion: undefined }) });
    assert.deepEqual((await lookWith(gone, '/')).verdicts.map((verdict) => (verdict.kind === 'problem' ? verdict.reason : verdict.kind)), ['DriverNotLoaded', 'unknown']);
  });
});
