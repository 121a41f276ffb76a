import type { Check } from '../../core/check.ts';
import { isRecord } from '../../core/decode.ts';
import { type Verdict, healthy, notApplicable, partOf, problem } from '../../core/verdict.ts';
import { productOf } from '../device.ts';
import type { GpuSettings } from '../settings.ts';
import { type NumberRead, numberOf, wordOf } from '../smi/read-field.ts';
import type { GpuSources } from '../sources.ts';
import { cannotTell, notReported } from './judging.ts';
import { type GpuContext, type GpuFinding, perGpu } from './per-gpu.ts';

/** In these the link is in use; boards that idle save power, by fewer lanes too. */
const BUSY: ReadonlySet<string> = new Set(['P0', 'P1', 'P2']);

/** Any performance state; see nvidia-smi(1). */
const STATE = /^P(?:\d|1[0-5])$/;

const MINUTE_MS = 60_000;

/** The usual rate of replays follows what is seen that slowly: about a day of looks. */
const USUAL_SHARE = 1 / 2_880;

/** So many times the usual rate is out of the ordinary. */
const UNUSUAL_FACTOR = 10;

/** What is usual for one link. */
interface Usual {
  /** Most lanes ever seen in use. */
  readonly width: number | undefined;
  readonly replaysPerMinute: number;
}

const NOTHING: Usual = { width: undefined, replaysPerMinute: 0 };

/** Parts of a GPU that are judged by themselves. */
const [WIDTH, REPLAYS] = ['width', 'replays'];

/** Lanes that were lost, and a link that repeats itself, against what this very GPU usually has: boards with half their lanes are as healthy as others. */
export function pcie(sources: GpuSources): Check<GpuSettings> {
  return perGpu(sources, 'pcie', 'GPUInterconnectFault', judgePcie);
}

/** Pure. */
export function judgePcie(context: GpuContext): GpuFinding {
  const { gpu, baseline, before } = context;
  const usual = usualOf(baseline, uuidOf(gpu));
  const [width, replays] = [numberOf(gpu.fields.linkWidthCurrent, 'x'), numberOf(gpu.fields.replayCounter, '')];
  const rate = replayRate(context, replays);
  const isUnusual = rate !== undefined && rate > context.settings.pcieReplaysMaxPerMinute && rate > usual.replaysPerMinute * UNUSUAL_FACTOR;
  const lanes = judgeWidth(context, width, usual.width);
  const verdicts = [...lanes, ...judgeReplays(context, replays, isUnusual)];
  const narrow = lanes.some(({ kind }) => kind === 'problem') || (width.kind !== 'number' && wasNarrow(before?.memo));
  return {
    verdicts: verdicts.some(({ kind }) => kind !== 'not-applicable') ? verdicts : [notApplicable(`${productOf(gpu)} reports no PCIe link`)],
    memo: { ...(replays.kind === 'number' ? { replays: replays.value } : {}), ...(narrow ? { narrow } : {}) },
    // Nobody gets used to what is out of the ordinary.
    baseline: nextUsual(context, usual, width, isUnusual ? undefined : rate),
    readings: [
      ...(width.kind === 'number' ? [{ name: 'pcie_width', subject: gpu.address, value: width.value, unit: 'count', source: 'nvidia-smi -q -x, current_link_width' }] : []),
      ...(rate === undefined ? [] : [{ name: 'pcie_replays_per_minute', subject: gpu.address, value: Math.round(rate * 10) / 10, unit: 'count', source: 'nvidia-smi -q -x, replay_counter' }]),
    ],
  };
}

function nextUsual(context: GpuContext, usual: Usual, width: NumberRead, rate: number | undefined): Usual & { readonly uuid: unknown } {
  const { gpu, baseline } = context;
  return {
    uuid: uuidOf(gpu) ?? (isRecord(baseline) ? baseline['uuid'] : undefined),
    width: width.kind === 'number' && isBusy(context) ? Math.max(width.value, usual.width ?? 0) : usual.width,
    replaysPerMinute: rate === undefined ? usual.replaysPerMinute : usual.replaysPerMinute + (rate - usual.replaysPerMinute) * USUAL_SHARE,
  };
}

/** Fewer lanes are a problem once they were seen in use; from then on until all are back, since an idle GPU proves nothing. */
function judgeWidth(context: GpuContext, width: NumberRead, usual: number | undefined): readonly Verdict[] {
  const { gpu: { address, fields }, name, before } = context;
  if (width.kind === 'bad') return [cannotTell(context, 'current_link_width', width.text, WIDTH)];
  if (width.kind === 'none') {
    return usual === undefined ? notReported(context, 'linkWidthCurrent', 'current_link_width') : [cannotTell(context, 'current_link_width', 'nothing, though it was there before', WIDTH)];
  }
  if (usual === undefined || width.value >= usual) return [healthy];
  if (isBusy(context) || wasNarrow(before?.memo)) return [problem('PCIeLinkDegraded', partOf(address, WIDTH), `${name}: its PCIe link has fewer lanes than the ${usual} it had before`)];
  const state = fields.performanceState;
  if (state.kind === 'value' && STATE.test(state.text)) return [healthy];
  return [cannotTell(context, 'performance_state', state.kind === 'absent' ? 'nothing' : state.text, WIDTH)];
}

function judgeReplays(context: GpuContext, replays: NumberRead, isUnusual: boolean): readonly Verdict[] {
  const { gpu: { address }, name, settings: { pcieReplaysMaxPerMinute } } = context;
  if (replays.kind === 'bad') return [cannotTell(context, 'replay_counter', replays.text, REPLAYS)];
  if (replays.kind === 'none') return notReported(context, 'replayCounter', 'replay_counter');
  return [isUnusual ? problem('PCIeLinkDegraded', partOf(address, REPLAYS), `${name}: its PCIe link repeats more than ${pcieReplaysMaxPerMinute} packets a minute, far more than usual (replay_counter)`) : healthy];
}

function isBusy({ gpu }: GpuContext): boolean {
  const state = wordOf(gpu.fields.performanceState);
  return state.kind === 'word' && BUSY.has(state.text);
}

function wasNarrow(memo: unknown): boolean {
  return isRecord(memo) && memo['narrow'] === true;
}

function replayRate({ before }: GpuContext, replays: NumberRead): number | undefined {
  const last = isRecord(before?.memo) ? before.memo['replays'] : undefined;
  if (replays.kind !== 'number' || before === undefined || typeof last !== 'number' || replays.value < last) return undefined;
  return ((replays.value - last) / before.intervalMs) * MINUTE_MS;
}

function uuidOf({ fields: { uuid } }: GpuContext['gpu']): string | undefined {
  return uuid.kind === 'value' ? uuid.text : undefined;
}

/** Of another board in the same slot nothing is known. */
function usualOf(baseline: unknown, uuid: string | undefined): Usual {
  if (!isRecord(baseline) || (uuid !== undefined && typeof baseline['uuid'] === 'string' && baseline['uuid'] !== uuid)) return NOTHING;
  const { width, replaysPerMinute: rate } = baseline;
  return { width: typeof width === 'number' ? width : undefined, replaysPerMinute: typeof rate === 'number' && rate >= 0 ? rate : 0 };
}
