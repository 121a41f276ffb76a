import type { Check, Look } from '../../core/check.ts';
import { healthy, notApplicable, problem, unknown } from '../../core/verdict.ts';
import { parseNetCounters } from '../../linux/proc/net-counters.ts';
import { parseUptimeMs } from '../../linux/proc/uptime.ts';
import { readText, valueOrThrow } from '../../linux/read.ts';
import { readWaiting } from '../network/listeners.ts';
import { compare } from '../network/marks.ts';
import { NETSTAT_READINGS, readStackReadings, readingsIn } from '../network/stack-readings.ts';
import type { HostSettings } from '../settings.ts';

const NETSTAT = 'proc/1/net/netstat';
const SUBJECT = 'TCP listen queues';

/** Do services in the host's network accept connections as fast as they come? Those of Pods have counters of their own. */
export const listenQueues: Check<HostSettings> = {
  name: 'listen-queues',
  condition: 'NetworkInterfaceDegraded',
  periodMs: 30_000,
  timeoutMs: 5_000,
  look({ root, settings, memo, log }) {
    const netstat = readText(root, NETSTAT);
    if (netstat.kind === 'absent' || netstat.kind === 'denied') {
      return { verdicts: [notApplicable(`${SUBJECT} (hidepid hides PID 1: needs CAP_SYS_PTRACE, or no /proc)`)] };
    }
    const counters = parseNetCounters(valueOrThrow(netstat), `/${NETSTAT}`);
    const uptimeMs = parseUptimeMs(valueOrThrow(readText(root, 'proc/uptime', { maxBytes: 4096 })));
    const look = judge(counters.of('TcpExt', 'ListenOverflows'), uptimeMs, settings.listenOverflowsMaxPerSecond, memo);
    return { ...look, readings: [...readingsIn(NETSTAT, counters, NETSTAT_READINGS), ...readStackReadings(root, log)], contributorsTo: () => fullest(root) };
  },
};

/** Pure. */
function judge(overflows: bigint | undefined, uptimeMs: number, mostPerSecond: number, memo: unknown): Look {
  if (overflows === undefined) return { verdicts: [unknown(`/${NETSTAT}: tells no ListenOverflows of TcpExt`)] };
  const { growth, wentBack, memo: next } = compare(memo, { uptimeMs, counters: [overflows] });
  if (wentBack) return { verdicts: [unknown(`/${NETSTAT}: a counter went back`)], memo: next };
  const [grown = 0n] = growth?.counters ?? [];
  const perSecond = growth === undefined ? 0 : (Number(grown) * 1_000) / growth.intervalMs;
  const message = `${SUBJECT}: more connections refused than ${mostPerSecond} per second, for services do not accept them in time (/${NETSTAT}, ListenOverflows)`;
  return { verdicts: [perSecond > mostPerSecond ? problem('ListenQueueOverflow', SUBJECT, message) : healthy], memo: next };
}

/** Only asked when it is told: `port 6443 (129 waiting)`. */
function fullest(root: string): readonly string[] {
  return [...readWaiting(root)].toSorted(([, a], [, b]) => b - a).map(([port, waiting]) => `port ${port} (${waiting} waiting)`);
}
