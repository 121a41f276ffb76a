import type { Check, Look, Reading } from '../../core/check.ts';
import { isRecord } from '../../core/decode.ts';
import { type Verdict, healthy, notApplicable, partOf, problem, unknown, unknownOf } from '../../core/verdict.ts';
import { describeGpu } from '../device.ts';
import type { GpuSettings } from '../settings.ts';
import type { NvlinkState } from '../smi/look.ts';
import type { GpuRecord } from '../smi/record.ts';
import type { GpuSources } from '../sources.ts';
import { smiScene, withoutData } from './smi-look.ts';

const FIVE_MINUTES_MS = 5 * 60_000;

/** So many GPUs of a node must agree before the others are held against them. */
const FEWEST_PEERS = 3;

/** More than these are not remembered: UUIDs come from outside. */
const MOST_REMEMBERED = 64;

/** Most links of each GPU that were ever active, by UUID. */
type Usual = Readonly<Record<string, number>>;

/**
 * NVLinks that should be active: as many as this GPU ever had, or as its peers on the node have. PCIe boards have none, and
 * bridged pairs only some, so no fixed number would do.
 */
export function nvlink({ smi }: GpuSources): Check<GpuSettings> {
  return {
    name: 'nvlink',
    condition: 'GPUInterconnectFault',
    periodMs: FIVE_MINUTES_MS,
    timeoutMs: 60_000,
    isSlow: true,
    async look({ root, settings, memo, baseline }) {
      const scene = smiScene(root, settings);
      const last = smi.last() ?? (await smi.look(scene));
      // Who does not answer the first question is not asked another one.
      if (last.kind !== 'answered') return { verdicts: [withoutData(last)] };
      const [look, usual] = [await smi.nvlink(scene), usualOf(baseline)];
      const before = Array.isArray(memo) ? memo.filter((uuid) => typeof uuid === 'string') : [];
      if (look.kind === 'untold') return { verdicts: [untold(look.message, Object.keys(usual).length > 0 || before.length > 0)] };
      return judgeNvlink({ links: look.kind === 'ok' ? look.links : new Map(), gpus: last.document.gpus, usual, before });
    },
  };
}

/** It ended by itself, and not well: on boards without NVLink some drivers end so for ever. */
const ENDED_BADLY = /^nvidia-smi nvlink -s: (?!its output cannot be read|not asked)/;

function untold(message: string, hasLinks: boolean): Verdict {
  if (hasLinks || !ENDED_BADLY.test(message)) return unknown(message);
  return notApplicable('no NVLink, or nvidia-smi does not tell of it');
}

/** What is known of links. */
export interface Links {
  /** By UUID, as nvidia-smi tells them now. */
  readonly links: ReadonlyMap<string, readonly NvlinkState[]>;
  /** GPUs of the last output of `-q -x`, if there was one. */
  readonly gpus: readonly GpuRecord[];
  readonly usual: Usual;
  /** UUIDs of GPUs that had links in this boot. */
  readonly before: readonly string[];
}

