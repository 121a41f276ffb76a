import { mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { normalAddress } from '../../plugins/gpu-monitor/smi/address.ts';
import { type HostTree, hostTree } from './host-tree.ts';
import { addressOf } from './smi-leaves.ts';

/** A healthy host with `count` NVIDIA GPUs on its PCI bus, whose driver is loaded; the addresses are those of smi-xml.ts. Its kernel log is empty. */
export function gpuHostTree(count: number): HostTree {
  const host = hostTree();
  for (let gpu = 0; gpu < count; gpu++) {
    const folder = `sys/bus/pci/devices/${normalAddress(addressOf(gpu))}`;
    host.write(`${folder}/vendor`, '0x10de\n');
    host.write(`${folder}/class`, '0x030200\n');
    symlinkSync('../../../../bus/pci/drivers/nvidia', join(host.root, folder, 'driver'));
  }
  host.write('proc/driver/nvidia/version', 'NVRM version: NVIDIA UNIX x86_64 Kernel Module  580.105.08  Wed Oct 29 23:15:11 UTC 2025\nGCC version:  gcc version 12.3.0\n');
  mkdirSync(join(host.root, 'dev'), { recursive: true });
  host.write('dev/kmsg', '');
  return host;
}
