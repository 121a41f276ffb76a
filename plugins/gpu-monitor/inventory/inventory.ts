/** An NVIDIA GPU on the PCI bus (vendor 0x10de, class 0x0300 or 0x0302), as sysfs tells it. */
export interface PciGpu {
  /** `0000:53:00.0` */
  readonly address: string;
  /** Name of the bound driver: `nvidia`, `vfio-pci`, `nouveau`; undefined where none is bound. */
  readonly driver: string | undefined;
  /** A virtual function of another GPU (SR-IOV, vGPU host). */
  readonly isVirtualFunction: boolean;
}

/** What the kernel knows of NVIDIA GPUs, without asking the driver anything. */
export interface GpuInventory {
  readonly pci: readonly PciGpu[];
  /** Folders of /proc/driver/nvidia/gpus with the UUID that their `information` tells; undefined where there is no such folder (no driver, or a runtime that masks it). */
  readonly proc: readonly { readonly address: string; readonly uuid: string | undefined }[] | undefined;
  /** `/proc/driver/nvidia/version` or /sys/module/nvidia/version: the kernel module's version; undefined where it is not loaded. */
  readonly moduleVersion: string | undefined;
}

/** The name of NVIDIA's driver on the PCI bus. */
export const NVIDIA_DRIVER = 'nvidia';

/** Addresses of GPUs that another driver has: they were given to virtual machines (vfio-pci), or to nouveau, on purpose. */
export function givenAway({ pci }: GpuInventory): ReadonlySet<string> {
  return new Set(pci.filter(({ driver }) => driver !== undefined && driver !== NVIDIA_DRIVER).map(({ address }) => address));
}
