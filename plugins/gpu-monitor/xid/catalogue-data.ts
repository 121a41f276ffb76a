import type { XidClass } from './classes.ts';

/** Who says so: NVIDIA's XID catalogue (its immediate action), or we, where it says nothing or only "contact support". */
type Source = 'NVIDIA' | 'ours';

export interface XidRow {
  readonly numbers: readonly number[];
  /** In our words, to be read after `XID 79 (` and before `)`. */
  readonly meaning: string;
  readonly xidClass: XidClass;
  readonly source: Source;
  /** When it comes again in the same boot, though it was cleared by a reset in between. */
  readonly again?: XidClass;
  /** When it has come again and again within a month, over resets and boots. */
  readonly often?: XidClass;
}

const DECODED = { xidClass: 'event', source: 'NVIDIA' } as const;

/**
 * Every XID that is documented: docs.nvidia.com/deploy/xid-errors (catalogue of October 2025), and what others decided where
 * it leaves the action open. Where they contradict each other the catalogue is followed; a site may say otherwise (`xidClasses`).
 * 144 to 150 are told in full by nvlink5.ts, 154 by its text.
 */
export const XID_ROWS: readonly XidRow[] = [
  { numbers: [1, 2, 3, 4, 5, 6, 7, 10, 15, 17, 20, 21, 22, 23], meaning: 'channel error of old drivers', xidClass: 'event', source: 'ours' },
  { numbers: [8], meaning: 'channel idle for too long, GPU stopped processing', xidClass: 'app', source: 'NVIDIA' },
  { numbers: [9, 12], meaning: 'method error of old drivers', xidClass: 'event', source: 'ours', often: 'reboot' },
  { numbers: [11, 25, 32], meaning: 'invalid or corrupted push buffer', xidClass: 'app', source: 'NVIDIA' },
  { numbers: [13], meaning: 'graphics engine exception', xidClass: 'app', source: 'NVIDIA' },
  { numbers: [14], meaning: 'placeholder error', xidClass: 'ignore', source: 'NVIDIA' },
  { numbers: [16, 19], meaning: 'display timeout', xidClass: 'event', source: 'ours' },
  { numbers: [18], meaning: 'bus master timeout', xidClass: 'event', source: 'ours' },
  { numbers: [24], meaning: 'semaphore timeout', xidClass: 'event', source: 'ours' },
  { numbers: [26, 27, 28, 29, 30, 33, 34, 35, 36, 42, 47], meaning: 'engine error of old drivers', xidClass: 'event', source: 'ours' },
  { numbers: [31], meaning: 'memory page fault', xidClass: 'app', source: 'NVIDIA' },
  { numbers: [37], meaning: 'firmware got an unknown method', xidClass: 'ignore', source: 'NVIDIA' },
  { numbers: [38], meaning: 'firmware watchdog', xidClass: 'event', source: 'NVIDIA' },
  { numbers: [39, 40, 41, 70, 71, 72, 75, 76, 77, 85], meaning: 'copy engine error', xidClass: 'app', source: 'NVIDIA' },
  { numbers: [43], meaning: 'channel reset after a fault of the program', xidClass: 'app', source: 'NVIDIA' },
  { numbers: [44], meaning: 'fault during a context switch', xidClass: 'event', source: 'NVIDIA' },
  { numbers: [45], meaning: 'channel removed after an earlier error', xidClass: 'event', source: 'NVIDIA' },
  { numbers: [46], meaning: 'GPU stopped processing', xidClass: 'reset', source: 'NVIDIA' },
  { numbers: [48], meaning: 'double-bit ECC error', xidClass: 'reset', source: 'NVIDIA', often: 'rma' },
  { numbers: [49, 50, 51, 52, 53, 55], meaning: 'notice of reduced clocks by old drivers', xidClass: 'event', source: 'ours' },
  { numbers: [54], meaning: 'auxiliary power not connected', xidClass: 'rma', source: 'NVIDIA' },
  { numbers: [56], meaning: 'display engine error', xidClass: 'event', source: 'ours' },
  { numbers: [57, 58], meaning: 'frame buffer link or memory error', xidClass: 'event', source: 'ours' },
  { numbers: [59], meaning: 'power management unit error of old drivers', xidClass: 'event', source: 'ours' },
  { numbers: [60], meaning: 'video processor exception', xidClass: 'app', source: 'NVIDIA' },
  { numbers: [61], meaning: 'micro-controller breakpoint', xidClass: 'reboot', source: 'ours' },
  { numbers: [62], meaning: 'micro-controller halt', xidClass: 'reset', source: 'NVIDIA', often: 'rma' },
  // What the remapping leaves behind is judged by GPUMemoryFault, of the driver's own fields.
  { numbers: [63], meaning: 'row remapped or page retired', xidClass: 'event', source: 'NVIDIA' },
  { numbers: [64], meaning: 'row remapping or page retirement failed', xidClass: 'rma', source: 'ours' },
  { numbers: [65, 73], meaning: 'video encoder error', xidClass: 'event', source: 'ours' },
  { numbers: [66, 67], meaning: 'illegal access by the driver', xidClass: 'event', source: 'NVIDIA' },
  { numbers: [68, 83, 84, 88, 89, 96, 97, 98], meaning: 'video decoder error', xidClass: 'app', source: 'NVIDIA' },
  { numbers: [69], meaning: 'graphics engine class error', xidClass: 'app', source: 'NVIDIA' },
  { numbers: [74], meaning: 'NVLink error', xidClass: 'reset', source: 'NVIDIA', again: 'reboot', often: 'rma' },
  { numbers: [78], meaning: 'vGPU could not start', xidClass: 'event', source: 'NVIDIA' },
  { numbers: [79], meaning: 'fallen off the bus', xidClass: 'reboot', source: 'NVIDIA', often: 'rma' },
  { numbers: [80], meaning: 'corrupted data sent to the GPU', xidClass: 'app', source: 'NVIDIA' },
  { numbers: [81], meaning: 'VGA error', xidClass: 'rma', source: 'ours' },
  { numbers: [82, 99, 100, 101, 102, 103, 104, 105], meaning: 'JPEG decoder error', xidClass: 'app', source: 'NVIDIA' },
  { numbers: [86, 139], meaning: 'optical flow error', xidClass: 'app', source: 'NVIDIA' },
  { numbers: [87, 90, 91, 138], meaning: 'not used by NVIDIA', xidClass: 'event', source: 'ours' },
  { numbers: [92], meaning: 'high rate of single-bit ECC errors', xidClass: 'event', source: 'NVIDIA' },
  { numbers: [93], meaning: 'infoROM near its wear limit', xidClass: 'event', source: 'NVIDIA' },
  { numbers: [94], meaning: 'contained memory error', xidClass: 'app', source: 'NVIDIA' },
  { numbers: [95], meaning: 'uncontained memory error', xidClass: 'reset', source: 'NVIDIA' },
  { numbers: [106, 107], meaning: 'test message', xidClass: 'ignore', source: 'NVIDIA' },
  { numbers: [108], meaning: 'remote translation error over NVLink', xidClass: 'event', source: 'NVIDIA' },
  { numbers: [109], meaning: 'context switch timeout', xidClass: 'reset', source: 'NVIDIA' },
  { numbers: [110], meaning: 'security fault', xidClass: 'reset', source: 'NVIDIA' },
  { numbers: [111, 112, 113, 114, 115, 116, 117, 118], meaning: 'display error', xidClass: 'event', source: 'ours' },
  { numbers: [119], meaning: 'GSP firmware does not answer', xidClass: 'reset', source: 'NVIDIA', again: 'reboot', often: 'rma' },
  { numbers: [120], meaning: 'GSP firmware error', xidClass: 'reset', source: 'NVIDIA', again: 'reboot', often: 'rma' },
  { numbers: [121], meaning: 'corrected error of the link to the CPU', xidClass: 'event', source: 'NVIDIA' },
  { numbers: [122, 124, 125], meaning: 'infoROM cannot be read or erased', xidClass: 'event', source: 'ours' },
  { numbers: [123], meaning: 'infoROM cannot be written', xidClass: 'reboot', source: 'ours' },
  { numbers: [126, 127, 128, 129, 130, 131, 132, 133, 134, 135], meaning: 'copy engine error', xidClass: 'app', source: 'NVIDIA' },
  { numbers: [136], meaning: 'NVLink training failed', xidClass: 'reset', source: 'NVIDIA' },
  { numbers: [137], meaning: 'NVLink privilege error, bad access to a peer', xidClass: 'app', source: 'NVIDIA' },
  { numbers: [140], meaning: 'unrecovered ECC error', xidClass: 'reset', source: 'NVIDIA' },
  { numbers: [141], meaning: 'CUDA fast path error', xidClass: 'event', source: 'NVIDIA' },
  { numbers: [142], meaning: 'video encoder error', xidClass: 'event', source: 'ours' },
  { numbers: [143], meaning: 'GPU could not be initialised', xidClass: 'reset', source: 'NVIDIA', often: 'rma' },
  { ...DECODED, numbers: [144], meaning: 'NVLink SAW error' },
  { ...DECODED, numbers: [145], meaning: 'NVLink RLW error' },
  { ...DECODED, numbers: [146], meaning: 'NVLink TLW error' },
  { ...DECODED, numbers: [147], meaning: 'NVLink TREX error' },
  { ...DECODED, numbers: [148], meaning: 'NVLink NVLPW_CTRL error' },
  { ...DECODED, numbers: [149], meaning: 'NVLink NETIR error' },
  { numbers: [150], meaning: 'NVLink MSE error', xidClass: 'reset', source: 'NVIDIA' },
  { numbers: [151], meaning: 'key rotation error', xidClass: 'reboot', source: 'NVIDIA' },
  { numbers: [152, 153], meaning: 'deep learning accelerator error', xidClass: 'event', source: 'NVIDIA' },
  { numbers: [154], meaning: 'recovery action changed', xidClass: 'event', source: 'NVIDIA' },
  { numbers: [155], meaning: 'NVLink error defined by software', xidClass: 'reset', source: 'NVIDIA' },
  { numbers: [156], meaning: 'resource retired', xidClass: 'reset', source: 'NVIDIA' },
  { numbers: [157], meaning: 'resource retirement failed', xidClass: 'event', source: 'NVIDIA', often: 'rma' },
  { numbers: [158], meaning: 'GPU fatal timeout', xidClass: 'reset', source: 'NVIDIA' },
  { numbers: [159], meaning: 'coherent interface error', xidClass: 'event', source: 'NVIDIA' },
  { numbers: [160], meaning: 'channel retired', xidClass: 'event', source: 'NVIDIA' },
  { numbers: [161], meaning: 'channel retirement failed', xidClass: 'event', source: 'NVIDIA' },
  { numbers: [162], meaning: 'power smoothing engaged again', xidClass: 'ignore', source: 'ours' },
  { numbers: [163], meaning: 'power smoothing disengaged', xidClass: 'event', source: 'ours' },
  { numbers: [164, 165], meaning: 'power smoothing hardware near or at its end of life', xidClass: 'event', source: 'ours' },
  { numbers: [166], meaning: 'confidential traffic before the link was set up', xidClass: 'reboot', source: 'ours' },
  { numbers: [167], meaning: 'PCIe fatal timeout', xidClass: 'reboot', source: 'ours' },
  { numbers: [168], meaning: 'errors in protected memory, capacity reduced', xidClass: 'event', source: 'ours' },
  { numbers: [169], meaning: 'security micro-controller halt', xidClass: 'reboot', source: 'ours' },
  { numbers: [170], meaning: 'interrupt in confidential mode', xidClass: 'app', source: 'ours' },
  // Both come beside 48, and say where it was.
  { numbers: [171], meaning: 'uncorrectable error in DRAM', xidClass: 'reset', source: 'ours' },
  { numbers: [172], meaning: 'uncorrectable error in SRAM', xidClass: 'reboot', source: 'ours' },
  { numbers: [173], meaning: 'fatal failure of the link to the CPU', xidClass: 'reboot', source: 'ours', often: 'rma' },
  { numbers: [185], meaning: 'spare hardware put to use', xidClass: 'event', source: 'ours' },
];
