import type { Check } from '../../core/check.ts';
import type { FilesystemProbe } from '../../linux/filesystem-probe.ts';
import type { HostSettings } from '../settings.ts';
import { type HostSources, liveSources } from '../sources.ts';
import { bonds } from './bonds.ts';
import { btrfsErrors } from './btrfs-errors.ts';
import { certificates } from './certificates.ts';
import { clock } from './clock.ts';
import { conntrack } from './conntrack.ts';
import { cpuStalled } from './cpu-stalled.ts';
import { cpuThrottled } from './cpu-throttled.ts';
import { diskErrors } from './disk-errors.ts';
import { diskSpace } from './disk-space.ts';
import { fileHandles } from './file-handles.ts';
import { filesystemErrors } from './filesystem-errors.ts';
import { filesystemReadOnly } from './filesystem-read-only.ts';
import { hardwareCorrupted } from './hardware-corrupted.ts';
import { inotify } from './inotify.ts';
import { ioStalled } from './io-stalled.ts';
import { kernelTainted } from './kernel-tainted.ts';
import { listenQueues } from './listen-queues.ts';
import { listeningPorts } from './listening-ports.ts';
import { memoryAvailable } from './memory-available.ts';
import { memoryErrors } from './memory-errors.ts';
import { memoryStalled } from './memory-stalled.ts';
import { monitorsAnswer } from './monitors-answer.ts';
import { mountsAnswer } from './mounts-answer.ts';
import { neighbours } from './neighbours.ts';
import { networkInterfaces } from './network-interfaces.ts';
import { nodeRebooted } from './node-rebooted.ts';
import { nodeServices } from './node-services.ts';
import { oomKills } from './oom-kills.ts';
import { openFiles } from './open-files.ts';
import { processStates } from './process-states.ts';
import { raid } from './raid.ts';
import { rebootRequired } from './reboot-required.ts';
import { threads } from './threads.ts';

/** Every check of the host-inspector, in the order in which their findings are told. */
export function hostChecks(probe: FilesystemProbe, sources: HostSources = liveSources): readonly Check<HostSettings>[] {
  return [
    diskSpace(probe),
    filesystemReadOnly,
    mountsAnswer(probe),
    filesystemErrors,
    btrfsErrors,
    raid(sources),
    ioStalled,
    diskErrors,
    memoryStalled,
    memoryAvailable,
    oomKills,
    cpuStalled,
    cpuThrottled,
    threads,
    fileHandles,
    openFiles,
    conntrack,
    inotify,
    neighbours,
    processStates(sources),
    networkInterfaces,
    bonds,
    listenQueues,
    memoryErrors,
    hardwareCorrupted,
    clock(sources),
    nodeServices,
    certificates(sources),
    listeningPorts(sources),
    monitorsAnswer(sources),
    kernelTainted,
    nodeRebooted,
    rebootRequired(sources),
  ];
}
