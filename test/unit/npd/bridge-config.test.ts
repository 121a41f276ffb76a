import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { assert } from 'chai';
import { stockConfigFiles, stockConfigText } from '../../../cli/npd-config.ts';
import { gpuConditions } from '../../../plugins/gpu-monitor/conditions.ts';
import { rollUpNames } from '../../../plugins/gpu-monitor/roll-ups.ts';
import { networkConditions } from '../../../plugins/network-verifier/conditions.ts';
import { hostConditions } from '../../../plugins/host-inspector/conditions.ts';

const ROOT = join(import.meta.dirname, '../../..');

/**
 * The JSON names of the custom plugin monitor, in NPD 1.34.0 as in 1.36.0: pkg/custompluginmonitor/types/config.go (`CustomPluginConfig`,
 * `pluginGlobalConfig`), types/types.go (`CustomRule`), pkg/types/types.go (`Condition`; its status and transition are overwritten). There
 * is no interval of a single rule. Others are ignored without a word.
 */
const KEYS: Readonly<Record<string, readonly string[]>> = {
  file: ['plugin', 'pluginConfig', 'source', 'conditions', 'rules', 'metricsReporting'],
  pluginConfig: ['invoke_interval', 'timeout', 'max_output_length', 'concurrency', 'enable_message_change_based_condition_update', 'skip_initial_status'],
  condition: ['type', 'reason', 'message'],
  rule: ['type', 'condition', 'reason', 'path', 'args', 'timeout'],
};

/** NPD reads no more of what a rule prints (`maxCustomPluginBufferBytes` in plugin/plugin.go). */
const NPD_BUFFER_BYTES = 4_096;

/** CPU of the script, measured in dash with ten messages of 1,000 bytes each; 0.004 with healthy ones. */
const LONGEST_RUN_CPU_S = 0.010;

/** One per monitor, and one for the Pod network. */
const FILES = 4;

/** The limit of NPD's container in the manifests of npd-ext and in ours. */
const NPD_CPUS = 0.010;

interface File {
  readonly plugin: string;
  readonly source: string;
  readonly pluginConfig: Readonly<Record<string, unknown>>;
  readonly conditions: readonly { readonly type: string; readonly reason: string; readonly message: string }[];
  readonly rules: readonly { readonly type: string; readonly condition: string; readonly reason: string; readonly path: string; readonly args: readonly string[] }[];
}

const MONITORS = [
  { monitor: 'host-inspector', called: 'host-inspector', folder: 'npd-bridge', specs: hostConditions, flags: {} },
  { monitor: 'gpu-monitor', called: 'gpu-monitor', folder: 'npd', specs: gpuConditions([]), flags: {} },
  { monitor: 'gpu-monitor', called: 'gpu-monitor', folder: 'npd', specs: gpuConditions(rollUpNames), flags: { rollup: rollUpNames.join(',') } },
  { monitor: 'network-verifier', called: 'network-verifier', folder: 'npd-bridge', specs: networkConditions(), flags: {} },
  { monitor: 'network-verifier', called: 'network-verifier', folder: 'npd-bridge', specs: networkConditions('host', 'karpenter-aws'), flags: { profile: 'karpenter-aws' } },
  { monitor: 'pod-network-verifier', called: 'network-verifier', folder: 'npd', specs: networkConditions('pod'), flags: { scope: 'pod' } },
];

async function stockFiles(): Promise<readonly File[]> {
  return (await stockConfigFiles()).map(({ text }) => JSON.parse(text) as File);
}

function unknownKeys(file: File): readonly string[] {
  const places = [['file', [file]], ['pluginConfig', [file.pluginConfig]], ['condition', file.conditions], ['rule', file.rules]] as const;
  return places.flatMap(([place, objects]) => objects.flatMap((object) => Object.keys(object).filter((key) => KEYS[place]?.includes(key) !== true).map((key) => `${place}.${key}`)));
}

/** Go's time.ParseDuration takes more; ours are whole seconds. */
function seconds(value: unknown): number {
  assert.match(String(value), /^[1-9]\d*s$/, 'durations are strings in this file');
  return Number.parseInt(String(value), 10);
}

