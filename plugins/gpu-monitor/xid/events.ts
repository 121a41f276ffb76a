import type { EventSpec } from '../../core/conditions.ts';

/** Events of the kernel log that belong to no condition. */
export const xidEvents: readonly EventSpec[] = [
  {
    reason: 'GPUXid',
    severity: 'warn',
    reads: '/dev/kmsg',
    meaning: 'an XID or SXid that asks for no reset; for information where the program alone is to blame; one event per burst with the number of lines, and one at its end if more came',
  },
  {
    reason: 'KernelLogRecordsLost',
    severity: 'info',
    reads: '/dev/kmsg',
    meaning: 'the kernel overwrote messages before they were read, an XID may have been among them',
  },
  {
    reason: 'KernelLogNotReadable',
    severity: 'info',
    reads: '/dev/kmsg',
    meaning: 'XIDs are not judged for want of a privilege or of the device; said once',
  },
];
