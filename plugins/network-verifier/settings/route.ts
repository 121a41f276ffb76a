import { countSetting } from '../../core/settings.ts';
import { switchSetting } from './switches.ts';

export const routeSettings = {
  defaultRoute: switchSetting('off', 'whether there must be a default route, of IPv4 or IPv6'),
  minMtu: countSetting(0, 'smallest MTU in bytes that the interface of the default route may have, e.g. 1500, or 9001 in a VPC of AWS; 0: any'),
};
