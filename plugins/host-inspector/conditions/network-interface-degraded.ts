import type { ConditionSpec } from '../../core/conditions.ts';
import { networkSettings } from '../settings/network.ts';

const MINUTE_MS = 60_000;

const { interfaceErrorsMaxPercent, interfaceLossesMax, listenOverflowsMaxPerSecond } = networkSettings;

/** A network card of the node has lost its link, or keeps it badly; or services of the node do not accept connections in time. */
export const networkInterfaceDegraded: ConditionSpec = {
  type: 'NetworkInterfaceDegraded',
  polarity: 'problem',
  reasons: [
    {
      reason: 'InterfaceDown',
      severity: 'warn',
      reads: '/sys/class/net/*/{operstate,flags}, /proc/1/net/dev',
      limit: 'an enabled interface of a device without the link that it had before',
      advice: 'Check cable, transceiver and switch port with `ethtool INTERFACE`; of one that is no longer wanted: `ip link set INTERFACE down`.',
      // A switch that is updated is back by then, and all nodes of a rack would be told ill at once.
      raiseAfterMs: 10 * MINUTE_MS,
      clearAfterMs: MINUTE_MS,
      privilege: 'a',
    },
    {
      reason: 'BondDegraded',
      severity: 'warn',
      reads: '/proc/1/net/bonding/*, else /sys/class/net/*/bonding_slave',
      limit: 'a bond without a member that had a link before',
      advice: 'See which member in /proc/net/bonding and check its cable, transceiver and switch port with `ethtool MEMBER`; the node has lost its spare.',
      raiseAfterMs: 10 * MINUTE_MS,
      clearAfterMs: MINUTE_MS,
      privilege: 'a',
    },
    {
      reason: 'InterfaceFlapping',
      severity: 'warn',
      reads: '/sys/class/net/*/carrier_changes, /proc/uptime',
      limit: `the link lost more than ${interfaceLossesMax.initial} times within ten minutes`,
      advice: 'Replace cable or transceiver, or use another switch port; `dmesg | grep -i link` tells when it was lost.',
      // It is counted over ten minutes, and lasts until half as many are seen in them.
      raiseAfterMs: 0,
      clearAfterMs: MINUTE_MS,
      privilege: 'a',
    },
    {
      reason: 'InterfaceErrors',
      severity: 'warn',
      reads: '/proc/1/net/dev, /proc/uptime',
      limit: `more than ${interfaceErrorsMaxPercent.initial}% of the packets received, or sent, with errors, and at least 50`,
      advice: 'See which errors with `ethtool -S INTERFACE | grep -i err`; replace cable or transceiver, compare the MTU with that of the switch.',
      // Longer than the time that is compared, so that no single burst is told.
      raiseAfterMs: 8 * MINUTE_MS,
      clearAfterMs: MINUTE_MS,
      privilege: 'a',
    },
    {
      reason: 'ListenQueueOverflow',
      severity: 'warn',
      reads: '/proc/1/net/netstat, /proc/uptime; /proc/1/net/tcp and tcp6 for the ports',
      limit: `more connections refused for want of room than ${listenOverflowsMaxPerSecond.initial} a second`,
      advice: 'See with `ss -lnt` which port has a Recv-Q near its Send-Q; its program is too slow, or needs a longer backlog (net.core.somaxconn).',
      raiseAfterMs: 8 * MINUTE_MS,
      clearAfterMs: MINUTE_MS,
      privilege: 'a',
    },
  ],
  healthy: { reason: 'NetworkInterfacesAreHealthy', message: 'links of the node are there and bring packets over whole, and its services accept connections' },
  unknownReason: 'NetworkInterfacesUnknown',
  notApplicableReason: 'NoNetworkInterfaceToJudge',
};
