import { assert } from 'chai';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { ConditionSpec } from '../../../plugins/core/conditions.ts';
import { gpuChecks } from '../../../plugins/gpu-monitor/checks/index.ts';
import { gpuConditions, gpuEvents } from '../../../plugins/gpu-monitor/conditions.ts';
import { positiveConditions, rollUpNames, rollUpSpecs } from '../../../plugins/gpu-monitor/roll-ups.ts';
import { sourcesOf } from './scene.ts';

const PLUGIN = join(import.meta.dirname, '../../../plugins/gpu-monitor');
const plain = gpuConditions([]);
const all = gpuConditions(rollUpNames);

/** Every name that a condition may have as its reason. */
function reasonsOf({ reasons, healthy, unknownReason, moreUnknownReasons = [], notApplicableReason, moreNotApplicableReasons = [] }: ConditionSpec): readonly string[] {
  return [...reasons.map(({ reason }) => reason), healthy.reason, unknownReason, ...moreUnknownReasons, notApplicableReason, ...moreNotApplicableReasons];
}

/** What the checks say: the code that finds problems, without that which only decides about them. */
const texts = ['checks', 'inventory', 'xid'].flatMap((folder) => readdirSync(join(PLUGIN, folder)).filter((name) => folder !== 'xid' || name === 'judge.ts' || name === 'bursts.ts')
  .map((name) => readFileSync(join(PLUGIN, folder, name), 'utf8'))).join('\n');

/** Words in quotes that look like a reason; one of them is a kind of device. */
const named = new Set([...texts.matchAll(/'([A-Z]\w*[A-Z]\w*[a-z]\w*)'/g)].map(([, name = '']) => name).filter((name) => name !== 'NVSwitch'));

describe('the conditions of the gpu-monitor', () => {
  it('have a row for every reason that a check can give', () => {
    const known = new Set([...all.flatMap(reasonsOf), ...gpuEvents.map(({ reason }) => reason), ...all.map(({ type }) => type)]);
    assert.deepEqual([...named].filter((name) => !known.has(name)), []);
  });

  it('have no row for a reason that no check can give', () => {
    assert.deepEqual(all.flatMap(({ reasons }) => reasons.map(({ reason }) => reason)).filter((reason) => !named.has(reason)), []);
  });

  it('are each fed by a check, or rolled up from others', () => {
    const sources = sourcesOf({ query: {}, nvlink: '' });
    const fed = (rollUps: typeof rollUpNames): readonly string[] => [...new Set(gpuChecks(sources, rollUps).flatMap(({ condition }) => condition ?? []))];
    assert.sameMembers([...fed([])], plain.map(({ type }) => type));
    assert.sameMembers([...fed(rollUpNames)], all.filter(({ rollUpOf }) => rollUpOf === undefined).map(({ type }) => type));
  });

  it('share a reason only where it means the same and asks for the same', () => {
    const rows = all.flatMap(({ type, reasons }) => reasons.map(({ reason }) => ({ type, reason })));
    const shared = Map.groupBy(rows, ({ reason }) => reason);
    const found = [...shared].filter(([, { length }]) => length > 1).map(([reason, sharing]) => [reason, sharing.map(({ type }) => type)]);
    assert.deepEqual(found, [
      ['NodeRebootRequired', ['GPUXidError', 'GPURecoveryRequired']], ['GPUResetRequired', ['GPUXidError', 'GPURecoveryRequired']], ['GPUOverheating', ['GPUTemperatureHigh', 'GPUHealthy']],
    ]);
  });

  it('are healthy with NoGPUPresent on a node without a GPU, all of them', () => assert.deepEqual([...new Set(all.map(({ notApplicableReason }) => notApplicableReason))], ['NoGPUPresent']));

  it('never sound healthy where they do not know, nor unknown where they do', () => {
    for (const { type, unknownReason, moreUnknownReasons = [], healthy, reasons } of all) {
      for (const reason of [unknownReason, ...moreUnknownReasons]) {
        if (type !== 'GPUHealthy') assert.match(reason, /Unknown$/);
        assert.notMatch(reason, /^No|^Node|Is[A-Z]/);
      }
      for (const reason of [healthy.reason, ...reasons.map(({ reason }) => reason)]) assert.notMatch(reason, /Unknown/);
      assert.notMatch(healthy.message, /[0-9%]/);
    }
  });

  it('say in one line what to do, where it is read, and the limit', () => {
    for (const { reasons } of all) {
      for (const { reason, advice, reads, limit } of reasons) {
        for (const text of [advice, reads]) assert.match(text, /^\S[^\n]{4,199}$/u, reason);
        assert.match(limit, /^\S[^\n]{2,199}$/u, reason);
        assert.match(advice, /[.)]$/, reason);
      }
    }
  });

  it('are the same first ones, in the same order, whichever roll-ups are asked for', () => {
    assert.deepEqual(all.slice(0, plain.length), plain);
    assert.deepEqual(gpuConditions(['accelerated-hardware-ready', 'gpu-healthy']), all);
    assert.deepEqual(all.slice(plain.length).map(({ type }) => type), ['GPUHealthy', 'AcceleratedHardwareReady']);
  });
});

describe('the roll-ups of the gpu-monitor', () => {
  it('are True for a problem as npd-ext has it, and True for health as EKS has it', () => {
    assert.deepEqual([...positiveConditions], ['AcceleratedHardwareReady']);
    assert.deepEqual(reasonsOf(rollUpSpecs['gpu-healthy']), ['GPUMultipleIssues', 'GPUOverheating', 'GPUMemoryHigh', 'GPUIsHealthy', 'GPUMonitoringError', 'GPUNotAvailable', 'NoGPUPresent', 'NoGPUExpected']);
  });

  it('roll up what a new node would mend, in the order of the table', () => {
    const { rollUpOf = [] } = rollUpSpecs['accelerated-hardware-ready'];
    const types = plain.map(({ type }) => type);
    assert.deepEqual(rollUpOf, types.filter((type) => rollUpOf.includes(type)));
    assert.deepEqual(types.filter((type) => !rollUpOf.includes(type)), ['GPUMemoryPressure', 'GPUTemperatureHigh', 'GPUThrottled']);
  });
});
