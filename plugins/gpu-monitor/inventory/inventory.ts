/** An NVIDIA GPU on the PCI bus (vendor 0x10de, class 0x0300 or 0x0302), as sysfs tells it. */
export interface PciGpu {
  /** `0000:53:00.0` */
  readonly address: string;
  /** Name of the bound driver: `nvidia`, `vfio-pci`, `nouveau`; undefined where none is bound. */
  readonly driver: string | undefined;
  /** A virtual function of another GPU (SR-IOV, vGPU host). */
  readonly isVirtualFunction: boolean;
}

/** A GPU that the driver has taken. */
interface ProcGpu {
  readonly address: string;
  /** Undefined until the driver has initialised the GPU for the first time. */
  readonly uuid: string | undefined;
  /** N of its node /dev/nvidiaN, where it is told. */
  readonly minor?: number;
}

/** What the kernel knows of NVIDIA GPUs, without asking the driver anything. */
export interface GpuInventory {
  readonly pci: readonly PciGpu[];
  /** Folders of /proc/driver/nvidia/gpus with what their `information` tells; undefined where there is no such folder (no driver, or a runtime that masks it). */
  readonly proc: readonly ProcGpu[] | undefined;
  /** `/proc/driver/nvidia/version` or /sys/module/nvidia/version: the kernel module's version; undefined where it is not loaded. */
  readonly moduleVersion: string | undefined;
}

/** The name of NVIDIA's driver on the PCI bus. */
const NVIDIA_DRIVER = 'nvidia';

/** The kernel's own driver takes what NVIDIA's did not take first: nobody has given the GPU to it. */
export const KERNEL_DRIVER = 'nouveau';

/** Another driver has it on purpose, most of them for virtual machines: vfio-pci, nvgrace-gpu-vfio-pci, xen-pciback, pci-stub … */
function isGivenAway({ driver }: Pick<PciGpu, 'driver'>): boolean {
  return driver !== undefined && driver !== NVIDIA_DRIVER && driver !== KERNEL_DRIVER;
}

/** Addresses of GPUs that were given away. */
export function givenAway({ pci }: GpuInventory): ReadonlySet<string> {
  return new Set(pci.filter(isGivenAway).map(({ address }) => address));
}

/** Addresses of GPUs that belong to the NVIDIA driver: neither given away, nor functions of vGPUs. */
export function ours({ pci, proc }: GpuInventory): readonly string[] {
  const own = pci.filter(({ driver, isVirtualFunction }) => driver === NVIDIA_DRIVER && !isVirtualFunction).map(({ address }) => address);
  return [...new Set([...own, ...(proc ?? []).map(({ address }) => address)])].toSorted();
}

/** All on the bus that are for this node's own driver, whether it took them or not. */
export function candidates({ pci }: GpuInventory): readonly string[] {
  return pci.filter((gpu) => !gpu.isVirtualFunction && !isGivenAway(gpu)).map(({ address }) => address);
}
