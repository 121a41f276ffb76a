/** What a setting of kube-node-ready is to us; those from `same` on are read elsewhere, or by nobody. */
export type Use = 'dnsNames' | 'nameServers' | 'checkTimeout' | 'timeout' | 'retries' | 'backoff' | 'peers' | 'same' | 'controller' | 'nothing';

/** One row of what kube-node-ready can be told: the documentation's table, and how we read it. */
export interface KnownKey {
  /** Path in a file, with `.*` at its end for all that stands below it; or the name of an environment variable, in capitals. */
  readonly key: string;
  readonly use: Use;
  /** What does the same here, as Markdown; `none` where there is nothing to set. */
  readonly ours: string;
  readonly note: string;
}

const NAMES = { use: 'dnsNames', ours: '`dnsNames`, `--dns`' } as const;
const ATTEMPT = { use: 'checkTimeout', ours: '`checkTimeout`, `--check-timeout`' } as const;
const OVERALL = { use: 'timeout', ours: '`verify --timeout`' } as const;
const RETRIES = { use: 'retries', ours: '`verify --retries`' } as const;
const BACKOFF = { use: 'backoff', ours: '`verify --backoff`' } as const;
const LOG = { use: 'same', ours: '`LOG_LEVEL`, `LOG_FORMAT`, `--log-level`, `--log-format`' } as const;
const PORT = { use: 'nothing', ours: '`serve --http`' } as const;
const CONTROLLER = { use: 'controller', ours: 'readiness controller' } as const;
const NO_WORKER = { use: 'nothing', ours: 'none' } as const;

const NAMES_NOTE = 'each is asked of each name server, over UDP and TCP, A and AAAA; an IP address is asked as a name server, with a warning. Its default google.com is not ours: nothing on the internet is asked unless you name it';
const ATTEMPT_NOTE = 'of one attempt; what is longer than 10 s is taken as 10 s, with a warning';
const BACKOFF_NOTE = '`exponential` (1, 2, 4 to 30 s) or `linear` (5 s), each up to a tenth shorter';
const WORKER_NOTE = 'there are no worker Pods; `verify` in a Job of your own has what its Pod template says';

/**
 * Every setting and environment variable of kube-node-ready (chart 0.2.3, and the DaemonSet before it). Where one source gives
 * several of the same use, the one further up counts.
 */