describe('the configuration of a released NPD', () => {
  it('lies in npd-config as it is generated', async () => {
    for (const { name, text } of await stockConfigFiles()) assert.equal(readFileSync(join(ROOT, 'npd-config', name), 'utf8'), text, `${name}: npm run generate`);
  });

  for (const { monitor, called, folder, specs, flags } of MONITORS) describe(`of ${monitor} with ${Object.keys(flags).join() || 'nothing else'}`, () => {
    const read = async (): Promise<File> => JSON.parse(await stockConfigText(called, { positionals: [], values: flags })) as File;

    it('holds nothing that NPD ignores', async () => {
      assert.deepEqual(unknownKeys(await read()), []);
    });

    it('has one permanent rule per condition of the table, run by a shell that is there before its script', async () => {
      const { plugin, source, conditions, rules } = await read();
      assert.deepEqual({ plugin, source }, { plugin: 'custom', source: monitor });
      assert.deepEqual(conditions, specs.map(({ type, polarity }) => ({ type, reason: `${type}NotReported`, message: `${type} is not reported ${polarity === 'positive' ? `as True by ${monitor}; its other conditions say why` : `by ${monitor}`}` })));
      assert.deepEqual(rules, specs.map(({ type }) => ({
        type: 'permanent', condition: type, reason: `${type}Reported`, path: '/bin/sh',
        args: ['/var/run/npd-bridge/npd-plugins-condition.sh', `/var/run/${folder}/${monitor}.status`, type],
      })));
    });

    it('shows no reason of ours that means something else: not while healthy, not while unknown', async () => {
      const ours = new Set(specs.flatMap(({ healthy, unknownReason, notApplicableReason, reasons }) => [healthy.reason, unknownReason, notApplicableReason, ...reasons.map(({ reason }) => reason)]));
      const { conditions, rules } = await read();
      assert.deepEqual([...conditions, ...rules].filter(({ reason }) => ours.has(reason)), []);
    });

    it('publishes nothing before the first look, follows messages, and cuts none', async () => {
      const { pluginConfig } = await read();
      assert.isTrue(pluginConfig['skip_initial_status']);
      assert.isTrue(pluginConfig['enable_message_change_based_condition_update']);
      assert.equal(pluginConfig['max_output_length'], 1_024);
      assert.isBelow(1_024, NPD_BUFFER_BYTES);
    });

    it('gives a run the time that it needs beside all others with the CPU that NPD has', async () => {
      const { pluginConfig } = await read();
      const runsAtOnce = (await stockFiles()).reduce((sum, file) => sum + Number(file.pluginConfig['concurrency']), 0);
      assert.isAtLeast(seconds(pluginConfig['timeout']), 2 * runsAtOnce * LONGEST_RUN_CPU_S / NPD_CPUS);
    });
  });

  it('asks for no more runs than NPD has CPU for, with the rules of all monitors and of the Pod network', async () => {
    const files = await stockFiles();
    assert.lengthOf(files, FILES);
    const runsPerSecond = files.reduce((sum, { rules, pluginConfig }) => sum + rules.length / seconds(pluginConfig['invoke_interval']), 0);
    assert.isBelow(runsPerSecond * LONGEST_RUN_CPU_S, NPD_CPUS);
    for (const { rules, pluginConfig } of files) assert.isBelow(rules.length * LONGEST_RUN_CPU_S / NPD_CPUS, seconds(pluginConfig['invoke_interval']));
  });

  it('gets a roll-up by the entries that the document shows', async () => {
    const [, shown = ''] = /<!-- roll-up -->\n```json\n([^]*?)```\n<!-- \/roll-up -->/.exec(readFileSync(join(ROOT, 'docs/stock-npd.md'), 'utf8')) ?? [];
    const parse = async (rollup?: string) => JSON.parse(await stockConfigText('gpu-monitor', { positionals: [], values: rollup === undefined ? {} : { rollup } })) as File;
    const [without, withIt] = [await parse(), await parse('accelerated-hardware-ready')];
    const { conditions, rules } = JSON.parse(shown) as File;
    assert.deepEqual({ conditions: [...without.conditions, ...conditions], rules: [...without.rules, ...rules] }, { conditions: withIt.conditions, rules: withIt.rules });
  });
});
