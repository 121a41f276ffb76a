import type { Look } from '../../../../plugins/core/check.ts';
import { silentLogger } from '../../../../plugins/core/log.ts';
import { defaultsOf } from '../../../../plugins/core/settings.ts';
import { xidErrors } from '../../../../plugins/gpu-monitor/checks/xid.ts';
import { type GpuSettings, gpuSettings } from '../../../../plugins/gpu-monitor/settings.ts';
import type { Field } from '../../../../plugins/gpu-monitor/smi/field.ts';
import type { SmiLook } from '../../../../plugins/gpu-monitor/smi/look.ts';
import type { FieldName, GpuRecord } from '../../../../plugins/gpu-monitor/smi/record.ts';
import type { GpuInventory } from '../../../../plugins/gpu-monitor/inventory/inventory.ts';
import { createXidKnowledge } from '../../../../plugins/gpu-monitor/xid/knowledge.ts';
import type { LogNews } from '../../../../plugins/linux/log-follower.ts';

const SECOND_MS = 1_000;
export const MINUTE_MS = 60_000;
export const DAY_MS = 24 * 60 * MINUTE_MS;

/** A GPU as nvidia-smi would list it; what is not given is absent. */
export function gpu(address: string, fields: Partial<Record<FieldName, string>> = {}): GpuRecord {
  const absent: Field = { kind: 'absent' };
  const given = Object.entries(fields).map(([name, text]): readonly [string, Field] => [name, { kind: 'value', text }]);
  const all = new Proxy(Object.fromEntries(given), { get: (target, name: string) => target[name] ?? absent });
  return { address, index: 3, fields: all as GpuRecord['fields'] };
}

export function answered(...gpus: readonly GpuRecord[]): SmiLook {
  return {
    kind: 'answered',
    document: { driverVersion: '570.86.15', attachedGpus: gpus.length, gpus, isWhole: true, source: 'nvidia-smi -q -x' },
    complaints: [],
    run: { exitCode: 0, tookMs: 1 },
  };
}

export interface Step {
  /** What the kernel says. */
  readonly lines?: readonly string[];
  /** In place of an answer of the log; what `lines` holds comes before it. */
  readonly news?: LogNews;
  readonly lostCount?: number;
  readonly smi?: SmiLook;
  /** Somebody said where the log is. */
  readonly isGiven?: boolean;
  /** Without one the bus cannot be read. */
  readonly inventory?: GpuInventory;
  readonly settings?: Partial<GpuSettings>;
  /** How long after the step before. Default 10 s. */
  readonly afterMs?: number;
  /** In place of what the look before kept. */
  readonly memo?: unknown;
  readonly baseline?: unknown;
  /** A new boot: what was kept for this one is gone. */
  readonly isBoot?: boolean;
}

/** Plays steps, one look each, with what a look keeps given to the next one as JSON. */
export async function play(...steps: readonly Step[]): Promise<{ readonly looks: readonly Look[]; readonly fallenOff: readonly string[] }> {
  let wallMs = Date.UTC(2026, 0, 1);
  let step: Step = {};
  let position = 0;
  const knowledge = createXidKnowledge();
  const check = xidErrors({
    smi: { last: () => step.smi },
    inventory() {
      if (step.inventory === undefined) throw new Error('/sys/bus/pci/devices: permission denied');
      return step.inventory;
    },
    kernelLog: {
      get isGiven() {
        return step.isGiven ?? false;
      },
      read(_root, _position, take): Promise<LogNews> {
        for (const text of step.lines ?? []) take({ text });
        position += 1;
        return Promise.resolve(step.news ?? { kind: 'ok', lostCount: step.lostCount ?? 0, position: { sequence: position } });
      },
    },
  }, { knowledge, wallMs: () => wallMs });
  const looks: Look[] = [];
  let kept: Pick<Look, 'memo' | 'baseline'> = {};
  for (step of steps) {
    wallMs += step.afterMs ?? 10 * SECOND_MS;
    const { memo, baseline } = JSON.parse(JSON.stringify({ ...kept, ...('memo' in step && { memo: step.memo, baseline: step.baseline }) })) as typeof kept;
    const look = await check.look({
      root: '/', settings: { ...defaultsOf(gpuSettings), ...step.settings }, signal: new AbortController().signal, log: silentLogger,
      memo: step.isBoot === true ? undefined : memo, baseline,
    });
    looks.push(look);
    kept = { memo: look.memo ?? memo, baseline: look.baseline ?? baseline };
  }
  return { looks, fallenOff: await knowledge.fallenOff() };
}

/** Reason and message of each problem, or the kind of another verdict. */
export function told(look: Look | undefined): readonly string[] {
  return (look?.verdicts ?? []).map((verdict) => (verdict.kind === 'problem' ? `${verdict.reason}: ${verdict.message}` : 'message' in verdict ? `${verdict.kind}: ${verdict.message}` : verdict.kind));
}

/** Events of all looks, each with the place of its look. */
export function eventsOf(looks: readonly Look[]): readonly string[] {
  return looks.flatMap(({ events = [] }, index) => events.map(({ severity, reason, message }) => `${index} ${severity} ${reason}: ${message}`));
}
