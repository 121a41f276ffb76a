import type { Check, Look } from '../../core/check.ts';
import { healthy, notApplicable, problem, unknown } from '../../core/verdict.ts';
import type { Outcome } from '../../linux/read.ts';
import { type Pressure, readPressure } from '../../linux/proc/pressure.ts';
import { groupsWithMost } from '../attribution/ask.ts';
import type { HostSettings } from '../settings.ts';

const SOURCE = '/proc/pressure/memory';

/**
 * Do all tasks wait for memory at once? The line `full`, averaged over a minute: `some` also rises where a single
 * container thrashes inside its own limit, which is not the node's trouble.
 */
export const memoryStalled: Check<HostSettings> = {
  name: 'memory-stalled',
  condition: 'MemoryPressureHigh',
  periodMs: 30_000,
  timeoutMs: 5_000,
  look: ({ root, settings }) => ({ ...judge(readPressure(root, 'memory'), settings), contributorsTo: groupsWithMost(root, 'memory') }),
};

/** Pure. `absent` (no PSI on this kernel) does not apply; everything else that is no reading is unknown. */
export function judge(outcome: Outcome<Pressure>, settings: Pick<HostSettings, 'memoryStalledMaxPercent'>): Look {
  if (outcome.kind === 'absent') return { verdicts: [notApplicable(outcome.message)] };
  if (outcome.kind !== 'ok') return { verdicts: [unknown(outcome.message, outcome.cause)] };
  const { full } = outcome.value;
  if (full === undefined) return { verdicts: [unknown(`${SOURCE}: no line "full"`)] };
  const most = settings.memoryStalledMaxPercent;
  const message = `node memory: all tasks were stalled for more than ${most}% of a minute (${SOURCE}, full avg60)`;
  return {
    verdicts: [full.avg60Percent > most ? problem('MemoryStalled', 'node memory', message) : healthy],
    readings: [
      { name: 'memory_full_avg60', value: full.avg60Percent, unit: 'percent', source: SOURCE },
      { name: 'memory_full_avg10', value: full.avg10Percent, unit: 'percent', source: SOURCE },
    ],
  };
}
