import { assert } from 'chai';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ignoredKeys } from '../../support/host-config-keys.ts';
import type { LogRule } from '../../support/host-log-rules.ts';

const FOLDER = join(import.meta.dirname, '../../../npd-config');

interface HostFile {
  readonly plugin?: string;
  readonly source?: string;
  readonly conditions?: readonly { readonly type: string; readonly reason: string; readonly message: string }[];
  readonly rules?: readonly LogRule[];
}

const names = readdirSync(FOLDER).filter((name) => name.endsWith('.json')).toSorted();
const files = new Map(names.map((name) => [name, JSON.parse(readFileSync(join(FOLDER, name), 'utf8')) as HostFile]));

function typesOf(name: string): readonly string[] {
  return (files.get(name)?.conditions ?? []).map(({ type }) => type);
}

/** For released NPD, in place of the file for external monitors. */
const STOCK = /-stock\.json$/;

describe('the files that NPD loads', () => {
  it('are there', () => assert.includeMembers(names, ['gpu-monitor.json', 'host-inspector.json', 'kernel-monitor.json', 'system-stats-monitor.json']));

  for (const [name, file] of files) {
    it(`${name} holds no key that NPD passes over`, () => assert.deepEqual(ignoredKeys(file as Readonly<Record<string, unknown>>), []));
  }

  it('would be found out: the dead keys of the samples, and those that the kernel log monitor does not look at', () => {
    const pluginConfig = { socketPath: '/a.sock', grpcTimeout: '10s', reconnectInterval: '30s', maxReconnectAttempts: 5 };
    assert.deepEqual(ignoredKeys({ plugin: 'external', rules: [], pluginConfig }), [
      'rules', 'pluginConfig.socketPath', 'pluginConfig.grpcTimeout', 'pluginConfig.reconnectInterval', 'pluginConfig.maxReconnectAttempts',
    ]);
    assert.deepEqual(ignoredKeys({ plugin: 'kmsg', logPath: '/dev/kmsg', rules: [{ level: 3 }] }), ['logPath', 'rules.level']);
    assert.deepEqual(ignoredKeys({ cpu: { metricsConfigs: { 'cpu/load_1m': { name: 'x' } } } }), ['cpu.metricsConfigs.cpu/load_1m.name']);
    assert.deepEqual(ignoredKeys({ plugin: 'journald' }), ['plugin']);
  });

  it('have each condition type in one file, and those for released NPD in the file of the same monitor', () => {
    const types = names.filter((name) => !STOCK.test(name)).flatMap((name) => typesOf(name));
    assert.deepEqual(types.filter((type, index) => types.indexOf(type) < index), []);
    for (const name of names.filter((one) => STOCK.test(one))) assert.includeMembers([...typesOf(name.replace(STOCK, '.json'))], [...typesOf(name)]);
  });

  it('have a source of their own each', () => {
    const sources = names.filter((name) => !STOCK.test(name)).flatMap((name) => files.get(name)?.source ?? []);
    assert.sameOrderedMembers(sources, [...new Set(sources)]);
  });

  for (const [name, { conditions = [], rules = [] }] of files) {
    it(`${name}: a rule sets a condition of its own file, or none`, () => {
      const types = conditions.map(({ type }) => type);
      for (const { type, condition, reason } of rules) {
        assert.match(reason, /^[A-Z][A-Za-z0-9]+$/);
        if (type === 'permanent') assert.include(types, condition);
        else assert.deepEqual([type, condition], ['temporary', undefined]);
      }
    });
  }
});

interface MetricsOf {
  readonly metricsConfigs: Readonly<Record<string, { readonly displayName: string }>>;
}

describe('the system statistics', () => {
  const { invokeInterval, procPath, ...groups } = files.get('system-stats-monitor.json') as unknown as {
    readonly invokeInterval: string;
    readonly procPath: string;
    readonly cpu: MetricsOf;
    readonly disk: MetricsOf & { readonly lsblkTimeout: string };
    readonly host: MetricsOf;
    readonly memory: MetricsOf;
  };

  /**
   * pkg/util/metrics/metric.go of 1.34 and 1.36, without those that pkg/systemstatsmonitor adds up wrongly: system/processes_total,
   * system/interrupts_total, system/cpu_stat and all of net/ take the kernel's count since boot and add it to the last sum.
   * system/os_feature needs a list of modules that no image of ours has.
   */
  const KNOWN: Readonly<Record<string, readonly string[]>> = {
    cpu: ['cpu/load_1m', 'cpu/load_5m', 'cpu/load_15m', 'cpu/runnable_task_count', 'cpu/usage_time', 'system/procs_blocked', 'system/procs_running'],
    disk: [
      'disk/avg_queue_len', 'disk/bytes_used', 'disk/io_time', 'disk/merged_operation_count', 'disk/operation_bytes_count', 'disk/operation_count',
      'disk/operation_time', 'disk/percent_used', 'disk/weighted_io',
    ],
    host: ['host/uptime'],
    memory: ['memory/anonymous_used', 'memory/bytes_used', 'memory/dirty_used', 'memory/page_cache_used', 'memory/percent_used', 'memory/unevictable_used'],
  };

  it('are those that NPD measures, each under the name that NPD has for it', () => {
    const found = Object.fromEntries(Object.entries(groups).map(([group, { metricsConfigs }]) => [group, Object.keys(metricsConfigs)]));
    assert.deepEqual(found, KNOWN);
    for (const { metricsConfigs } of Object.values(groups)) {
      for (const [id, { displayName }] of Object.entries(metricsConfigs)) assert.equal(displayName, id);
    }
  });

  it('have durations as NPD wants them here, in words, and lsblk ends before the next look', () => {
    assert.deepEqual([invokeInterval, groups.disk.lsblkTimeout, procPath], ['60s', '5s', '/proc']);
  });
});
