import type { Check, Look, Reading } from '../../core/check.ts';
import { isRecord } from '../../core/decode.ts';
import { PART_MARK, type Problem, type Unknown, type Verdict, unknownOf } from '../../core/verdict.ts';
import { parseUptimeMs } from '../../linux/proc/uptime.ts';
import { readText, valueOrThrow } from '../../linux/read.ts';
import { describeGpu, isLost } from '../device.ts';
import { givenAway } from '../inventory/inventory.ts';
import type { GpuSettings } from '../settings.ts';
import type { Complaint, ComplaintKind, SmiLook } from '../smi/look.ts';
import type { GpuRecord, SmiDocument } from '../smi/record.ts';
import type { GpuSources } from '../sources.ts';
import { SMI_TIMES, smiScene, withoutData } from './smi-look.ts';

/** What one GPU is judged by. */
export interface GpuContext {
  readonly gpu: GpuRecord;
  /** For messages, see `describeGpu`. */
  readonly name: string;
  readonly settings: GpuSettings;
  /** What the look before kept of this GPU, and how long ago by the host's uptime; undefined for its first in this boot. */
  readonly before: { readonly memo: unknown; readonly intervalMs: number } | undefined;
  /** What is usual for this GPU, also from earlier boots. */
  readonly baseline: unknown;
}

export interface GpuFinding {
  readonly verdicts: readonly Verdict[];
  readonly memo?: unknown;
  /** Without it the one before stays. */
  readonly baseline?: unknown;
  readonly readings?: readonly Reading[];
}

/** What a check keeps: the uptime of its look, and something of each GPU. */
interface Memo {
  readonly uptimeMs: number;
  readonly gpus: Readonly<Record<string, unknown>>;
}

/** More than these are not remembered: addresses come from outside. */
const MOST_REMEMBERED = 64;

/** What is found of GPUs that stand beside the output, whose subjects need not be unknown then. */
type JudgeBeside = (complaints: readonly Complaint[], gpus: readonly GpuRecord[]) => readonly Problem[];

const NOTHING: JudgeBeside = () => [];

/** A check that judges each GPU by itself, from one shared look at nvidia-smi. GPUs of which nothing can be told are unknown, and the others judged. */
export function perGpu({ smi, inventory }: GpuSources, name: string, condition: string, judge: (context: GpuContext) => GpuFinding, beside = NOTHING): Check<GpuSettings> {
  return {
    name,
    condition,
    ...SMI_TIMES,
    async look({ root, settings, memo, baseline }) {
      const look = await smi.look(smiScene(root, settings));
      if (look.kind !== 'answered') return { verdicts: blind(look, look.kind === 'failed' ? beside(look.complaints, []) : [], memoOf(memo)) };
      const uptimeMs = parseUptimeMs(valueOrThrow(readText(root, 'proc/uptime', { maxBytes: 4096 })));
      return judgeAll(look, { settings, uptimeMs, memo: memoOf(memo), baseline: isRecord(baseline) ? baseline : {}, givenAway: () => givenAway(inventory(root)) }, judge, beside);
    },
  };
}

/** Without data. What was found beside it stays visible: the others are unknown one by one, and not all together. */
function blind(look: Exclude<SmiLook, { readonly kind: 'answered' }>, found: readonly Problem[], memo: Memo | undefined): readonly Verdict[] {
  const verdict = withoutData(look);
  if (found.length === 0 || verdict.kind !== 'unknown') return [verdict];
  const subjects = new Set(found.map(({ subject }) => wholeOf(subject)));
  const others = [...Object.keys(memo?.gpus ?? {}), 'others'].filter((subject) => !subjects.has(subject));
  return [...found, ...others.map((subject) => unknownOf(subject, verdict.message))];
}

/** The address in a subject. */
function wholeOf(subject: string): string {
  return subject.split(PART_MARK, 1)[0] ?? subject;
}

interface Before {
  readonly settings: GpuSettings;
  readonly uptimeMs: number;
  readonly memo: Memo | undefined;
  readonly baseline: Readonly<Record<string, unknown>>;
  /** Addresses of GPUs that belong to another driver by now; may throw. Asked for only if a GPU is missed. */
  readonly givenAway: () => ReadonlySet<string>;
}

type Answered = Pick<Extract<SmiLook, { readonly kind: 'answered' }>, 'document' | 'complaints'>;

