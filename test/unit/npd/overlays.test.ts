import { assert } from 'chai';
import { readHostConfig } from '../../../plugins/npd/config.ts';
import { advance, createHostModel, receive, type Step } from '../../../plugins/npd/host-model.ts';
import { asNodeCondition } from '../../../plugins/npd/node-condition.ts';
import type { Patch } from '../../../plugins/npd/patch.ts';
import { digestOf, loadedFiles, readOverlay } from '../../support/host-overlay-manifest.ts';
import { overlayRecording, type OverlayRecording } from '../../support/host-overlay-recording.ts';
import { patchesOf, shortStates, statesOf, typesOf, type WrittenCondition } from '../../support/host-overlay-states.ts';

interface Recorded {
  readonly host: string;
  readonly overlay: string;
  /** To record it again. */
  readonly version: string;
}

const WITH_EXTERNAL_MONITORS: readonly Recorded[] = [
  { host: 'npd-ext', overlay: 'integrated', version: 'commit 4e1f724' },
  { host: 'npd-ext', overlay: 'separate', version: 'commit 4e1f724' },
  { host: 'upstream', overlay: 'integrated', version: 'commit 9b449e0' },
];

for (const { host, overlay, version } of WITH_EXTERNAL_MONITORS) {
  describe(`the real ${host}, started as overlay ${overlay} starts it`, () => {
    const recording = overlayRecording(host, overlay);
    const manifest = readOverlay(overlay);
    const patches = patchesOf(recording);
    const external = loadedFiles(manifest, 'external-monitor');

    it('had the ConfigMap and the arguments that the manifest has now', () => {
      const { containers, config } = recording;
      assert.deepEqual({ containers, config }, digestOf(manifest),
        `deploy/${overlay}.yaml has changed since; record again, as root and in a network of its own: node test/support/host-overlay.ts ${host} PATH-OF-THE-PROGRAM "${version}" ${overlay} (test/npd-host/README.md)`);
    });

    it('published every condition of every file, and no other', () => {
      const types = [...external, ...loadedFiles(manifest, 'system-log-monitor')].flatMap(typesOf);
      assert.isAbove(types.length, 10);
      assert.sameMembers([...new Set(patches.flat().map(({ type }) => type))], types);
    });

    it('published what fell sick, and that it was well again', () => {
      const sick = ['MemoryPressureHigh', 'GPUMemoryFault', 'KernelDeadlock', 'ReadonlyFilesystem'];
      assert.deepEqual(sick.map((type) => shortStates(patches, type)), [
        ['False NodeHasMemoryAvailable', 'True MemoryLow', 'False NodeHasMemoryAvailable'],
        ['False NoGPUMemoryFault', 'True RowRemapPending', 'False NoGPUMemoryFault'],
        ['False KernelHasNoDeadlock', 'True ContainerRuntimeHung'],
        ['False FilesystemIsNotReadOnly', 'True FilesystemIsReadOnly'],
      ]);
    });

    it('published nothing but False of all others, each in one state for all the time', () => {
      const sick = new Set(['MemoryPressureHigh', 'GPUMemoryFault', 'KernelDeadlock', 'ReadonlyFilesystem']);
      const others = external.flatMap(typesOf).filter((type) => !sick.has(type));
      assert.deepEqual(Object.fromEntries(others.map((type) => [type, [...new Set(shortStates(patches, type))]])), {
        DiskSpaceLow: ['False NodeHasDiskSpace'],
        FilesystemUnhealthy: ['False FilesystemIsHealthy'],
        IOPressureHigh: ['False NodeHasNoIOPressure'],
        CPUPressureHigh: ['False NodeHasNoCPUPressure'],
        KernelLimitNear: ['False NodeIsBelowKernelLimits'],
        ProcessesStuck: ['False NoProcessIsStuck'],
        NetworkInterfaceDegraded: ['False NetworkInterfacesAreHealthy'],
        HardwareFault: ['False HardwareErrorsNotCounted'],
        ClockUnsynchronized: ['False ClockNotJudged'],
        NodeServiceDown: ['False NoNodeServices'],
        CertificateExpiring: ['False NoCertificateToJudge'],
        UnexpectedListeningPort: ['False NoExpectedPortsDeclared'],
        // Where the GPUs have a Pod of their own, it may be the later one.
        NodeMonitorDown: overlay === 'separate' ? ['False NoNodeMonitors', 'False NodeMonitorsAnswer'] : ['False NodeMonitorsAnswer'],
        GPUHung: ['False NvidiaSmiIsResponsive'],
        GPUDriverUnhealthy: ['False NodeHasGPUDriver'],
        GPUMissing: ['False NodeHasAllGPUs'],
        GPUXidError: ['False KernelLogNotReadable'],
        GPUMemoryPressure: ['False MemoryThresholdNotSet'],
        GPUTemperatureHigh: ['False NoGPUTemperatureHigh'],
        GPUThrottled: ['False NoGPUHardwareSlowdown'],
        GPUInterconnectFault: ['False NoGPUInterconnectFault'],
        GPURecoveryRequired: ['False NoGPURecoveryRequired'],
      });
    });

    it('wrote each event once', () => {
      const events = recording.timeline.flatMap(({ event }) => (event === undefined ? [] : [`${event.type} ${event.source.component} ${event.reason}`]));
      assert.sameMembers(events, [
        'Normal gpu-monitor KernelLogNotReadable',
        'Warning host-inspector MemoryLow', 'Normal host-inspector NodeHasMemoryAvailable', 'Warning host-inspector OOMKilling',
        'Warning gpu-monitor RowRemapPending', 'Normal gpu-monitor NoGPUMemoryFault',
        'Warning kernel-monitor OOMKilling', 'Warning kernel-monitor TaskHung', 'Warning kernel-monitor ContainerRuntimeHung', 'Warning kernel-monitor FilesystemIsReadOnly',
        'Warning gpu-xid-kernel-monitor GPUXidResetRequired',
      ]);
    });

    it('published what the model says that it would, of what the plugins told', () => {
      const model = modelled(recording, external);
      for (const type of external.flatMap(typesOf)) assert.deepEqual(statesOf(model, type), statesOf(patches, type), type);
    });

    it('answered its probes, as the plugins did theirs, and had the metrics of its own monitors', () => {
      const { health, metrics = [], problems = [] } = recording.timeline.find((entry) => entry.health !== undefined) ?? {};
      assert.deepEqual(Object.values(health ?? {}).map((answer) => answer.split(' ', 1)[0]), ['200', '200', '200']);
      assert.includeMembers([...metrics], ['cpu_load_1m', 'disk_bytes_used', 'host_uptime', 'memory_bytes_used', 'problem_counter', 'problem_gauge']);
      assert.includeMembers([...problems], ['problem_counter{reason="OOMKilling"} 1', 'problem_gauge{reason="ContainerRuntimeHung",type="KernelDeadlock"} 1']);
    });
  });
}

const INTERVAL_MS = 30_000;

/** The host polls each plugin every 30 s from its start on, and gets what the plugin told last. */
function modelled({ timeline, startedAtMs }: OverlayRecording, files: readonly string[]): readonly (readonly WrittenCondition[])[] {
  const configs = files.flatMap((text) => readHostConfig(text).config ?? []);
  let model = createHostModel(configs, startedAtMs);
  const patches: Patch[] = [];
  const take = (step: Step): void => {
    model = step.model;
    patches.push(...step.patches);
  };
  const endMs = timeline.find(({ ended }) => ended === 'node-problem-detector')?.atMs ?? 0;
  for (let atMs = INTERVAL_MS; atMs < endMs; atMs += INTERVAL_MS) {
    for (const [index, { source }] of configs.entries()) {
      const { conditions } = timeline.findLast((entry) => entry.told === source && entry.atMs < atMs) ?? {};
      take(conditions === undefined ? advance(model, startedAtMs + atMs) : receive(model, { source, events: [], conditions }, startedAtMs + atMs, index));
    }
  }
  take(advance(model, startedAtMs + endMs));
  return patches.map(({ conditions, atMs }) => conditions.map((condition) => asNodeCondition(condition, atMs)));
}
