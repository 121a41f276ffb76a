import type { SettingsOf } from '../core/settings.ts';
import { diskSettings } from './settings/disk.ts';
import { filesystemSettings } from './settings/filesystem.ts';
import { kernelLimitSettings } from './settings/kernel-limits.ts';
import { memorySettings } from './settings/memory.ts';
import { pressureSettings } from './settings/pressure.ts';

/** Every threshold of the host-inspector: key in the configuration file and name of the poll parameter. */
export const hostSettings = {
  ...diskSettings,
  ...filesystemSettings,
  ...memorySettings,
  ...pressureSettings,
  ...kernelLimitSettings,
};

export type HostSettings = SettingsOf<typeof hostSettings>;
