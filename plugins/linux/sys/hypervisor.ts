import { readIfThere } from '../read.ts';

/** Clocks that a hypervisor gives its guests; also listed where the guest uses another (tsc). */
const GUEST_CLOCK = /\b(?:kvm-clock|hyperv_clocksource_\w+|xen)\b/;

/** Maker and model that hypervisors write into the DMI table of their guests; `.metal` of Amazon is the bare machine. */
const GUEST_BOARD = /QEMU|KVM|VMware|VirtualBox|Virtual Machine|Compute Engine|Virtualization|OpenStack|Alibaba Cloud ECS|^Amazon EC2 (?!.*metal)/;

/**
 * By what this host shows that it is a virtual machine, or undefined for a bare one: a clock of the hypervisor's, the CPU flag `hypervisor` of x86,
 * what the DMI table says, or the device tree of a made-up board. Throws for a file that cannot be read.
 */
export function hypervisorSign(root: string): string | undefined {
  const [clock] = GUEST_CLOCK.exec(readIfThere(root, 'sys/devices/system/clocksource/clocksource0/available_clocksource') ?? '') ?? [];
  if (clock !== undefined) return clock;
  if (/^flags\t*:.* hypervisor( |$)/m.test(readIfThere(root, 'proc/cpuinfo') ?? '')) return 'CPU flag hypervisor';
  const board = ['sys_vendor', 'product_name'].map((name) => readIfThere(root, `sys/devices/virtual/dmi/id/${name}`)?.trim() ?? '').join(' ');
  if (GUEST_BOARD.test(board)) return 'DMI table';
  return readIfThere(root, 'sys/firmware/devicetree/base/compatible')?.startsWith('linux,dummy-virt') === true ? 'device tree' : undefined;
}
