import { isCount, isRecord } from '../../core/decode.ts';
import type { RunChild } from '../../linux/child.ts';
import { readNvidiaModuleVersion } from '../../linux/proc/nvidia.ts';
import { hostPath } from '../../linux/read.ts';
import { readNvidiaGpus } from '../../linux/sys/nvidia-gpus.ts';
import type { PciFunction } from '../../linux/sys/pci-devices.ts';

/** What is known of the node's GPUs without their monitor. */
export interface GpuSight {
  /** Uptime of the look at the PCI bus. */
  readonly lookedMs: number;
  readonly hasGpus: boolean;
  /** Uptime since which they have had no driver, without a break; undefined if they have one, or none is there. */
  readonly undrivenSinceMs: number | undefined;
}

/** Cards are seldom plugged in. */
const LOOK_EVERY_MS = 300_000;

/** A driver that is compiled when the node has booted, or is updated, takes ten minutes. */
export const UNDRIVEN_MS = 15 * 60_000;

/** Looks at the PCI bus, unless it was looked at some minutes ago and all was well. Throws what `readNvidiaGpus` throws. */
export function sightOfGpus(root: string, before: GpuSight | undefined, uptimeMs: number): GpuSight {
  const isFresh = before !== undefined && uptimeMs >= before.lookedMs && uptimeMs - before.lookedMs < LOOK_EVERY_MS;
  if (isFresh && before.undrivenSinceMs === undefined) return before;
  const gpus = readNvidiaGpus(root);
  return judgeGpus(gpus, readNvidiaModuleVersion(root), before, uptimeMs);
}

/**
 * Are they without a driver? One that is bound to another than NVIDIA's is used by somebody: vfio-pci passes it on to a virtual
 * machine, nouveau shows a desktop; and the others of such a node wait for the same. Pure.
 */
function judgeGpus(gpus: readonly PciFunction[], moduleVersion: string | undefined, before: GpuSight | undefined, uptimeMs: number): GpuSight {
  const isUndriven = gpus.length > 0 && moduleVersion === undefined && gpus.every(({ driver }) => driver === undefined);
  return { lookedMs: uptimeMs, hasGpus: gpus.length > 0, undrivenSinceMs: isUndriven ? Math.min(before?.undrivenSinceMs ?? uptimeMs, uptimeMs) : undefined };
}

/** Of a memo that may be anybody's. */
export function readSight(value: unknown): GpuSight | undefined {
  if (!isRecord(value) || !isCount(value['lookedMs']) || typeof value['hasGpus'] !== 'boolean') return undefined;
  const { lookedMs, hasGpus, undrivenSinceMs } = value;
  return { lookedMs, hasGpus, undrivenSinceMs: isCount(undrivenSinceMs) ? undrivenSinceMs : undefined };
}

/** NVIDIA's programs for people and for containers, as packages, its GPU Operator and GKE install them. */
const PROGRAMS = ['usr/bin/nvidia-smi', 'usr/bin/nvidia-container-runtime', 'usr/local/nvidia/toolkit', 'run/nvidia', 'home/kubernetes/bin/nvidia'];

/** Has anybody prepared this node to use its GPUs? Asked of the disk by a child. Undefined where it does not answer. */
export async function areGpusWanted(root: string, { signal, run }: { readonly signal: AbortSignal; readonly run: RunChild }): Promise<boolean | undefined> {
  // Those that are there are told whether or not others are missing.
  const args = ['--printf=%n\\0', '--', ...PROGRAMS.map((path) => hostPath(root, path))];
  const found = await run({ command: 'stat', args, timeoutMs: 3_000, maxOutputBytes: 4_096, signal });
  return found.kind === 'exited' && found.code !== null ? found.stdout !== '' : undefined;
}
