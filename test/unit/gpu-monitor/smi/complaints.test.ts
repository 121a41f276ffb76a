import { assert } from 'chai';
import * as fc from 'fast-check';
import { complaintsOf, type SmiEnd } from '../../../../plugins/gpu-monitor/smi/complaints.ts';
import type { Complaint, ComplaintKind } from '../../../../plugins/gpu-monitor/smi/look.ts';

const end = (more: Partial<SmiEnd>): SmiEnd => ({ code: 0, signal: null, stdout: '', stderr: '', ...more });
const complaint = (kind: ComplaintKind, text: string, address?: string): Complaint => ({ kind, address, text });

const codes: readonly (readonly [code: number, kind: ComplaintKind, text: string])[] = [
  [1, 'other', 'exit code 1'],
  [2, 'bad-question', 'exit code 2 (an argument it does not know)'],
  [3, 'bad-question', 'exit code 3 (not possible on this device)'],
  [4, 'no-access', 'exit code 4 (no permission)'],
  [6, 'no-devices', 'exit code 6 (no such device)'],
  [8, 'power-cable', 'exit code 8 (a power cable is not attached)'],
  [9, 'driver-not-loaded', 'exit code 9 (the driver is not loaded)'],
  [10, 'interrupt', 'exit code 10 (the kernel found a problem with the interrupt of a GPU)'],
  [12, 'library-missing', 'exit code 12 (libnvidia-ml not found)'],
  [13, 'other', 'exit code 13 (a function is missing in libnvidia-ml)'],
  [14, 'inforom-corrupted', 'exit code 14 (infoROM is corrupted)'],
  [15, 'gpu-lost', 'exit code 15 (a GPU has fallen off the bus or is not reachable)'],
  [16, 'reset-required', 'exit code 16 (a GPU requires a reset)'],
  [17, 'no-access', 'exit code 17 (blocked by the operating system or a control group)'],
  [18, 'library-mismatch', 'exit code 18 (driver and libnvidia-ml have different versions)'],
  [127, 'other', 'exit code 127'],
  [137, 'other', 'exit code 137 (ended by SIGKILL)'],
  [139, 'other', 'exit code 139 (ended by SIGSEGV)'],
  [255, 'other', 'exit code 255 (internal error of the driver)'],
];

const NOT_COMMUNICATING =
  "NVIDIA-SMI has failed because it couldn't communicate with the NVIDIA driver. Make sure that the latest NVIDIA driver is installed and running.";
const HANDLE = 'Unable to determine the device handle for';

