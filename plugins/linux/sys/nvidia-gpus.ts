import { type PciFunction, listPciFunctions, readPciFunction, readPciVendor } from './pci-devices.ts';

/** NVIDIA; see pci.ids. */
const VENDOR = 0x10de;

/** VGA controller and 3D controller, without the programming interface. */
const GPU_CLASSES: ReadonlySet<number> = new Set([0x0300, 0x0302]);

/** NVIDIA's GPUs on the PCI bus: about 20 µs per function of the machine. Throws where it cannot be read: then nobody can say that there is none. */
export function readNvidiaGpus(root: string): readonly PciFunction[] {
  return listPciFunctions(root).toSorted().flatMap((address) => {
    if (readPciVendor(root, address) !== VENDOR) return [];
    const found = readPciFunction(root, address);
    // Shifted without sign: 0xff is a class.
    return found !== undefined && GPU_CLASSES.has(found.class >>> 8) ? [found] : [];
  });
}