/** Pure. */
export function judgeNvlink({ links, gpus, usual, before }: Links): Look {
  const counts = new Map([...links].map(([uuid, states]) => [uuid, activeOf(states)]));
  const peers = [...counts.values()];
  const uuids = gpus.flatMap(({ fields: { uuid } }) => (uuid.kind === 'value' ? [uuid.text] : []));
  const known = [...new Set([...before, ...uuids.filter((uuid) => Object.hasOwn(usual, uuid))])].filter((uuid) => !links.has(uuid));
  const partitioned = new Set(gpus.flatMap(({ fields: { uuid, migMode } }) => (uuid.kind === 'value' && migMode.kind === 'value' && migMode.text === 'Enabled' ? [uuid.text] : [])));
  const names = new Map(gpus.flatMap((gpu) => (gpu.fields.uuid.kind === 'value' ? [[gpu.fields.uuid.text, describeGpu(gpu)]] : [])));
  const nameOf = (uuid: string): string => names.get(uuid) ?? `GPU ${uuid}`;
  const findings = [...links].map(([uuid, states]) => judgeGpu({ uuid, name: nameOf(uuid), states, usual: usual[uuid] ?? 0, peers: peersOf(peers, activeOf(states)) }));
  const verdicts = [
    ...findings.flatMap((finding) => finding.verdicts),
    ...known.filter((uuid) => !partitioned.has(uuid)).map((uuid) => unknownOf(uuid, `${nameOf(uuid)}: its NVLinks are no longer told of (nvidia-smi nvlink -s)`)),
    ...(known.some((uuid) => partitioned.has(uuid)) ? [notApplicable('nvidia-smi tells no NVLinks of GPUs in MIG mode')] : []),
  ];
  const now = [...counts].flatMap(([uuid, count]) => (count > 0 ? [[uuid, Math.max(count, usual[uuid] ?? 0)] as const] : []));
  const next = Object.entries({ ...Object.fromEntries(now), ...Object.fromEntries(Object.entries(usual).filter(([uuid]) => !now.some(([other]) => other === uuid))) });
  return {
    verdicts: verdicts.length > 0 ? verdicts : [notApplicable('no NVLink')],
    memo: [...new Set([...now.map(([uuid]) => uuid), ...before])].slice(0, MOST_REMEMBERED),
    baseline: Object.fromEntries(next.slice(0, MOST_REMEMBERED)),
    readings: [...[...counts].map(([uuid, count]): Reading => ({ name: 'nvlinks_active', subject: uuid, value: count, unit: 'count', source: SOURCE })), ...findings.flatMap((finding) => finding.readings)],
  };
}

const SOURCE = 'nvidia-smi nvlink -s';

interface GpuLinks {
  readonly uuid: string;
  readonly name: string;
  readonly states: readonly NvlinkState[];
  readonly usual: number;
  readonly peers: number;
}

/** Which links they are is told by readings: one that comes and goes must not change the message. */
function judgeGpu({ uuid, name, states, usual, peers }: GpuLinks): { readonly verdicts: readonly Verdict[]; readonly readings: readonly Reading[] } {
  const expected = Math.max(usual, peers);
  if (expected === 0) return { verdicts: [], readings: [] };
  if (activeOf(states) >= expected) return { verdicts: [healthy], readings: [] };
  const inactive = states.filter(({ isActive }) => !isActive);
  return {
    verdicts: [problem('NVLinkInactive', partOf(uuid, 'nvlink'), `${name}: fewer NVLinks are active than the ${expected} of ${usual >= peers ? 'before' : 'the other GPUs'} (${SOURCE})`)],
    readings: inactive.map(({ link }) => ({ name: `nvlink_${link}_active`, subject: uuid, value: 0, unit: 'count', source: SOURCE })),
  };
}

function activeOf(states: readonly NvlinkState[]): number {
  return states.filter(({ isActive }) => isActive).length;
}

/**
 * The count that most GPUs have, or 0 where too few agree. One without any link may be a board without a bridge; these come in
 * pairs, so it is held against it only where it is the one of an even number of GPUs that differs.
 */
function peersOf(counts: readonly number[], own: number): number {
  const [best] = [...new Set(counts)].map((count) => ({ count, times: counts.filter((other) => other === count).length })).toSorted((a, b) => b.times - a.times || b.count - a.count);
  if (best === undefined || best.times < FEWEST_PEERS || best.times * 2 <= counts.length) return 0;
  const isOdd = best.times === counts.length - 1 && counts.length % 2 === 0;
  return own > 0 || isOdd ? best.count : 0;
}

function usualOf(baseline: unknown): Usual {
  return isRecord(baseline) ? Object.fromEntries(Object.entries(baseline).flatMap(([uuid, count]) => (typeof count === 'number' && count > 0 ? [[uuid, count]] : []))) : {};
}