const texts: readonly { readonly name: string; readonly code: number; readonly text: string; readonly want: readonly Complaint[] }[] = [
  { name: 'no driver', code: 9, text: `${NOT_COMMUNICATING}\n\n`, want: [complaint('driver-not-loaded', NOT_COMMUNICATING)] },
  { name: 'no driver, by NVML', code: 9, text: 'Failed to initialize NVML: Driver Not Loaded\n', want: [complaint('driver-not-loaded', 'Failed to initialize NVML: Driver Not Loaded')] },
  {
    name: 'two versions, both of them told where both are', code: 18,
    text: 'Failed to initialize NVML: Driver/library version mismatch\nNVML library version: 535.161\n',
    want: [complaint('library-mismatch', 'Failed to initialize NVML: Driver/library version mismatch (NVML library version 535.161)')],
  },
  { name: 'two versions, of an old driver', code: 18, text: 'Failed to initialize NVML: Driver/library version mismatch\n', want: [complaint('library-mismatch', 'Failed to initialize NVML: Driver/library version mismatch')] },
  {
    name: 'no library', code: 12,
    text: "NVIDIA-SMI couldn't find libnvidia-ml.so library in your system. Please make sure that the NVIDIA Display Driver is properly installed.\nPlease also try adding directory that contains libnvidia-ml.so to your system PATH.\n",
    want: [complaint('library-missing', "NVIDIA-SMI couldn't find libnvidia-ml.so library in your system. Please make sure that the NVIDIA Display Driver is properly installed.")],
  },
  { name: 'a container that lost its devices', code: 255, text: 'Failed to initialize NVML: Unknown Error\n', want: [complaint('no-access', 'Failed to initialize NVML: Unknown Error')] },
  { name: 'no permission', code: 4, text: 'Failed to initialize NVML: Insufficient Permissions\n', want: [complaint('no-access', 'Failed to initialize NVML: Insufficient Permissions')] },
  { name: 'a block', code: 17, text: 'Failed to initialize NVML: GPU access blocked by the operating system\n', want: [complaint('no-access', 'Failed to initialize NVML: GPU access blocked by the operating system')] },
  { name: 'another failure of NVML', code: 1, text: 'Failed to initialize NVML: Not Supported\n', want: [complaint('other', 'Failed to initialize NVML: Not Supported')] },
  { name: 'no GPU', code: 6, text: 'No devices were found\n', want: [complaint('no-devices', 'No devices were found')] },
  { name: 'no GPU although all is well', code: 0, text: 'No devices were found\n', want: [complaint('no-devices', 'No devices were found')] },
  { name: 'no GPU that this driver takes', code: 255, text: 'No supported GPUs were found\n', want: [complaint('no-devices', 'No supported GPUs were found')] },
  { name: 'a lost GPU', code: 15, text: `${HANDLE} GPU 0000:91:00.0: GPU is lost.  Reboot the system to recover this GPU\n`, want: [complaint('gpu-lost', `${HANDLE} GPU 0000:91:00.0: GPU is lost. Reboot the system to recover this GPU`, '0000:91:00.0')] },
  { name: 'a GPU without a handle, without a blank', code: 255, text: `${HANDLE} GPU0000:91:00.0: Unknown Error\n`, want: [complaint('gpu-lost', `${HANDLE} GPU0000:91:00.0: Unknown Error`, '0000:91:00.0')] },
  { name: 'a GPU without a handle, with its index', code: 255, text: `${HANDLE} GPU0: 0000:CA:00.0: Unknown Error\n`, want: [complaint('gpu-lost', `${HANDLE} GPU0: 0000:CA:00.0: Unknown Error`, '0000:ca:00.0')] },
  {
    name: 'two lost GPUs among eight, each once', code: 0,
    text: `${HANDLE} GPU 00000000:3B:00.0: GPU is lost.\n${HANDLE} GPU 0000:3b:00.0: GPU is lost.\n${HANDLE} GPU 00000000:5E:00.0: GPU is lost.\n`,
    want: [
      complaint('gpu-lost', `${HANDLE} GPU 0000:3b:00.0: GPU is lost.`, '0000:3b:00.0'),
      complaint('gpu-lost', `${HANDLE} GPU 00000000:5E:00.0: GPU is lost.`, '0000:5e:00.0'),
    ],
  },
  { name: 'a GPU that needs a reset', code: 0, text: `${HANDLE} GPU 0000:91:00.0: GPU requires reset\n`, want: [complaint('reset-required', `${HANDLE} GPU 0000:91:00.0: GPU requires reset`, '0000:91:00.0')] },
  { name: 'a handle that may not be had', code: 4, text: `${HANDLE} GPU 0000:91:00.0: Insufficient Permissions\n`, want: [complaint('no-access', `${HANDLE} GPU 0000:91:00.0: Insufficient Permissions`, '0000:91:00.0')] },
  { name: 'an infoROM', code: 14, text: 'WARNING: infoROM is corrupted at gpu 0000:3B:00.0\n', want: [complaint('inforom-corrupted', 'WARNING: infoROM is corrupted at gpu 0000:3B:00.0', '0000:3b:00.0')] },
  { name: 'a power cable', code: 8, text: 'WARNING: GPU 0000:3B:00.0 has external power cables that are not attached\n', want: [complaint('power-cable', 'WARNING: GPU 0000:3B:00.0 has external power cables that are not attached', '0000:3b:00.0')] },
  { name: 'a field that this driver does not know', code: 2, text: 'Field "gpu_recovery_action" is not a valid field to query.\n\n', want: [complaint('bad-question', 'Field "gpu_recovery_action" is not a valid field to query.')] },
  { name: 'a text that says something else than the code', code: 255, text: 'Failed to initialize NVML: Driver Not Loaded\n', want: [complaint('driver-not-loaded', 'Failed to initialize NVML: Driver Not Loaded')] },
];

