import type { Check, Look, LookEvent, Reading, Scene } from '../../core/check.ts';
import { isCount, isRecord } from '../../core/decode.ts';
import { withoutPercent } from '../../core/text.ts';
import { type Verdict, notApplicable, unknown } from '../../core/verdict.ts';
import type { LogNews } from '../../linux/log-follower.ts';
import type { GpuSettings } from '../settings.ts';
import { xidClassesOf } from '../settings/xid.ts';
import type { SmiLook } from '../smi/look.ts';
import type { GpuRecord } from '../smi/record.ts';
import { NONE_EXPECTED } from '../smi/scene.ts';
import type { GpuSources } from '../sources.ts';
import { QUIET_MS, tellBursts } from '../xid/bursts.ts';
import { hearDriver } from '../xid/driver-word.ts';
import { type Fold, takeMessage } from '../xid/fold.ts';
import { type History, decodeHistory, encodeHistory, remember, timesOf } from '../xid/history.ts';
import { fallenOffOf, judge, metricsOf, readingsOf } from '../xid/judge.ts';
import { type XidKnowledge, createXidKnowledge } from '../xid/knowledge.ts';
import { type Site, classOnSite } from '../xid/site.ts';
import { hearCounters } from '../xid/renewal.ts';
import { withoutData } from './smi-look.ts';
import { type XidState, decodeState, emptyState, encodeState } from '../xid/state.ts';

/** Of the look through nvidia-smi only what it last gave is used: this check starts none. */
export type XidSources = Pick<GpuSources, 'kernelLog' | 'inventory'> & { readonly smi: Pick<GpuSources['smi'], 'last'> };

export interface XidOptions {
  /** Where other checks learn which GPUs fell off the bus. */
  readonly knowledge?: XidKnowledge;
  /** Milliseconds since 1970. */
  readonly wallMs?: () => number;
}

/** What is kept between two looks of one boot. */
interface Memo {
  readonly position: unknown;
  readonly state: XidState;
  readonly lostCount: number;
  /** When records were last lost; 0 for never. */
  readonly lostAtMs: number;
  /** It was said that the log cannot be read. */
  readonly isUnreadableTold: boolean;
}

/**
 * Did the driver log an error after which a GPU is not to be used? The kernel log is followed from where the last look left off,
 * XIDs and SXids are counted per device, and what asks for a reset or worse lasts until something shows that it is over: the
 * boot, a driver that was loaded again, the driver's own word that there is nothing to recover any more, or counters that began anew.
 */
export function xidErrors(sources: XidSources, { knowledge = createXidKnowledge(), wallMs = Date.now }: XidOptions = {}): Check<GpuSettings> {
  /** The last look through nvidia-smi that was heard, by this process. */
  let heard: SmiLook | undefined;
  return {
    name: 'xid',
    condition: 'GPUXidError',
    periodMs: 10_000,
    timeoutMs: 8_000,
    async look(scene) {
      const smi = sources.smi.last();
      const nowhere = withoutGpu(sources, scene, smi);
      if (nowhere !== undefined) return { verdicts: [nowhere] };
      const ended = knowledge.looking();
      try {
        const { look, fallenOff } = await readAndJudge(sources, scene, { smi, isNew: smi !== heard }, Math.trunc(wallMs()));
        if (fallenOff !== undefined) heard = smi;
        ended(fallenOff);
        return look;
      } finally {
        ended();
      }
    },
  };
}

/** By nvidia-smi's last look, or before its first one by the bus; what cannot be read is told by the other checks. */
function withoutGpu({ inventory }: XidSources, { root, settings }: Scene<GpuSettings>, smi: SmiLook | undefined): Verdict | undefined {
  if (settings.expectGpus === 'none') return withoutData(NONE_EXPECTED);
  if (smi !== undefined) return smi.kind === 'no-gpu' ? withoutData(smi) : undefined;
  try {
    const { pci, proc, moduleVersion } = inventory(root);
    return pci.length === 0 && proc === undefined && moduleVersion === undefined ? notApplicable('no NVIDIA GPU on the PCI bus') : undefined;
  } catch {
    return undefined;
  }
}

interface Found {
  readonly look: Look;
  /** Undefined where the log could not be read. */
  readonly fallenOff?: readonly string[];
}

/** What nvidia-smi last told, and whether no look at the log has heard it yet. */
interface Driver {
  readonly smi: SmiLook | undefined;
  readonly isNew: boolean;
}

