import type { Check } from '../../core/check.ts';
import type { FilesystemProbe } from '../../linux/filesystem-probe.ts';
import type { HostSettings } from '../settings.ts';
import { diskSpace } from './disk-space.ts';
import { filesystemErrors } from './filesystem-errors.ts';
import { filesystemReadOnly } from './filesystem-read-only.ts';
import { memoryAvailable } from './memory-available.ts';
import { memoryStalled } from './memory-stalled.ts';
import { mountsAnswer } from './mounts-answer.ts';
import { oomKills } from './oom-kills.ts';

/** Every check of the host-inspector, in the order in which their findings are told. */
export function hostChecks(probe: FilesystemProbe): readonly Check<HostSettings>[] {
  return [diskSpace(probe), filesystemReadOnly, mountsAnswer(probe), filesystemErrors, memoryStalled, memoryAvailable, oomKills];
}
