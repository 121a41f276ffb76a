import { assert } from 'chai';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { kernelLogConfigFile, npdConfigFiles } from '../../cli/npd-config.ts';
import type { ConditionSpec, EventSpec } from '../../plugins/core/conditions.ts';
import { gpuConditions, gpuEvents } from '../../plugins/gpu-monitor/conditions.ts';
import { rollUpNames } from '../../plugins/gpu-monitor/roll-ups.ts';
import { hostConditions, hostEvents } from '../../plugins/host-inspector/conditions.ts';
import { networkConditions } from '../../plugins/network-verifier/conditions.ts';
import { readHostConfigs } from '../../plugins/npd/config-files.ts';
import { say } from '../support/command-line.ts';

const ROOT = join(import.meta.dirname, '../..');
const FOLDER = join(ROOT, 'npd-config');

interface Table {
  readonly monitor: string;
  readonly conditions: readonly ConditionSpec[];
  readonly events: readonly EventSpec[];
  /** What its `reads` begin with. */
  readonly reads: RegExp;
  /** Reasons that two conditions share: what they are told by differs, and what to do does not. */
  readonly shared: readonly string[];
}

const NETWORK_READS = /^(?:\/(?:proc|sys)\/|UDP and TCP port 53 |KUBERNETES_SERVICE_HOST, |the targets |TCP connections? |DNS: |GET |LIST )/;

const TABLES: readonly Table[] = [
  { monitor: 'host-inspector', conditions: hostConditions, events: hostEvents, reads: /^(?:\/(?:proc|sys|etc|run|var)\/|adjtimex\(2\); )/, shared: [] },
  {
    monitor: 'gpu-monitor', conditions: gpuConditions([]), events: gpuEvents, reads: /^(?:\/(?:proc|sys|dev)\/|nvidia-smi |exit code |kernel log |PATH )/,
    shared: ['NodeRebootRequired', 'GPUResetRequired', 'KernelLogNotReadable', 'InfoROMCorrupted', 'NoGPUPresent'],
  },
  { monitor: 'network-verifier', conditions: networkConditions(), events: [], reads: NETWORK_READS, shared: ['NoClusterHere'] },
  { monitor: 'pod-network-verifier', conditions: networkConditions('pod'), events: [], reads: NETWORK_READS, shared: ['NoClusterHere'] },
];

describe('npd-config', () => {
  it('holds one file per monitor, exactly as made from the condition tables (npm run generate)', async () => {
    const files = await npdConfigFiles();
    const isExternal = (name: string): boolean => (JSON.parse(readFileSync(join(FOLDER, name), 'utf8')) as { readonly plugin?: unknown }).plugin === 'external';
    assert.sameMembers(readdirSync(FOLDER).filter((name) => name.endsWith('.json') && isExternal(name)), files.map(({ name }) => name));
    for (const { name, text } of files) assert.equal(readFileSync(join(FOLDER, name), 'utf8'), text, name);
  });

  it('holds the catalogue of XIDs for NPD\'s own monitor of the kernel log, which sets no condition', () => {
    const { name, text } = kernelLogConfigFile();
    assert.equal(readFileSync(join(FOLDER, name), 'utf8'), text);
    const { plugin, conditions, rules } = JSON.parse(text) as { readonly plugin: string; readonly conditions: unknown; readonly rules: readonly { readonly type: string }[] };
    assert.deepEqual([plugin, conditions, [...new Set(rules.map(({ type }) => type))]], ['kmsg', [], ['temporary']]);
  });

  it('is valid together, without a warning, and keeps NPD from calling a sick node healthy at its start', async () => {
    const paths = (await npdConfigFiles()).map(({ name }) => join(FOLDER, name));
    assert.deepEqual(await say(['validate', ...paths]), { code: 0, stdout: paths.map((path) => `${path}: ok\n`).join(''), stderr: '' });
    const reports = readHostConfigs(paths.map((name) => ({ name, text: readFileSync(name, 'utf8') })));
    for (const { config } of reports) assert.isTrue(config?.skipInitialStatus);
  });

  it('has the conditions in the order of the tables, each with its healthy reason', async () => {
    const files = await npdConfigFiles();
    const found = files.map(({ name, text }) => ({ name, conditions: (JSON.parse(text) as { readonly conditions: unknown }).conditions }));
    assert.deepEqual(found, TABLES.map(({ monitor, conditions }) => ({ name: `${monitor}.json`, conditions: conditions.map(({ type, healthy }) => ({ type, ...healthy })) })));
  });
});

