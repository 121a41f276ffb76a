import { readNvidiaModuleVersion, readProcGpus } from '../../linux/proc/nvidia.ts';
import { listPciFunctions, readPciFunction, readPciVendor } from '../../linux/sys/pci-devices.ts';
import type { GpuInventory, PciGpu } from './inventory.ts';

/** NVIDIA; see pci.ids. */
const VENDOR = 0x10de;

/** VGA controller and 3D controller, without the programming interface; NVSwitches are bridges (0x0680), the sound of a board is 0x0403. */
const GPU_CLASSES: ReadonlySet<number> = new Set([0x0300, 0x0302]);

/** Throws where the PCI bus, or what NVIDIA's driver says of itself, cannot be read: then nobody can say that there is no GPU. */
export type ReadInventory = (root: string) => GpuInventory;

/**
 * A node has up to a thousand PCI functions, and a vendor costs 15 µs: of addresses that were there last time it is not asked
 * again. One that is unplugged and another that is plugged in between two looks at one address are both NVIDIA's or neither, or
 * seen as soon as the address is missed once.
 */
export function createInventoryReader(): ReadInventory {
  const vendors = new Map<string, number>();
  let lastRoot: string | undefined;

  function isNvidia(root: string, address: string): boolean {
    const vendor = vendors.get(address) ?? readPciVendor(root, address);
    if (vendor !== undefined) vendors.set(address, vendor);
    return vendor === VENDOR;
  }

  return (root) => {
    if (root !== lastRoot) vendors.clear();
    lastRoot = root;
    const addresses = listPciFunctions(root).toSorted();
    const present = new Set(addresses);
    for (const address of vendors.keys()) if (!present.has(address)) vendors.delete(address);
    const pci = addresses.filter((address) => isNvidia(root, address)).flatMap((address) => gpuOf(root, address));
    return { pci, proc: readProcGpus(root), moduleVersion: readNvidiaModuleVersion(root) };
  };
}

export const readInventory: ReadInventory = createInventoryReader();

function gpuOf(root: string, address: string): readonly PciGpu[] {
  const found = readPciFunction(root, address);
  // Shifted without sign: 0xff is a class.
  if (found === undefined || !GPU_CLASSES.has(found.class >>> 8)) return [];
  return [{ address, driver: found.driver, isVirtualFunction: found.isVirtualFunction }];
}
