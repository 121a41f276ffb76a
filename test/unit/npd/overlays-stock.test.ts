import { assert } from 'chai';
import { digestOf, loadedFiles, readOverlay } from '../../support/host-overlay-manifest.ts';
import { overlayRecording } from '../../support/host-overlay-recording.ts';
import { patchesOf, shortStates, statesOf, typesOf } from '../../support/host-overlay-states.ts';

/** What the script believes, NPD's longest interval, and its one-second timer. */
const SURELY_STALE_MS = 90_000 + 60_000 + 5_000;

describe('released NPD 1.36, started as overlay stock-npd starts it', () => {
  const recording = overlayRecording('npd-1.36', 'stock-npd');
  const manifest = readOverlay('stock-npd');
  const patches = patchesOf(recording);
  const bridged = loadedFiles(manifest, 'custom-plugin-monitor').flatMap(typesOf);
  const timeOf = (did: string): number => recording.timeline.find((entry) => entry.did === did)?.atMs ?? NaN;
  /** Statuses of bridged conditions that were written in a span of time. */
  const written = (fromMs: number, toMs: number): readonly string[] =>
    [...new Set(recording.timeline.filter(({ atMs }) => atMs >= fromMs && atMs < toMs).flatMap(({ patch = [] }) => patch.filter(({ type }) => bridged.includes(type)).map(({ status }) => status)))];

  it('had the ConfigMap and the arguments that the manifest has now', () => {
    const { containers, config } = recording;
    assert.deepEqual({ containers, config }, digestOf(manifest),
      'deploy/stock-npd.yaml has changed since; record again, as root and in a network of its own: node test/support/host-overlay.ts npd-1.36 PATH-OF-THE-PROGRAM v1.36.0 stock-npd (test/npd-host/README.md)');
  });

  it('published every condition of every file, and no other', () => {
    const types = [...bridged, ...loadedFiles(manifest, 'system-log-monitor').flatMap(typesOf)];
    assert.isAbove(types.length, 15);
    assert.sameMembers([...new Set(patches.flat().map(({ type }) => type))], types);
  });

  it('called nothing healthy before the plugins were there', () => {
    assert.deepEqual(written(0, timeOf('start: gpu-monitor')), ['Unknown']);
  });

  it('published what fell sick, that it was well again, and that it does not know once the plugins were killed', () => {
    const sick = ['MemoryPressureHigh', 'GPUMemoryFault', 'KernelDeadlock', 'ReadonlyFilesystem', 'ClusterDNSUnavailable', 'NetworkVerified'];
    assert.deepEqual(sick.map((type) => shortStates(patches, type)), [
      ['Unknown MemoryPressureHighNotReported', 'False MemoryPressureHighNotReported', 'True MemoryPressureHighReported', 'False MemoryPressureHighNotReported', 'Unknown MemoryPressureHighNotReported'],
      ['Unknown GPUMemoryFaultNotReported', 'False GPUMemoryFaultNotReported', 'True GPUMemoryFaultReported', 'False GPUMemoryFaultNotReported', 'Unknown GPUMemoryFaultNotReported'],
      ['False KernelHasNoDeadlock', 'True ContainerRuntimeHung'],
      ['False FilesystemIsNotReadOnly', 'True FilesystemIsReadOnly'],
      ['Unknown ClusterDNSUnavailableNotReported', 'False ClusterDNSUnavailableNotReported', 'True ClusterDNSUnavailableReported', 'False ClusterDNSUnavailableNotReported', 'Unknown ClusterDNSUnavailableNotReported'],
      ['Unknown NetworkVerifiedNotReported', 'True NetworkVerifiedReported', 'False NetworkVerifiedNotReported', 'True NetworkVerifiedReported', 'Unknown NetworkVerifiedNotReported'],
    ]);
    const others = bridged.filter((type) => !sick.includes(type));
    for (const type of others) assert.deepEqual(shortStates(patches, type), [`Unknown ${type}NotReported`, `False ${type}NotReported`, `Unknown ${type}NotReported`]);
  });

  it('named in the message what was found, and why it does not know', () => {
    const messages = statesOf(patches, 'MemoryPressureHigh').map((state) => state.split(' ').slice(3).join(' '));
    assert.match(messages[2] ?? '', /^MemoryLow: node memory: less than 1024Mi available /);
    assert.match(messages[4] ?? '', /^StatusFileStale: \S+host-inspector\.status is older than 90 s; /);
  });

  it('called nothing healthy any more once the status files were stale', () => {
    const killedMs = timeOf('kill -9: node-plugins');
    const last = bridged.map((type) => shortStates(patches, type).at(-1)?.split(' ', 1)[0]);
    assert.deepEqual([...new Set(last)], ['Unknown']);
    const unknownMs = bridged.map((type) => recording.timeline.find(({ atMs, patch = [] }) => atMs > killedMs && patch.some((one) => one.type === type && one.status === 'Unknown'))?.atMs ?? NaN);
    assert.isBelow(Math.max(...unknownMs), killedMs + SURELY_STALE_MS);
  });

  it('wrote events of changes, without the UID by which kubectl describe node looks for events, until there were too many', () => {
    const events = recording.timeline.flatMap(({ event }) => event ?? []);
    const of = (type: string): readonly string[] => events.filter(({ message }) => message.startsWith(`Node condition ${type} is now`)).map((event) => `${event.type} ${event.source.component} ${event.reason}`);
    assert.deepEqual(of('MemoryPressureHigh'), [
      'Normal host-inspector MemoryPressureHighNotReported', 'Normal host-inspector MemoryPressureHighNotReported',
      'Warning host-inspector MemoryPressureHighReported',
    ]);
    // As it does of every condition that is True, and here that is the good news.
    assert.include(of('NetworkVerified'), 'Warning network-verifier NetworkVerifiedReported');
    // client-go lets 25 events of one source through at once and then one in five minutes; the first states of all conditions take them.
    const first = events.filter(({ source, reason }) => source.component === 'host-inspector' && reason.endsWith('NotReported'));
    assert.lengthOf(first, 25);
    assert.deepEqual([...new Set(events.map(({ involvedObject }) => involvedObject['uid']))], ['']);
  });
});
