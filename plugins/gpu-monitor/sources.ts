import type { LogFollower } from '../linux/log-follower.ts';
import type { GpuInventory } from './inventory/inventory.ts';
import type { GpuVisibility } from './inventory/visibility.ts';
import type { SmiReader } from './smi/reader.ts';

/** What the checks share, so that each thing is asked once; a recording hands in its own. */
export interface GpuSources {
  readonly smi: SmiReader;
  readonly kernelLog: LogFollower;
  /** Throws where the PCI bus cannot be read. */
  readonly inventory: (root: string) => GpuInventory;
  /** What may be seen of GPUs where nvidia-smi runs. */
  readonly visibility: () => GpuVisibility;
}
