import type { ConditionSpec } from '../../core/conditions.ts';

const MINUTE_MS = 60_000;

/** There are GPUs, and no driver that works with them. */
export const gpuDriverUnhealthy: ConditionSpec = {
  type: 'GPUDriverUnhealthy',
  polarity: 'problem',
  reasons: [
    {
      reason: 'DriverNotLoaded',
      severity: 'warn',
      reads: 'exit code 9 of nvidia-smi, /proc/driver/nvidia/version, /sys/bus/pci/devices',
      limit: 'NVIDIA GPUs on the PCI bus (or expected) without a loaded driver',
      advice: 'Look at the driver container or `dkms status`, then `modprobe nvidia` and `dmesg | grep -i nvidia`.',
      // A driver's container compiles it for minutes, after each boot and at each update; whoever repairs nodes must not begin anew meanwhile.
      raiseAfterMs: 10 * MINUTE_MS,
      clearAfterMs: 0,
      privilege: 'a',
    },
    {
      reason: 'DriverLibraryMismatch',
      severity: 'warn',
      reads: 'exit code 18 of nvidia-smi',
      limit: 'kernel module and libraries are of two versions',
      advice: 'Restart this Pod: its library may be older than the driver. If `nvidia-smi` on the node says the same: drain, then reboot or reload the modules (`rmmod nvidia_uvm nvidia_drm nvidia_modeset nvidia`).',
      raiseAfterMs: 2 * MINUTE_MS,
      clearAfterMs: 0,
      privilege: 'a',
    },
    {
      reason: 'PowerCableUnplugged',
      severity: 'warn',
      reads: 'exit code 8 of nvidia-smi',
      limit: 'any',
      advice: 'Shut the node down and plug in the external power of the GPU that `nvidia-smi` names.',
      raiseAfterMs: 0,
      clearAfterMs: 0,
      privilege: 'a',
    },
    {
      reason: 'InfoROMCorrupted',
      severity: 'warn',
      reads: 'exit code 14 of nvidia-smi',
      limit: 'a corrupted InfoROM, and no data',
      advice: 'Have the GPU serviced; `nvidia-smi -q` names it.',
      raiseAfterMs: 0,
      clearAfterMs: 0,
      privilege: 'a',
    },
    {
      reason: 'NvidiaSmiMissing',
      severity: 'warn',
      reads: 'PATH and the folders of driver containers, GKE, Bottlerocket',
      limit: 'the driver is loaded, and nvidia-smi is nowhere',
      advice: 'Give its place with `--nvidia-smi`, mount it into the container, or install the tools of the driver.',
      raiseAfterMs: 2 * MINUTE_MS,
      clearAfterMs: 0,
      privilege: 'a',
    },
    {
      reason: 'NvidiaSmiFailed',
      severity: 'warn',
      reads: 'exit code and output of nvidia-smi -q -x',
      limit: 'any other failure, at two looks in a row',
      advice: 'Run `nvidia-smi -q` on the node and look at `dmesg | grep NVRM`.',
      // As for a hang: one failure may be a driver that is just being loaded.
      raiseAfterMs: 20_000,
      clearAfterMs: 0,
      privilege: 'a',
    },
  ],
  healthy: { reason: 'NodeHasGPUDriver', message: 'the driver is loaded and nvidia-smi fits to it' },
  unknownReason: 'GPUDriverUnknown',
  notApplicableReason: 'NoGPUPresent',
  moreNotApplicableReasons: ['NoGPUExpected'],
};