async function readAndJudge({ kernelLog }: XidSources, { root, settings, memo, baseline, signal }: Scene<GpuSettings>, { smi, isNew }: Driver, nowMs: number): Promise<Found> {
  const before = decodeMemo(memo);
  const fold = startFold(before.state, decodeHistory(baseline), settings, nowMs);
  const news = await kernelLog.read(root, before.position, ({ text }) => takeMessage(fold, text), signal);
  // What was read up to an error is read again by the next look.
  if (news.kind === 'failed' || (news.kind !== 'ok' && kernelLog.isGiven === true)) return { look: { verdicts: [unknown(news.message)] } };
  if (news.kind !== 'ok') {
    const kept = decodeMemo(memo);
    return { look: unreadable(news, kept, startFold(kept.state, fold.history, settings, nowMs), smi !== undefined) };
  }
  const document = smi?.kind === 'answered' ? smi.document : undefined;
  hearDriver(fold, document?.gpus ?? []);
  hearCounters(fold, document, isNew);
  return { look: conclude(fold, before, news, document?.gpus ?? []), fallenOff: fallenOffOf(fold.state) };
}

interface LookFold extends Fold {
  history: History;
}

function startFold(state: XidState, history: History, settings: GpuSettings, nowMs: number): LookFold {
  const site: Site = { classes: xidClassesOf(settings.xidClasses), replaceAfter: settings.xidReplaceAfter };
  const fold: LookFold = {
    state,
    episodes: [],
    nowMs,
    history,
    classOf(device, key) {
      const entry = device.entries.get(key);
      return entry === undefined ? 'ignore' : classOnSite(site, key, entry, timesOf(fold.history, device, Number(key), nowMs));
    },
  };
  return fold;
}

function conclude(fold: LookFold, before: Memo, news: LogNews & { readonly kind: 'ok' }, gpus: readonly GpuRecord[]): Look {
  const isWorthKeeping = fold.episodes.length > 0;
  fold.history = remember(fold.history, fold.episodes, fold.state.devices, fold.nowMs);
  const events = tellBursts(fold);
  const lost = lostOf(before, news.lostCount, fold.nowMs);
  return {
    verdicts: judge(fold),
    events: [...events, ...lost.events],
    memo: encodeMemo({ position: news.position, state: fold.state, lostCount: lost.count, lostAtMs: lost.atMs, isUnreadableTold: false }),
    ...(isWorthKeeping && { baseline: encodeHistory(fold.history) }),
    readings: [...readingsOf(fold.state), ...lost.readings],
    metrics: metricsOf(fold.state, gpus),
  };
}

/**
 * Problems that are known already do not go away because nobody may look any more. Without them the condition says that
 * it is not judged, as everything does whose privilege was not granted: Unknown for ever would help nobody. A place that was
 * given by hand is another matter: somebody meant it to be read.
 */
function unreadable(news: LogNews & { readonly message: string }, before: Memo, fold: Fold, isGpuKnown: boolean): Look {
  const message = `XIDs are not judged: ${news.message}`;
  const isNews = isGpuKnown && !before.isUnreadableTold;
  return {
    verdicts: [...judge(fold).filter(({ kind }) => kind === 'problem'), { ...notApplicable(message), reason: 'KernelLogNotReadable' }],
    events: isNews ? [{ severity: 'info', reason: 'KernelLogNotReadable', message: withoutPercent(message) }] : [],
    memo: encodeMemo({ ...before, isUnreadableTold: before.isUnreadableTold || isNews }),
  };
}

interface Lost {
  readonly count: number;
  readonly atMs: number;
  readonly events: readonly LookEvent[];
  readonly readings: readonly Reading[];
}

/** Records that were overwritten before they were read: told where a burst of loss begins. */
function lostOf({ lostCount, lostAtMs }: Memo, more: number, nowMs: number): Lost {
  const count = lostCount + more;
  const readings: readonly Reading[] = [{ name: 'kernel_log_records_lost', value: count, unit: 'count', source: 'kernel log' }];
  if (more === 0) return { count, atMs: lostAtMs, events: [], readings };
  const isNew = Math.abs(nowMs - lostAtMs) >= QUIET_MS;
  const message = `${more} ${more === 1 ? 'message' : 'messages'} of the kernel log were overwritten before they could be read; an XID may have been among them. A larger log_buf_len keeps more.`;
  return { count, atMs: nowMs, events: isNew ? [{ severity: 'info', reason: 'KernelLogRecordsLost', message }] : [], readings };
}

function encodeMemo({ state, ...memo }: Memo): unknown {
  return { ...memo, state: encodeState(state) };
}

/** Anything else than what a look kept is a fresh start, with the oldest message that is left. */
function decodeMemo(memo: unknown): Memo {
  const kept = isRecord(memo) ? memo : {};
  const state = decodeState(kept['state']);
  return {
    position: state === undefined ? undefined : kept['position'],
    state: state ?? emptyState(),
    lostCount: countIn(kept['lostCount']),
    lostAtMs: countIn(kept['lostAtMs']),
    isUnreadableTold: kept['isUnreadableTold'] === true,
  };
}

function countIn(value: unknown): number {
  return isCount(value) ? value : 0;
}