describe('the condition tables', () => {
  it('have each type in one monitor', () => {
    const types = [...hostConditions, ...gpuConditions(rollUpNames), ...networkConditions(), ...networkConditions('pod')].map(({ type }) => type);
    assert.deepEqual(types.filter((type, index) => types.indexOf(type) < index), []);
  });

  it('hold every reason that a check of the host-inspector can give, and no other', () => {
    const checks = readdirSync(join(ROOT, 'plugins/host-inspector'), { recursive: true, encoding: 'utf8' }).filter((name) => /^(?!conditions|settings|report)\w+\/.*\.ts$/.test(name));
    const texts = checks.map((name) => readFileSync(join(ROOT, 'plugins/host-inspector', name), 'utf8')).join('\n');
    const given = [...texts.matchAll(/\b(?:problem|judgeCount)\('(\w+)'/g)].map(([, reason]) => reason);
    assert.sameMembers([...new Set(given)], hostConditions.flatMap((spec) => spec.reasons.map(({ reason }) => reason)));
    const told = [...texts.matchAll(/\breason: '(\w+)'/g)].map(([, reason]) => reason);
    assert.sameMembers([...new Set(told)], hostEvents.map(({ reason }) => reason));
  });
});

for (const { monitor, conditions, events, reads, shared } of TABLES) {
  describe(`the condition table of the ${monitor}`, () => {
    const reasons = conditions.flatMap((spec) => [
      ...spec.reasons.map(({ reason }) => reason), ...(spec.rollUpReason === undefined ? [] : [spec.rollUpReason]), spec.healthy.reason, spec.unknownReason, spec.notApplicableReason,
    ]);

    it('has types and reasons in CamelCase, as Kubernetes wants them', () => {
      for (const name of [...reasons, ...conditions.map(({ type }) => type), ...events.map(({ reason }) => reason)]) {
        assert.match(name, /^(?:[A-Z]+[a-z0-9]+)+$|^DrainP2PRequired$/, name);
      }
    });

    it('has each reason once, so that a reason alone tells what is wrong', () => {
      const names = [...reasons, ...events.map(({ reason }) => reason)].filter((name) => !shared.includes(name));
      assert.deepEqual(names.filter((name, index) => names.indexOf(name) < index), []);
    });

    for (const { type, reasons, healthy, unknownReason, notApplicableReason } of conditions) {
      it(`${type}: not knowing sounds like not knowing`, () => {
        assert.match(unknownReason, /Unknown$/);
        for (const reason of [healthy.reason, notApplicableReason, ...reasons.map(({ reason }) => reason)]) assert.notMatch(reason, /Unknown/);
      });

      it(`${type}: what is said in health is no finding, and holds no number that changes`, () => {
        assert.notMatch(healthy.message, /[0-9%]/);
        // As NPD names its own: NodeHasSufficientMemory, NoCorruptDockerOverlay2, FilesystemIsNotReadOnly.
        assert.match(healthy.reason, /^(?:No|Node|[A-Za-z]+(?:Is|Are))[A-Z]|^DNSAnswers$/);
      });

      for (const { reason, advice, reads: source, limit, raiseAfterMs, clearAfterMs, severity } of reasons) {
        it(`${type} ${reason}: one line of advice, where it is read, and a limit`, () => {
          for (const text of [advice, source, limit]) assert.match(text, /^\S[^\n]{2,199}$/u);
          assert.match(advice, /[.)]$/);
          assert.match(source, reads);
          assert.equal(severity, 'warn');
          assert.isAtLeast(raiseAfterMs, 0);
          assert.isAtLeast(clearAfterMs, 0);
        });
      }
    }
  });
}
