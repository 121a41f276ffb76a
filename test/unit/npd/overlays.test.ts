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

/** These change; NetworkVerified alone is healthy while True. */
const SICK: Readonly<Record<string, readonly string[]>> = {
  MemoryPressureHigh: ['False NodeHasMemoryAvailable', 'True MemoryLow', 'False NodeHasMemoryAvailable'],
  GPUMemoryFault: ['False NoGPUMemoryFault', 'True RowRemapPending', 'False NoGPUMemoryFault'],
  KernelDeadlock: ['False KernelHasNoDeadlock', 'True ContainerRuntimeHung'],
  ReadonlyFilesystem: ['False FilesystemIsNotReadOnly', 'True FilesystemIsReadOnly'],
  ClusterDNSUnavailable: ['False DNSAnswers', 'True DNSTimeout', 'False DNSAnswers'],
  NetworkVerified: ['True NetworkIsVerified', 'False NetworkNotVerified', 'True NetworkIsVerified'],
};

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
      assert.deepEqual(Object.fromEntries(Object.keys(SICK).map((type) => [type, shortStates(patches, type)])), SICK);
    });

    it('published why the network is not verified, from where that was seen, and that it is likelier the name server than this node', () => {
      const [, message] = statesOf(patches, 'NetworkVerified').map((state) => state.split(' ').slice(3).join(' '));
      assert.match(message ?? '', /^ClusterDNSUnavailable: name server 10\.96\.0\.10:53 over TCP from the host's network: .+likelier this name server than this node/);
    });

    it('published nothing but False of all others, each in one state for all the time', () => {
      const others = external.flatMap(typesOf).filter((type) => SICK[type] === undefined);
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
        NodeMonitorDown: ['False NodeMonitorsAnswer'],
        GPUHung: ['False NvidiaSmiIsResponsive'],
        GPUDriverUnhealthy: ['False NodeHasGPUDriver'],
        GPUMissing: ['False NodeHasAllGPUs'],
        GPUXidError: ['False KernelLogNotReadable'],
        GPUMemoryPressure: ['False MemoryThresholdNotSet'],
        GPUTemperatureHigh: ['False NoGPUTemperatureHigh'],
        GPUThrottled: ['False NoGPUHardwareSlowdown'],
        GPUInterconnectFault: ['False NoGPUInterconnectFault'],
        GPURecoveryRequired: ['False NoGPURecoveryRequired'],
        APIServerUnreachable: ['False APIServerIsReachable'],
        NetworkTargetUnreachable: ['False NoNetworkTargets'],
        ServiceDiscoveryFailed: ['False ServicesAreReachable'],
      });
    });

    it('wrote each event once', () => {
      const events = recording.timeline.flatMap(({ event }) => (event === undefined ? [] : [`${event.type} ${event.source.component} ${event.reason}`]));
      assert.sameMembers(events, [
        'Normal gpu-monitor KernelLogNotReadable',
        'Warning host-inspector MemoryLow', 'Normal host-inspector NodeHasMemoryAvailable', 'Warning host-inspector OOMKilling',
        'Warning network-verifier DNSTimeout', 'Normal network-verifier DNSAnswers',
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
