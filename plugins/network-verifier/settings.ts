import type { SettingsOf } from '../core/settings.ts';
import { attemptSettings } from './settings/attempts.ts';
import { dnsSettings } from './settings/dns.ts';

/** Every setting of the network-verifier: key in the configuration file and name of the poll parameter. */
export const networkSettings = { ...attemptSettings, ...dnsSettings };

export type NetworkSettings = SettingsOf<typeof networkSettings>;