export const KNOWN_KEYS: readonly KnownKey[] = [
  // Of Helm values those of the controller, which is what runs, before those of the DaemonSet.
  { ...NAMES, key: 'worker.dnsTestDomains', note: NAMES_NOTE },
  { ...NAMES, key: 'dnsTestDomains', note: 'as `worker.dnsTestDomains`' },
  { ...NAMES, key: 'DNS_TEST_DOMAINS', note: 'as `worker.dnsTestDomains`, separated by commas' },
  { key: 'CLUSTER_DNS_IP', use: 'nameServers', ours: '`nameServers`, `--name-server`', note: 'kube-node-ready read and ignored it; here it is asked in place of those in resolv.conf' },
  { ...ATTEMPT, key: 'worker.checkTimeoutSeconds', note: ATTEMPT_NOTE },
  { ...ATTEMPT, key: 'checkTimeoutSeconds', note: ATTEMPT_NOTE },
  { ...ATTEMPT, key: 'checkTimeout', note: ATTEMPT_NOTE },
  { ...ATTEMPT, key: 'CHECK_TIMEOUT', note: `a Go duration (\`10s\`) ${ATTEMPT_NOTE}` },
  { ...OVERALL, key: 'worker.timeoutSeconds', note: 'kube-node-ready ignored it' },
  { ...OVERALL, key: 'worker.job.activeDeadlineSeconds', note: 'set that of your Job above it' },
  { ...OVERALL, key: 'initialTimeout', note: 'of all attempts together' },
  { ...OVERALL, key: 'INITIAL_TIMEOUT', note: 'a Go duration (`300s`), of all attempts together' },
  { ...RETRIES, key: 'reconciliation.maxRetries', note: 'attempts after the first; of a check that failed, not of all' },
  { ...RETRIES, key: 'maxRetries', note: "as `reconciliation.maxRetries`; kube-node-ready's worker ignored it" },
  { ...RETRIES, key: 'MAX_RETRIES', note: 'as `reconciliation.maxRetries`' },
  { ...BACKOFF, key: 'reconciliation.retryBackoff', note: BACKOFF_NOTE },
  { ...BACKOFF, key: 'retryBackoff', note: "as `reconciliation.retryBackoff`; kube-node-ready's worker ignored it" },
  { ...BACKOFF, key: 'RETRY_BACKOFF', note: 'as `reconciliation.retryBackoff`' },
  { key: 'ENABLE_CONNECTIVITY_MATRIX', use: 'peers', ours: '`peers`', note: 'announced and never built there; here `peers` names the headless Service of the verifier Pods. Where that is not set, `true` is a line of the log' },
  { key: 'KUBECONFIG', use: 'same', ours: '`--kubeconfig`', note: 'read by `verify`; `serve`, `check` and the demo take the flag alone' },
  { key: 'KUBERNETES_SERVICE_HOST', use: 'same', ours: 'the same', note: 'set by the kubelet' },
  { key: 'KUBERNETES_SERVICE_PORT', use: 'same', ours: 'the same', note: 'set by the kubelet; 443 without it' },
  { key: 'NODE_NAME', use: 'same', ours: 'the same, `--node-name`', note: 'for what people read' },
  { key: 'WORKER_CONFIG_PATH', use: 'same', ours: 'the same, `--kube-node-ready`', note: 'read where it is set; there is no default path' },
  { ...LOG, key: 'LOG_LEVEL', note: 'debug, info, warn, error, silent' },
  { ...LOG, key: 'LOG_FORMAT', note: 'auto, json, console' },
  { ...LOG, key: 'logging.*', note: 'kube-node-ready ignored it; set the environment variables' },
  { ...LOG, key: 'logLevel', note: 'set the environment variable' },
  { ...LOG, key: 'logFormat', note: 'set the environment variable' },
  { ...LOG, key: 'KLOG_VERBOSITY', note: '`LOG_LEVEL=debug`' },
  { key: 'dryRun', use: 'nothing', ours: 'none', note: '`verify` writes nothing to any cluster' },
  { key: 'DRY_RUN', use: 'nothing', ours: 'none', note: '`verify` writes nothing to any cluster' },
  { key: 'POD_NAMESPACE', use: 'nothing', ours: 'none', note: 'nothing is made in any namespace' },
  { key: 'worker.initContainers', use: 'nothing', ours: '`targets`, or a monitor of your own', note: 'checks of your own: see examples/own-monitor' },
  { ...NO_WORKER, key: 'worker.*', note: WORKER_NOTE },
  { ...PORT, key: 'metrics.*', note: 'metrics and probes have one port' },
  { ...PORT, key: 'health.*', note: 'metrics and probes have one port' },
  { ...PORT, key: 'enableMetrics', note: 'metrics are there with the flag' },
  { ...PORT, key: 'metricsPort', note: 'the port of the flag' },
  { ...PORT, key: 'ENABLE_METRICS', note: 'metrics are there with the flag' },
  { ...PORT, key: 'METRICS_PORT', note: 'the port of the flag' },
  { key: 'kubernetes.*', use: 'nothing', ours: '`--kubeconfig`', note: 'kube-node-ready ignored it' },
  { ...CONTROLLER, key: 'reconciliation.intervalSeconds', note: 'concerns nodes, not checks; `verify` looks once' },
  { ...CONTROLLER, key: 'nodeManagement.*', note: 'concerns nodes, not checks' },
  { ...CONTROLLER, key: 'leaderElection.*', note: 'concerns nodes, not checks' },
  ...['taintKey', 'taintValue', 'taintEffect', 'verifiedLabel', 'verifiedLabelValue', 'deleteFailedNode', 'deleteFailedNodes'].map((key) => ({ ...CONTROLLER, key, note: 'concerns nodes, not checks' })),
  ...['TAINT_KEY', 'TAINT_VALUE', 'TAINT_EFFECT', 'VERIFIED_LABEL', 'VERIFIED_LABEL_VALUE', 'DELETE_FAILED_NODE'].map((key) => ({ ...CONTROLLER, key, note: 'concerns nodes, not checks' })),
];

/** Top keys of its Helm values that are of the chart alone. They stand in no table. */
export const CHART_KEYS: ReadonlySet<string> = new Set([
  'affinity', 'controller', 'deploymentMode', 'fullnameOverride', 'image', 'imagePullSecrets', 'nameOverride', 'namespace', 'nodeSelector', 'podAnnotations', 'podDisruptionBudget',
  'podLabels', 'podSecurityContext', 'priorityClassName', 'rbac', 'replicaCount', 'replicas', 'resources', 'securityContext', 'service', 'serviceAccount', 'serviceMonitor', 'tolerations', 'updateStrategy',
]);

/** The row for a path or a variable; the first that fits, so `worker.dnsTestDomains` is not `worker.*`. */
export function knownKey(key: string): KnownKey | undefined {
  return KNOWN_KEYS.find((row) => (row.key.endsWith('.*') ? key === row.key.slice(0, -2) || key.startsWith(row.key.slice(0, -1)) : row.key === key));
}
