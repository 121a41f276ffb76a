import type { LogFollower } from '../linux/log-follower.ts';
import type { GpuInventory } from './inventory/inventory.ts';
import type { SmiReader } from './smi/reader.ts';

/** What the checks share, so that each thing is asked once; a recording hands in its own. */
export interface GpuSources {
  readonly smi: SmiReader;
  readonly kernelLog: LogFollower;
  /** Throws where the PCI bus cannot be read. */
  readonly inventory: (root: string) => GpuInventory;
  /** How many device nodes /dev/nvidia0, /dev/nvidia1 … nvidia-smi may open where it runs: a container may have been given only some GPUs. Undefined where that cannot be told. */
  readonly deviceNodeCount: () => number | undefined;
}
