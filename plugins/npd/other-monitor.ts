import type { Finding } from './finding.ts';
import type { JsonNode } from './json.ts';

/** Values of `plugin`, and the flag whose files have it (NPD 1.34 to 1.36: pkg/systemlogmonitor/logwatchers, pkg/custompluginmonitor/types). */
const FLAG_OF_PLUGIN: Readonly<Record<string, string>> = {
  custom: 'custom-plugin-monitor', filelog: 'system-log-monitor', journald: 'system-log-monitor', kmsg: 'system-log-monitor',
};

/** Members that only a file of the statistics has, which has no `plugin` (pkg/systemstatsmonitor/types). */
const OF_STATISTICS: ReadonlySet<string> = new Set(['cpu', 'disk', 'host', 'memory', 'net', 'osFeature']);

/**
 * Whether this file is meant for another monitor of the host, whose durations are texts and whose keys are others: then nothing of it is
 * to be judged, or a right file would be mended until it is wrong.
 */
export function meantForAnother(document: JsonNode): Finding | undefined {
  if (document.kind !== 'object') return undefined;
  const plugin = document.members.findLast(({ key }) => key === 'plugin');
  const value = plugin?.value.kind === 'string' ? plugin.value.value : undefined;
  const flag = value === undefined ? undefined : FLAG_OF_PLUGIN[value];
  if (plugin !== undefined && flag !== undefined) return finding('plugin', plugin.value.line, flag);
  const isStatistics = plugin === undefined && document.members.some(({ key }) => OF_STATISTICS.has(key));
  return isStatistics ? finding('', document.line, 'system-stats-monitor') : undefined;
}

function finding(path: string, line: number, flag: string): Finding {
  return { path, line, message: `this is a file for --config.${flag}, which is not judged here`, remedy: 'give it to NPD by that flag, and leave it as it is' };
}