const XML = `<?xml version="1.0" ?>
<!DOCTYPE nvidia_smi_log SYSTEM "nvsmi_device_v12.dtd">
<nvidia_smi_log>
\t<gpu id="00000000:3B:00.0">
\t\t<product_name>No devices were found</product_name>
\t\t<gpu_temp>GPU is lost</gpu_temp>
\t\t<pstate>GPU requires reset</pstate>
\t</gpu>
</nvidia_smi_log>
`;

describe('what nvidia-smi complains about', () => {
  for (const [code, kind, text] of codes) {
    it(`is told by exit code ${code} where there is no text`, () => {
      assert.deepEqual(complaintsOf(end({ code })), [complaint(kind, text)]);
      assert.deepEqual(complaintsOf(end({ code, stdout: XML })), [complaint(kind, text)]);
    });
  }

  it('is nothing if it ended well, whatever noise it made', () => {
    assert.deepEqual(complaintsOf(end({ stdout: XML, stderr: 'ERROR: ld.so: object cannot be preloaded: ignored.\n\n' })), []);
  });

  it('is a signal, if that ended it', () => {
    assert.deepEqual(complaintsOf(end({ code: null, signal: 'SIGSEGV' })), [complaint('other', 'ended by SIGSEGV')]);
  });

  for (const { name, code, text, want } of texts) {
    it(`is told by its words on either stream, before or after the XML: ${name}`, () => {
      assert.deepEqual(complaintsOf(end({ code, stdout: text })), want);
      assert.deepEqual(complaintsOf(end({ code, stderr: text })), want);
      assert.deepEqual(complaintsOf(end({ code, stdout: text + XML })), want);
      assert.deepEqual(complaintsOf(end({ code, stdout: XML + text, stderr: 'noise\n' })), want);
    });
  }

  it('is not what stands inside of the XML, also where that was cut', () => {
    fc.assert(fc.property(fc.nat(XML.length), (length) => {
      assert.deepEqual(complaintsOf(end({ stdout: XML.slice(0, length) })), []);
    }));
  });

  it('may stand between rows of a query, whose placeholders are none', () => {
    const row = '580.105.08, 8, 0, 00000000:53:00.0, NVIDIA H100 80GB HBM3, GPU-1, [GPU requires reset], [GPU is lost], 29\n';
    const lost = `${HANDLE} GPU 0000:91:00.0: Unknown Error`;
    assert.deepEqual(complaintsOf(end({ stdout: row + row })), []);
    assert.deepEqual(complaintsOf(end({ stdout: `${row}${lost}\n${row}` })), [complaint('gpu-lost', lost, '0000:91:00.0')]);
  });

  it('that nobody knows is quoted beside its code, without what differs from look to look', () => {
    const at = (time: string, pid: number, pointer: string) => end({ code: 255, stderr: `[${time}] process ${pid} of GPU 0000:91:00.0 failed at 0x${pointer}\nmore\n` });
    const want = [complaint('other', 'exit code 255 (internal error of the driver): […] process … of GPU 0000:91:00.0 failed at …')];
    assert.deepEqual(complaintsOf(at('12:00:01', 123_456, 'ffff8a')), want);
    assert.deepEqual(complaintsOf(at('13:10:02', 654_321, 'ffff8b00')), want);
  });

  it('is bounded in number and length', () => {
    const flood = Array.from({ length: 5_000 }, (_, index) => `GPU is lost, says line ${index} ${'x'.repeat(2_000)}`).join('\n');
    const complaints = complaintsOf(end({ stdout: flood, stderr: flood }));
    assert.lengthOf(complaints, 16);
    for (const { text } of complaints) assert.isAtMost(Buffer.byteLength(text), 200);
  });

  it('never throws, and is at least one if it did not end well', () => {
    fc.assert(fc.property(fc.integer({ min: 0, max: 255 }), fc.string(), fc.string({ unit: 'binary' }), (code, stdout, stderr) => {
      const complaints = complaintsOf({ code, signal: null, stdout, stderr });
      if (code !== 0) assert.isNotEmpty(complaints);
    }));
  });
});
