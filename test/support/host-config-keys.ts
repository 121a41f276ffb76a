/**
 * The keys that Node Problem Detector reads, per kind of configuration file. It decodes with Go's encoding/json, which passes
 * over any other key without a word. Keys in one case only: Go also takes other cases, our files do not use them.
 */
export interface KeyShape {
  readonly [key: string]: KeyShape | typeof VALUE;
}

/** A plain value, or a list of them. */
const VALUE = 'value';

/** The keys of this level are names: of poll parameters, of metrics. */
const ANY_NAME = '*';

const CONDITION: KeyShape = { type: VALUE, reason: VALUE, message: VALUE };

/** npd-ext pkg/externalmonitor/types/types.go, the same in pull request 1281 of node-problem-detector. */
const EXTERNAL: KeyShape = {
  plugin: VALUE,
  source: VALUE,
  metricsReporting: VALUE,
  pluginConfig: {
    socketAddress: VALUE,
    invoke_interval: VALUE,
    timeout: VALUE,
    skip_initial_status: VALUE,
    retryPolicy: { maxAttempts: VALUE, backoffMultiplier: VALUE, initialBackoff: VALUE, maxBackoff: VALUE },
    healthCheck: { interval: VALUE, timeout: VALUE, errorThreshold: VALUE },
    pluginParameters: { [ANY_NAME]: VALUE },
  },
  conditions: CONDITION,
};

/**
 * node-problem-detector 1.34 and 1.36: pkg/systemlogmonitor/config.go, types/types.go and logwatchers/types/log_watcher.go, without
 * what the watcher of kmsg (logwatchers/kmsg/log_watcher_linux.go) never looks at: logPath, pluginConfig and skipList.
 */
const KERNEL_LOG: KeyShape = {
  plugin: VALUE,
  lookback: VALUE,
  delay: VALUE,
  bufferSize: VALUE,
  source: VALUE,
  metricsReporting: VALUE,
  conditions: CONDITION,
  rules: { type: VALUE, condition: VALUE, reason: VALUE, pattern: VALUE, patternGeneratedMessageSuffix: VALUE },
};

/** node-problem-detector 1.34 and 1.36: pkg/custompluginmonitor/types/config.go and types.go. */
const CUSTOM: KeyShape = {
  plugin: VALUE,
  source: VALUE,
  metricsReporting: VALUE,
  pluginConfig: {
    invoke_interval: VALUE, timeout: VALUE, max_output_length: VALUE, concurrency: VALUE,
    enable_message_change_based_condition_update: VALUE, skip_initial_status: VALUE,
  },
  conditions: CONDITION,
  rules: { type: VALUE, condition: VALUE, reason: VALUE, path: VALUE, args: VALUE, timeout: VALUE },
};

/** Of a file for an external monitor, as paths. */
export function externalKeys(): readonly string[] {
  return leaves(EXTERNAL, '');
}

function leaves(shape: KeyShape, path: string): readonly string[] {
  return Object.entries(shape).flatMap(([key, inner]) => {
    const here = path === '' ? key : `${path}.${key}`;
    return inner === VALUE || ANY_NAME in inner ? [here] : leaves(inner, here);
  });
}

const METRICS: KeyShape = { [ANY_NAME]: { displayName: VALUE } };

/** node-problem-detector 1.34 and 1.36: pkg/systemstatsmonitor/types/config.go. */
const SYSTEM_STATS: KeyShape = {
  invokeInterval: VALUE,
  procPath: VALUE,
  cpu: { metricsConfigs: METRICS },
  disk: { metricsConfigs: METRICS, includeRootBlk: VALUE, includeAllAttachedBlk: VALUE, lsblkTimeout: VALUE },
  host: { metricsConfigs: METRICS },
  memory: { metricsConfigs: METRICS },
  osFeature: { metricsConfigs: METRICS, knownModulesConfigPath: VALUE },
  net: { metricsConfigs: METRICS, excludeInterfaceRegexp: VALUE },
};

const BY_PLUGIN: Readonly<Record<string, KeyShape>> = { external: EXTERNAL, kmsg: KERNEL_LOG, custom: CUSTOM };

/** Keys of a file that NPD passes over, as paths. A file without `plugin` is one of system statistics. */
export function ignoredKeys(file: Readonly<Record<string, unknown>>): readonly string[] {
  const { plugin } = file;
  if (plugin === undefined) return unknownKeys(file, SYSTEM_STATS, '');
  const shape = typeof plugin === 'string' ? BY_PLUGIN[plugin] : undefined;
  return shape === undefined ? ['plugin'] : unknownKeys(file, shape, '');
}

function unknownKeys(value: unknown, shape: KeyShape | typeof VALUE, path: string): readonly string[] {
  if (shape === VALUE) return isObject(value) ? [path] : [];
  if (Array.isArray(value)) return value.flatMap((entry) => unknownKeys(entry, shape, path));
  if (!isObject(value)) return [path];
  return Object.entries(value).flatMap(([key, inner]) => {
    const known = shape[key] ?? shape[ANY_NAME];
    const here = path === '' ? key : `${path}.${key}`;
    return known === undefined ? [here] : unknownKeys(inner, known, here);
  });
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
