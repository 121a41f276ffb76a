import type { SettingsOf } from '../core/settings.ts';
import { limitSettings } from './settings/limits.ts';
import { readingSettings } from './settings/reading.ts';
import { xidSettings } from './settings/xid.ts';

/** Every threshold of the gpu-monitor: key in the configuration file and name of the poll parameter. */
export const gpuSettings = { ...readingSettings, ...limitSettings, ...xidSettings };

export type GpuSettings = SettingsOf<typeof gpuSettings>;
