/** Something done while an overlay is recorded. */
export interface Deed {
  readonly atMinute: number;
  readonly does:
    | 'start' | 'SIGTERM' | 'kill -9'
    | 'memory' | 'processes killed' | 'row of GPU 0 waits to be remapped' | 'kernel log' | 'name server of the cluster'
    | 'kubectl describe node' | 'scrape';
  /** The container, the number or the text. */
  readonly what?: string;
}

type Row = readonly [atMinute: number, does: Deed['does'], what?: string];

const OOM = 'Memory cgroup out of memory: Killed process 4711 (java) total-vm:8254852kB, anon-rss:3875340kB, file-rss:1024kB, shmem-rss:0kB, UID:1000 pgtables:8264kB oom_score_adj:974';

/** The node gets sick and, but for its kernel log, well again. */
const SICK: readonly Row[] = [
  [1.6, 'memory', '3'],
  [1.6, 'row of GPU 0 waits to be remapped', 'yes'],
  [3.2, 'processes killed', '2'],
  [3.2, 'kernel log', OOM],
  [3.3, 'kernel log', 'INFO: task containerd:4712 blocked for more than 122 seconds.'],
  [3.35, 'kernel log', 'NVRM: Xid (PCI:0000:18:00): 95, pid=4713, name=python3, Uncontained: FBHUB. RST: Yes, D-RST: No'],
  [3.4, 'kernel log', 'EXT4-fs (vda1): Remounting filesystem read-only'],
  [4.5, 'kubectl describe node'],
  [4.6, 'memory', '80'],
  [4.6, 'row of GPU 0 waits to be remapped', 'no'],
];

/** For so long that it is told of when `kubectl describe node` is: two minutes after it was found, which may take one. */
const NAMELESS: readonly Row[] = [[0.7, 'name server of the cluster', 'silent'], [4.7, 'name server of the cluster', 'answers']];

const END: readonly Row[] = [[8, 'scrape'], [8.1, 'SIGTERM', 'node-problem-detector'], [8.2, 'SIGTERM', 'gpu-monitor'], [8.2, 'SIGTERM', 'node-plugins']];

const OVERLAYS: Readonly<Record<string, readonly Row[]>> = {
  /** All containers of the Pod at once, in the order of the manifest. */
  integrated: [[0, 'start', 'node-problem-detector'], [0, 'start', 'gpu-monitor'], [0, 'start', 'node-plugins'], ...NAMELESS, ...SICK, ...END],
  /** The GPU-only DaemonSet is rolled while its GPU is sick. */
  separate: [
    [0, 'start', 'node-problem-detector'], [0, 'start', 'node-plugins'], [0, 'start', 'share-folders'], [0, 'start', 'gpu-monitor'],
    ...NAMELESS, ...SICK,
    [3.6, 'SIGTERM', 'gpu-monitor'], [3.7, 'start', 'share-folders'], [3.7, 'start', 'gpu-monitor'],
    ...END,
  ],
  /** NPD runs a while before its plugins do, and after they were killed. */
  'stock-npd': [
    [0, 'start', 'node-problem-detector'], [1.2, 'start', 'gpu-monitor'], [1.2, 'start', 'node-plugins'],
    ...SICK,
    [1.4, 'name server of the cluster', 'silent'], [5.2, 'name server of the cluster', 'answers'],
    [8.1, 'scrape'], [8.2, 'kill -9', 'gpu-monitor'], [8.2, 'kill -9', 'node-plugins'], [11.6, 'SIGTERM', 'node-problem-detector'],
  ],
};

/** What happens in a recording of that overlay, in order of time. */
export function deedsOf(overlay: string): readonly Deed[] {
  const rows = OVERLAYS[overlay];
  if (rows === undefined) throw new Error(`no recording of ${overlay} is foreseen; of ${Object.keys(OVERLAYS).join(', ')} there is`);
  return rows.toSorted(([a], [b]) => a - b).map(([atMinute, does, what]) => ({ atMinute, does, ...(what === undefined ? {} : { what }) }));
}
