import type { Check, Look } from '../../../plugins/core/check.ts';
import { silentLogger } from '../../../plugins/core/log.ts';
import { createMonitor } from '../../../plugins/core/monitor.ts';
import type { MonitorStatus } from '../../../plugins/core/status.ts';
import { type Verdict, healthy, problem, unknown } from '../../../plugins/core/verdict.ts';
import { fakeClock } from '../../support/fake-clock.ts';
import { diskSpec, netSpec } from './report/story.ts';

const POLL_MS = 30_000;
export const POLLS_PER_DAY = 2_880;

/** What one look of the day reads. */
export interface Weather {
  /** Share of the disk in use; above 90 it is full. */
  readonly usedPercent: number;
  /** Share of time that somebody waits for the disk; above 20 it is slow. */
  readonly stalledPercent: number;
  /** The look fails. */
  readonly isDark?: boolean;
}

export interface Reply {
  readonly atMs: number;
  readonly status: MonitorStatus;
}

/** Random numbers in [0, 1) that are the same for the same seed: Marsaglia's xorshift32. */
function seededRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 2 ** 32;
  };
}

/** Polls a monitor of three checks through one day on the fake clock, each reply collected. */
export async function simulatedDay(weather: (random: () => number, lookNumber: number) => Weather, seed: number): Promise<readonly Reply[]> {
  const random = seededRandom(seed);
  const clock = fakeClock();
  const replies: Reply[] = [];
  const definition = {
    name: 'day', description: 'a day', specs: [diskSpec, netSpec], settings: {},
    checks: [
      checkOf('space', 'DiskLow', ({ usedPercent }) => (usedPercent > 90 ? problem('DiskFull', '/', '/ is full') : healthy)),
      checkOf('speed', 'DiskLow', ({ stalledPercent }) => (stalledPercent > 20 ? problem('DiskSlow', 'sda', 'sda answers late') : healthy)),
      checkOf('net', 'NetVerified', () => healthy),
    ],
  };

  function checkOf(name: string, condition: string, judge: (now: Weather) => Verdict): Check<object> {
    let lookNumber = 0;
    const look = async (): Promise<Look> => {
      await Promise.resolve();
      const now = weather(random, lookNumber++);
      return { verdicts: [now.isDark === true ? unknown('input/output error') : judge(now)], memo: lookNumber };
    };
    return { name, condition, periodMs: 30_000, timeoutMs: 5_000, look };
  }

  const monitor = createMonitor({
    definition, version: '1', root: '/', configured: {}, clock, random, log: silentLogger, bootId: 'boot', onSave: () => {},
  });
  const started = monitor.start();
  await clock.advance(5_000);
  await started;
  for (let poll = 0; poll < POLLS_PER_DAY; poll++) {
    await clock.advance(POLL_MS);
    const { status, delivered } = monitor.checkHealth({});
    delivered();
    replies.push({ atMs: clock.wallMs(), status });
  }
  monitor.close();
  return replies;
}

/** Wobble of 9.9 percent around 80 and around 10: it comes near its limits of 90 and 20 and never crosses them. */
export function wobble(random: () => number): Weather {
  return { usedPercent: 80 + 9.9 * (2 * random() - 1), stalledPercent: 10 + 9.9 * (2 * random() - 1) };
}

/**
 * Every 7th look the disk is slow, far beyond its limit, for one look of the 90 s it takes to be told;
 * every 11th look fails. (Two failed looks in a row are already more than the three periods for which the last known
 * state is good, when jitter makes the looks around them come late.)
 */
export function spikes(random: () => number, lookNumber: number): Weather {
  return {
    ...wobble(random),
    ...(lookNumber % 7 === 3 ? { stalledPercent: 90 } : {}),
    isDark: lookNumber % 11 === 9,
  };
}

/** Slow for ten looks in the middle of the day, so for longer than the raise time. */
export function sickSpell(random: () => number, lookNumber: number): Weather {
  const isSick = lookNumber >= 1_000 && lookNumber < 1_010;
  return { ...wobble(random), ...(isSick ? { stalledPercent: 90 } : {}) };
}