/** Pure, but for what it is given to ask. */
export function judgeAll({ document, complaints }: Answered, { settings, uptimeMs, memo, baseline, givenAway }: Before, judge: (context: GpuContext) => GpuFinding, beside = NOTHING): Look {
  const found = beside(complaints, document.gpus);
  const told = new Set(found.map(({ subject }) => wholeOf(subject)));
  const judged = document.gpus.map((gpu): readonly [GpuRecord, GpuFinding] => {
    const name = describeGpu(gpu);
    if (isLost(gpu)) return [gpu, { verdicts: [unknownOf(gpu.address, `${name}: is lost, see GPUMissing`)] }];
    const isKnown = memo !== undefined && Object.hasOwn(memo.gpus, gpu.address) && uptimeMs > memo.uptimeMs;
    const before = isKnown ? { memo: memo.gpus[gpu.address], intervalMs: uptimeMs - memo.uptimeMs } : undefined;
    return [gpu, named(judge({ gpu, name, settings, before, baseline: baseline[gpu.address] }))];
  });
  const others = ownOf(memo?.gpus ?? {}, document.gpus, givenAway);
  const usual = fewest(judged.flatMap(([{ address }, finding]) => (finding.baseline === undefined ? [] : [[address, finding.baseline]])), baseline);
  return {
    verdicts: [...onceMissing(judged.flatMap(([, { verdicts }]) => verdicts)), ...found, ...unread(document, complaints, Object.keys(others)).filter(({ subject }) => subject === undefined || !told.has(subject))],
    memo: { uptimeMs, gpus: fewest(judged.map(([{ address }, finding]) => [address, finding.memo ?? null]), others) },
    ...(Object.keys(usual).length === 0 ? {} : { baseline: usual }),
    readings: judged.flatMap(([, { readings = [] }]) => readings),
  };
}

/** GPUs of earlier looks that this output does not hold, without those that were given to another driver on purpose since. */
function ownOf(known: Memo['gpus'], gpus: readonly GpuRecord[], givenAway: () => ReadonlySet<string>): Memo['gpus'] {
  const listed = new Set(gpus.map(({ address }) => address));
  const others = Object.entries(known).filter(([address]) => !listed.has(address));
  if (others.length === 0) return {};
  let away: ReadonlySet<string> = new Set();
  try {
    away = givenAway();
  } catch {
    // They count as ours until somebody can tell.
  }
  return Object.fromEntries(others.filter(([address]) => !away.has(address)));
}

/** GPUs that this output does not hold: those of earlier looks, and those that nvidia-smi names beside it, by name; others as a whole. */
function unread({ gpus, attachedGpus, isWhole, source }: SmiDocument, complaints: readonly Complaint[], known: readonly string[]): readonly Unknown[] {
  const listed = new Set(gpus.map(({ address }) => address));
  const named = (meant: ComplaintKind): readonly string[] => unique(complaints.flatMap(({ kind, address }) => (kind === meant && address !== undefined && !listed.has(address) ? [address] : [])));
  const lost = named('gpu-lost');
  const toReset = named('reset-required').filter((address) => !lost.includes(address));
  const beside = [...lost, ...toReset];
  const gone = known.filter((address) => !listed.has(address) && !beside.includes(address));
  const isExplained = attachedGpus !== undefined && beside.length > 0 && gpus.length + beside.length === attachedGpus;
  return [
    ...lost.map((address) => unknownOf(address, `GPU ${address}: is lost, see GPUMissing`)),
    ...toReset.map((address) => unknownOf(address, `GPU ${address}: requires a reset, see GPURecoveryRequired`)),
    ...gone.map((address) => unknownOf(address, `GPU ${address}: nvidia-smi no longer lists it, see GPUMissing`)),
    ...(isWhole || isExplained ? [] : [unknownOf('others', `the output of ${source} is not whole`)]),
  ];
}

function unique(addresses: readonly string[]): readonly string[] {
  return [...new Set(addresses)];
}

/** What no GPU reports is no sign that there is none. */
function named(finding: GpuFinding): GpuFinding {
  return { ...finding, verdicts: finding.verdicts.map((verdict) => (verdict.kind === 'not-applicable' ? { reason: 'NotReportedByGPU', ...verdict } : verdict)) };
}

/** What boards of one kind lack is said once. */
function onceMissing(verdicts: readonly Verdict[]): readonly Verdict[] {
  const said = new Set<string>();
  return verdicts.filter((verdict) => verdict.kind !== 'not-applicable' || (!said.has(verdict.message) && said.add(verdict.message)));
}

/** By address: what is new first, then what is kept of others. */
function fewest(now: readonly (readonly [string, unknown])[], before: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  const addresses = new Set(now.map(([address]) => address));
  const kept = Object.entries(before).filter(([address]) => !addresses.has(address));
  return Object.fromEntries([...now, ...kept].slice(0, MOST_REMEMBERED));
}

function memoOf(memo: unknown): Memo | undefined {
  if (!isRecord(memo) || typeof memo['uptimeMs'] !== 'number' || !isRecord(memo['gpus'])) return undefined;
  return { uptimeMs: memo['uptimeMs'], gpus: memo['gpus'] };
}
