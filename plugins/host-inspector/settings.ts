import type { SettingsOf } from '../core/settings.ts';
import { certificateSettings } from './settings/certificates.ts';
import { clockSettings } from './settings/clock.ts';
import { diskSettings } from './settings/disk.ts';
import { filesystemSettings } from './settings/filesystem.ts';
import { hardwareSettings } from './settings/hardware.ts';
import { kernelLimitSettings } from './settings/kernel-limits.ts';
import { memorySettings } from './settings/memory.ts';
import { monitorSettings } from './settings/monitors.ts';
import { networkSettings } from './settings/network.ts';
import { portSettings } from './settings/ports.ts';
import { pressureSettings } from './settings/pressure.ts';
import { processSettings } from './settings/processes.ts';
import { serviceSettings } from './settings/services.ts';

/** Every threshold of the host-inspector: key in the configuration file and name of the poll parameter. */
export const hostSettings = {
  ...diskSettings,
  ...filesystemSettings,
  ...pressureSettings,
  ...memorySettings,
  ...kernelLimitSettings,
  ...processSettings,
  ...networkSettings,
  ...hardwareSettings,
  ...clockSettings,
  ...serviceSettings,
  ...certificateSettings,
  ...portSettings,
  ...monitorSettings,
};

export type HostSettings = SettingsOf<typeof hostSettings>;
