import type { SmiDocument } from './record.ts';

/** What nvidia-smi complained about, from the texts of both streams and its exit code (nvidia-smi(1), "RETURN VALUE"). */
export type ComplaintKind =
  /** Exit 9. */
  | 'driver-not-loaded'
  /** Exit 18. */
  | 'library-mismatch'
  /** Exit 12: libnvidia-ml.so is not to be found where nvidia-smi runs. */
  | 'library-missing'
  /** Exit 6, `No devices were found`, `No supported GPUs were found`. */
  | 'no-devices'
  /** Exit 15 or a text that a GPU is lost or has no device handle. */
  | 'gpu-lost'
  /** `[GPU requires reset]` or its like outside of a field. */
  | 'reset-required'
  /** Exit 8. */
  | 'power-cable'
  /** Exit 14 or `infoROM is corrupted`. */
  | 'inforom-corrupted'
  /** Exit 4, 17, or `Failed to initialize NVML: Unknown Error` and `Insufficient Permissions`: what runs here may not use the devices. */
  | 'no-access'
  /** Exit 2 or 3: it does not know what it was asked. */
  | 'bad-question'
  /** Exit 10. */
  | 'interrupt'
  /** Any other exit code, or a signal. */
  | 'other';

export interface Complaint {
  readonly kind: ComplaintKind;
  /** The GPU it is about, if it says so. */
  readonly address: string | undefined;
  /** One line of its own words, or `exit code 255`; byte-stable, cut to a sane length. */
  readonly text: string;
}

/** How the child ended, for metrics and messages. */
export interface SmiRun {
  /** Null if a signal ended it. */
  readonly exitCode: number | null;
  readonly tookMs: number;
}

/** One look through nvidia-smi. Messages are byte-stable, without numbers that change. */
export type SmiLook =
  /** No NVIDIA GPU on the PCI bus, or none that is meant for this node's own driver: nothing was started. With a reason of its own where that is not `NoGPUPresent`. */
  | { readonly kind: 'no-gpu'; readonly message: string; readonly reason?: string }
  /** No nvidia-smi; the message names where was looked. */
  | { readonly kind: 'missing'; readonly message: string }
  /** At least one GPU could be read, or a whole output says that there is none. */
  | { readonly kind: 'answered'; readonly document: SmiDocument; readonly complaints: readonly Complaint[]; readonly run: SmiRun }
  /** It ended without an output that could be used; at least one complaint. */
  | { readonly kind: 'failed'; readonly complaints: readonly Complaint[]; readonly run: SmiRun }
  /** It had CPU time, did not end, and was killed. */
  | { readonly kind: 'hung'; readonly message: string }
  /** It could not even be killed: it still waits in the kernel, and no other is started. */
  | { readonly kind: 'uninterruptible'; readonly pid: number; readonly message: string }
  /** Nothing can be told: it got no CPU time, wrote without end, took too much memory, or could not be started. */
  | { readonly kind: 'untold'; readonly message: string };

/** State of one NVLink as `nvidia-smi nvlink -s` prints it: `Link 0: 26.562 GB/s` or `Link 3: <inactive>`. */
export interface NvlinkState {
  readonly link: number;
  readonly isActive: boolean;
  /** GB/s of an active link, as printed. */
  readonly speed: number | undefined;
}

/** Links by UUID; a GPU without NVLink, or whose links cannot be asked for (MIG), has none. */
export type NvlinkLook =
  | { readonly kind: 'ok'; readonly links: ReadonlyMap<string, readonly NvlinkState[]> }
  | { readonly kind: 'none' | 'untold'; readonly message: string };
