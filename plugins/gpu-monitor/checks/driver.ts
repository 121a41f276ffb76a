import type { Check, Look, LookEvent } from '../../core/check.ts';
import { isRecord } from '../../core/decode.ts';
import { type Verdict, healthy, problem, unknown } from '../../core/verdict.ts';
import type { GpuInventory } from '../inventory/inventory.ts';
import { gpuMetrics } from '../metrics.ts';
import type { GpuSettings } from '../settings.ts';
import type { Complaint, ComplaintKind, SmiLook } from '../smi/look.ts';
import type { GpuSources } from '../sources.ts';
import { SMI_TIMES, saidBy, seenTwice, smiScene, withoutData } from './smi-look.ts';

const SUBJECT = 'driver';

/** Is the driver there, and does nvidia-smi fit to it? Numbers of all GPUs for /metrics come from here, too. */
export function driver({ smi, inventory }: GpuSources): Check<GpuSettings> {
  return {
    name: 'driver',
    condition: 'GPUDriverUnhealthy',
    ...SMI_TIMES,
    async look({ root, settings, memo }) {
      const look = await smi.look(smiScene(root, settings));
      return { ...judgeDriver(look, () => inventory(root), memo), metrics: gpuMetrics(look) };
    },
  };
}

/**
 * Pure, but for what it is given to ask. What only this container lacks (library, access) says nothing of the node: it is unknown,
 * and names the remedy.
 *
 * @param inventory asked only where nvidia-smi is not to be found, or is not the driver's; may throw
 */
export function judgeDriver(look: SmiLook, inventory: () => GpuInventory, memo: unknown): Look {
  if (look.kind === 'missing') return { verdicts: withoutTool(look.message, inventory()) };
  if (look.kind === 'answered') {
    const { verdicts, events, memo: told } = complaining(look.complaints, memo);
    return { verdicts: verdicts.length > 0 ? verdicts : [healthy], events, memo: told };
  }
  if (look.kind !== 'failed') return { verdicts: [withoutData(look)] };
  const verdicts = look.complaints.flatMap((complaint) => failure(complaint.kind === 'library-mismatch' ? withModule(complaint, inventory) : complaint));
  // What cannot be told must not hide what is known.
  const found = verdicts.some(({ kind }) => kind === 'problem') ? verdicts.filter((verdict) => verdict.kind === 'problem' || 'subject' in verdict) : verdicts;
  return { verdicts: found.length > 0 ? found : [unknown('nvidia-smi failed without a word')] };
}

/** Where nvidia-smi is not to be found the kernel tells whether its driver is. A driver's container comes minutes after the boot, and the tool with it. */
function withoutTool(message: string, { moduleVersion, pci }: GpuInventory): readonly Verdict[] {
  if (moduleVersion !== undefined) return seenTwice(problem('NvidiaSmiMissing', SUBJECT, `the driver is loaded; ${message}`));
  const what = pci.length === 0 ? 'no NVIDIA GPU is on the PCI bus' : 'NVIDIA GPUs are on the PCI bus';
  return seenTwice(problem('DriverNotLoaded', SUBJECT, `${what}, no driver is loaded (/proc/driver/nvidia/version, /sys/module/nvidia); ${message}`));
}

/** With the version of the loaded module, where that can be told. */
function withModule(complaint: Complaint, inventory: () => GpuInventory): Complaint {
  try {
    const { moduleVersion } = inventory();
    return moduleVersion === undefined ? complaint : { ...complaint, text: `${saidBy(complaint)}; version of the loaded module: ${moduleVersion}` };
  } catch {
    return complaint;
  }
}

/** Problems although data came: also an end as of a crash, whose data may be whole by chance. */
const DESPITE_DATA: ReadonlySet<ComplaintKind> = new Set(['power-cable', 'interrupt']);

function isDespiteData({ kind, address }: Complaint): boolean {
  return DESPITE_DATA.has(kind) || (kind === 'other' && address === undefined);
}

/** What is told although data came: a power cable, an interrupt and a crash are problems, a corrupted InfoROM news once. */
function complaining(complaints: readonly Complaint[], memo: unknown): { readonly verdicts: readonly Verdict[]; readonly events: readonly LookEvent[]; readonly memo: unknown } {
  const told = isRecord(memo) && Array.isArray(memo['told']) ? memo['told'] : [];
  const corrupted = complaints.filter(({ kind }) => kind === 'inforom-corrupted').map(saidBy);
  return {
    verdicts: complaints.flatMap((complaint) => (isDespiteData(complaint) ? failure(complaint) : [])),
    events: corrupted.filter((text) => !told.includes(text)).map((text) => ({ severity: 'warn', reason: 'InfoROMCorrupted', message: `${text}; the GPU works, have it serviced when that suits` })),
    memo: { told: corrupted },
  };
}

const REASON_OF: Readonly<Partial<Record<ComplaintKind, string>>> = {
  'driver-not-loaded': 'DriverNotLoaded', 'library-mismatch': 'DriverLibraryMismatch', 'power-cable': 'PowerCableUnplugged', 'inforom-corrupted': 'InfoROMCorrupted',
};

/** A driver that is being loaded or updated looks like this for a while. */
const PASSING: ReadonlySet<ComplaintKind> = new Set(['driver-not-loaded', 'library-mismatch']);

/** Behind what nvidia-smi says: what only this container lacks, and what others tell. */
const REMEDY_OF: Readonly<Partial<Record<ComplaintKind, string>>> = {
  'library-missing': ": mount libnvidia-ml.so.1 of the driver's version beside nvidia-smi, or use the NVIDIA runtime class",
  'no-access': ': this container may not use the GPU devices; give it /dev/nvidiactl and /dev/nvidia*, or restart it if it lost them',
  'bad-question': ': this nvidia-smi does not know what it is asked',
  'gpu-lost': ', see GPUMissing',
  'no-devices': ', see GPUMissing',
  'reset-required': ', see GPURecoveryRequired',
};

function failure(complaint: Complaint): readonly Verdict[] {
  const [{ kind }, text] = [complaint, saidBy(complaint)];
  const reason = REASON_OF[kind];
  if (reason !== undefined && PASSING.has(kind)) return seenTwice(problem(reason, SUBJECT, text));
  if (reason !== undefined) return [problem(reason, SUBJECT, text)];
  const remedy = REMEDY_OF[kind];
  return remedy === undefined ? seenTwice(problem('NvidiaSmiFailed', SUBJECT, text)) : [unknown(text + remedy)];
}
