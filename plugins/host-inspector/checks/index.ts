import type { Check } from '../../core/check.ts';
import type { FilesystemProbe } from '../../linux/filesystem-probe.ts';
import type { HostSettings } from '../settings.ts';
import { diskSpace } from './disk-space.ts';
import { memoryAvailable } from './memory-available.ts';
import { memoryStalled } from './memory-stalled.ts';
import { oomKills } from './oom-kills.ts';

/** Every check of the host-inspector, in the order in which their findings are told. */
export function hostChecks(probe: FilesystemProbe): readonly Check<HostSettings>[] {
  return [diskSpace(probe), memoryStalled, memoryAvailable, oomKills];
}
