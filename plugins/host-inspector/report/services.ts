import type { Condition } from '../../core/status.ts';
import type { Outcome } from '../../linux/read.ts';
import { hostConditions } from '../conditions.ts';
import type { DiskLooks } from './disk-looks.ts';
import type { Value } from './fields.ts';
import type { SectionOf } from './model.ts';
import type { ProcessCounts } from './processes.ts';
import { KUBELETS, RUNTIME_PROGRAMS, findRuntimes, mainRuntime } from './runtimes.ts';
import { sourceOf, stateOf, told, untold } from './values.ts';

type Services = SectionOf<'services'>;

/** Any of them sets the clock; `ntpd` is also what OpenNTPD and NTPsec call theirs. */
const TIME_DAEMONS = ['chronyd', 'systemd-timesyncd', 'ntpd', 'phc2sys'] as const;

const CRONS = ['cron', 'crond', 'fcron', 'anacron'] as const;

/** Everything that is looked for by name. */
export const SERVICE_NAMES: readonly string[] = [
  ...new Set([...KUBELETS, ...RUNTIME_PROGRAMS, ...TIME_DAEMONS, ...CRONS, 'systemd-journald', 'rsyslogd', 'firewalld', 'sshd', 'auditd']),
];

const SOURCE = '/proc/<pid>/stat';

/** What should run on a node. `clock` is the condition that judges it, if this monitor has one. */
export function readServices(counts: Outcome<ProcessCounts>, { run }: DiskLooks, clock: Condition | undefined): Services {
  const walked = sourceOf(SOURCE, counts);
  const runs = (...names: readonly string[]): Value<boolean, ''> => walked.tell('', ({ services }) => names.some((name) => services.has(name)));
  const services = counts.kind === 'ok' ? counts.value.services : undefined;
  const paths = run.kind === 'ok' ? run.value : undefined;
  const found = findRuntimes(services, paths);
  const hasKubelet = services !== undefined && KUBELETS.some((name) => services.has(name));
  const runtime = runtimeOf(mainRuntime(found, hasKubelet, paths), counts, run);
  return {
    kubelet: runs(...KUBELETS),
    runtime,
    runtimeRunning: walked.tell('', () => found.some(({ isRunning }) => isRunning === true)),
    runtimes: told('', found, `${SOURCE}, sockets below /run`),
    clockSynchronized: clockOf(clock),
    timeDaemon: walked.tell('', () => TIME_DAEMONS.find((name) => services?.has(name)) ?? 'none'),
    journald: runs('systemd-journald'),
    cron: runs(...CRONS),
    processes: walked.tell('', () => SERVICE_NAMES.map((name) => {
      const count = services?.get(name)?.length ?? 0;
      return { name, isRunning: count > 0, pids: count };
    })),
  };
}

/** By its process, or where they are hidden by its socket; none is only told where both were seen. */
function runtimeOf(name: string, counts: Outcome<ProcessCounts>, run: DiskLooks['run']): Value<string, ''> {
  const source = counts.kind === 'ok' ? SOURCE : '/run';
  if (name !== 'none' || counts.kind === 'ok') return told('', name, source);
  const failure = run.kind === 'ok' ? counts : run;
  return untold('', source, stateOf(failure.kind), failure.message);
}

/** One truth: what the check made of it. */
function clockOf(clock: Condition | undefined): Value<boolean, ''> {
  const source = 'condition ClockUnsynchronized';
  const spec = hostConditions.find(({ type }) => type === 'ClockUnsynchronized');
  if (clock === undefined || spec === undefined) return untold('', source, 'unsupported', 'the clock is not judged');
  if (clock.status === 'Unknown') return untold('', source, 'error', clock.message);
  if (clock.status === 'True') return told('', false, source, clock.message);
  return clock.reason === spec.healthy.reason ? told('', true, source) : untold('', source, 'unsupported', clock.message);
}
