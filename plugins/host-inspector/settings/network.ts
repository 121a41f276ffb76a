import { countSetting, listSetting, percentSetting } from '../../core/settings.ts';

/** netdata warns at 5 errors in 10 minutes, which a single bad frame reaches; the alerts of node_exporter at 1 percent for an hour. */
export const networkSettings = {
  interfaceErrorsMaxPercent: percentSetting(1, 'most packets with errors of a network interface, in percent of all, for each direction'),
  interfaceLossesMax: countSetting(5, 'how often a network interface may lose its link within ten minutes'),
  interfaceIgnore: listSetting([], 'network interfaces that are not judged, by name; a `*` at the end stands for any ending'),
  listenOverflowsMaxPerSecond: countSetting(1, 'most connections per second that listening sockets of the node refuse for want of room'),
};
