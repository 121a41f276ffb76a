import type { GpuInventory } from './inventory.ts';

/** What may be seen of the node's GPUs where nvidia-smi runs: a container may have been given only some of them. */
export interface GpuVisibility {
  /** What its environment says that it was given; `unsaid` where it says nothing. */
  readonly given: 'all' | 'some' | 'unsaid';
  /** N of each node /dev/nvidiaN that may be opened; undefined where that cannot be told. */
  readonly nodes: ReadonlySet<number> | undefined;
  /** There is /dev/nvidiactl, without which nvidia-smi says nothing of GPUs at all. */
  readonly hasControlNode: boolean;
}

/** As on a host without containers. */
export const ALL_VISIBLE: GpuVisibility = { given: 'unsaid', nodes: undefined, hasControlNode: false };

/**
 * What the value of NVIDIA_VISIBLE_DEVICES says, see the documentation of the NVIDIA container toolkit: `all`, or a list of
 * indexes or UUIDs, for which other ways of handing out devices put words of their own. `void` and `none` keep the toolkit from
 * adding devices; some may have come otherwise (CDI), and nobody knows how many.
 */
export function givenBy(visibleDevices: string | undefined): GpuVisibility['given'] {
  const value = visibleDevices?.trim() ?? '';
  if (value === '' || value === 'void' || value === 'none') return 'unsaid';
  return value === 'all' ? 'all' : 'some';
}

/** Whether a GPU of the driver that nvidia-smi does not list is one that this container was not given, and so no fault. */
export function isHidden({ given, nodes }: GpuVisibility, { proc }: GpuInventory, address: string): boolean {
  if (given === 'all') return false;
  const { minor, uuid } = proc?.find((gpu) => gpu.address === address) ?? {};
  const hasNode = minor === undefined || nodes === undefined ? undefined : nodes.has(minor);
  if (given === 'some') return hasNode !== true;
  // The toolkit makes no node of a GPU that failed. One that has told its UUID was initialised, so somebody else may use it.
  return hasNode === false && nodes !== undefined && nodes.size > 0 && uuid !== undefined;
}
