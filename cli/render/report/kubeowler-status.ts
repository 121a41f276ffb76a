import type { NodeReport, RowOf } from '../../../plugins/host-inspector/report/model.ts';

/** Parts of Kubeowler's document that carry a status. */
type Part = 'resources' | 'services' | 'security' | 'kernel';

type ConditionRow = RowOf<'conditions', 'list'>;

/** Which of our conditions belong to which of its parts; any other belongs to `kernel`. */
const PARTS: Readonly<Record<string, Part>> = {
  DiskSpaceLow: 'resources',
  FilesystemUnhealthy: 'resources',
  IOPressureHigh: 'resources',
  MemoryPressureHigh: 'resources',
  CPUPressureHigh: 'resources',
  ClockUnsynchronized: 'services',
  NodeServiceDown: 'services',
  NodeMonitorDown: 'services',
  CertificateExpiring: 'security',
  UnexpectedListeningPort: 'security',
};

/** In Kubeowler's words. */
export interface PartStatus {
  readonly status: 'ok' | 'warning' | 'error';
  readonly detail: string;
}

/** As bad as the worst condition of the part: a grave problem is an error; a slight one, and what could not be told, a warning. Pure. */
export function statusOf(report: NodeReport, part: Part): PartStatus {
  const bad = badOf(report).filter(({ type }) => (PARTS[type] ?? 'kernel') === part);
  const unread = part === 'resources' ? unreadOf(report) : [];
  const isGrave = unread.length > 0 || bad.some(({ status, severity }) => status === 'True' && severity !== 'info');
  const slight = bad.length > 0 ? 'warning' : 'ok';
  return { status: isGrave ? 'error' : slight, detail: [...unread, ...bad.map(({ reason, message }) => `${reason}: ${message}`)].join('; ') };
}

/** How many conditions are not as they should be. Theirs counts parts, and a single zombie, which every node has for a moment. Pure. */
export function issueCount(report: NodeReport): number {
  return badOf(report).length + unreadOf(report).length;
}

function badOf({ conditions }: NodeReport): readonly ConditionRow[] {
  return (conditions.list.value ?? []).filter(({ status }) => status !== 'False');
}

/** What Kubeowler's own script calls an error. */
function unreadOf({ resources: { cpuCores, memoryTotal } }: NodeReport): readonly string[] {
  return [
    ...(cpuCores.value === null ? ['cpu_cores unknown'] : []),
    ...(memoryTotal.value === null ? ['memory unknown'] : []),
  ];
}
