import type { SettingsOf } from '../core/settings.ts';
import { apiServerSettings } from './settings/api-server.ts';
import { attemptSettings } from './settings/attempts.ts';
import { dnsSettings } from './settings/dns.ts';
import { peerSettings } from './settings/peers.ts';
import { routeSettings } from './settings/route.ts';
import { serviceSettings } from './settings/services.ts';
import { targetSettings } from './settings/targets.ts';

/** Every setting of the network-verifier: key in the configuration file and name of the poll parameter. */
export const networkSettings = {
  ...attemptSettings, ...dnsSettings, ...apiServerSettings, ...serviceSettings, ...targetSettings, ...routeSettings, ...peerSettings,
};

export type NetworkSettings = SettingsOf<typeof networkSettings>;
