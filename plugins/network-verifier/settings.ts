import type { SettingsOf } from '../core/settings.ts';
import { attemptSettings } from './settings/attempts.ts';

/** Every setting of the network-verifier: key in the configuration file and name of the poll parameter. */
export const networkSettings = { ...attemptSettings };

export type NetworkSettings = SettingsOf<typeof networkSettings>;
