import type { Check, Look, LookEvent } from '../../core/check.ts';
import { isRecord } from '../../core/decode.ts';
import { type Verdict, healthy, problem, unknown } from '../../core/verdict.ts';
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
      // Where nvidia-smi is not to be found the kernel tells whether its driver is.
      const isLoaded = look.kind === 'missing' ? inventory(root).moduleVersion !== undefined : true;
      return { ...judgeDriver(look, isLoaded, memo), metrics: gpuMetrics(look) };
    },
  };
}

/** Pure. What only this container lacks (library, access) says nothing of the node: it is unknown, and names the remedy. */
export function judgeDriver(look: SmiLook, isDriverLoaded: boolean, memo: unknown): Look {
  if (look.kind === 'missing') {
    const reason = isDriverLoaded ? 'NvidiaSmiMissing' : 'DriverNotLoaded';
    const why = isDriverLoaded ? 'the driver is loaded' : 'GPUs on the PCI bus, no driver is loaded (/proc/driver/nvidia/version, /sys/module/nvidia)';
    return { verdicts: [problem(reason, SUBJECT, `${why}; ${look.message}`)] };
  }
  if (look.kind === 'answered') {
    const { verdicts, events, memo: told } = complaining(look.complaints, memo);
    return { verdicts: verdicts.length > 0 ? verdicts : [healthy], events, memo: told };
  }
  if (look.kind !== 'failed') return { verdicts: [withoutData(look)] };
  const verdicts = look.complaints.flatMap(failure);
  // What cannot be told must not hide what is known.
  const found = verdicts.some(({ kind }) => kind === 'problem') ? verdicts.filter((verdict) => verdict.kind === 'problem' || 'subject' in verdict) : verdicts;
  return { verdicts: found.length > 0 ? found : [unknown('nvidia-smi failed without a word')] };
}

/** Problems although data came. */
const DESPITE_DATA: ReadonlySet<ComplaintKind> = new Set(['power-cable', 'interrupt']);

/** What is told although data came: a power cable and an interrupt are problems, a corrupted InfoROM news once. */
function complaining(complaints: readonly Complaint[], memo: unknown): { readonly verdicts: readonly Verdict[]; readonly events: readonly LookEvent[]; readonly memo: unknown } {
  const told = isRecord(memo) && Array.isArray(memo['told']) ? memo['told'] : [];
  const corrupted = complaints.filter(({ kind }) => kind === 'inforom-corrupted').map(saidBy);
  return {
    verdicts: complaints.flatMap((complaint) => (DESPITE_DATA.has(complaint.kind) ? failure(complaint) : [])),
    events: corrupted.filter((text) => !told.includes(text)).map((text) => ({ severity: 'warn', reason: 'InfoROMCorrupted', message: `${text}; the GPU works, have it serviced when that suits` })),
    memo: { told: corrupted },
  };
}

const REASON_OF: Readonly<Partial<Record<ComplaintKind, string>>> = {
  'driver-not-loaded': 'DriverNotLoaded', 'library-mismatch': 'DriverLibraryMismatch', 'power-cable': 'PowerCableUnplugged', 'inforom-corrupted': 'InfoROMCorrupted',
};

/** Behind what nvidia-smi says: what only this container lacks, and what others tell. */
const REMEDY_OF: Readonly<Partial<Record<ComplaintKind, string>>> = {
  'library-missing': ": mount libnvidia-ml.so.1 of the driver's version beside nvidia-smi, or use the NVIDIA runtime class",
  'no-access': ': this container may not use the GPU devices; give it /dev/nvidiactl and /dev/nvidia*, or restart it if it lost them',
  'bad-question': ': this nvidia-smi does not know what it is asked',
  'gpu-lost': ', see GPUMissing',
  'no-devices': ', see GPUMissing',
};

function failure(complaint: Complaint): readonly Verdict[] {
  const [{ kind }, text] = [complaint, saidBy(complaint)];
  const reason = REASON_OF[kind];
  if (reason !== undefined) return [problem(reason, SUBJECT, text)];
  const remedy = REMEDY_OF[kind];
  return remedy === undefined ? seenTwice(problem('NvidiaSmiFailed', SUBJECT, text)) : [unknown(text + remedy)];
}
