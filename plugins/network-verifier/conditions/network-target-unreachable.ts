import type { ConditionSpec, ReasonSpec } from '../../core/conditions.ts';
import { PATIENCE } from './patience.ts';

const TARGETS = 'the targets that are configured';

function row(reason: string, reads: string, limit: string, advice: string): ReasonSpec {
  return { ...PATIENCE, raiseAfterMs: 180_000, reason, reads, limit, advice };
}

/** Something that is declared to be reachable from here is not. */
export const networkTargetUnreachable: ConditionSpec = {
  type: 'NetworkTargetUnreachable',
  polarity: 'problem',
  provesHealth: true,
  reasons: [
    row('DefaultRouteMissing', '/proc/1/net/route, /proc/1/net/ipv6_route (in a Pod /proc/net/route)', 'no usable default route; judged with defaultRoute: on', 'Look at `ip route`, at the DHCP client and at the CNI.'),
    row('MTUTooSmall', '/sys/class/net/*/mtu', 'MTU of the interface of the default route below minMtu; judged where that is set', 'Compare with `ip link` on another node: small packets pass and large ones are lost.'),
    row('QuorumLost', TARGETS, 'fewer of them can be reached than targetQuorum', 'Compare with other nodes: if they miss the same targets, those are down, else it is this node.'),
    row('TCPConnectFailed', TARGETS, 'connection refused, or no way there', 'Look whether the target listens, then at routes and firewall of this node.'),
    row('TCPConnectTimeout', TARGETS, 'no connection within checkTimeout (3 s)', 'Packets are dropped on their way: look at routes, firewall, network policies and the way back.'),
    row('TCPConnectionReset', TARGETS, 'the connection is cut off', 'A load balancer without a healthy target, or a firewall, cuts it off.'),
    row('TargetNotResolved', TARGETS, 'its name has no address', 'See ClusterDNSUnavailable, and the spelling of the name.'),
    row('TargetTLSFailed', TARGETS, 'no TLS session, or a certificate that is not trusted, expired or of another name', 'See `openssl s_client -connect`; a proxy may interfere.'),
    row('HTTPTimeout', TARGETS, 'no HTTP answer within checkTimeout (3 s) over a connection', 'The target is overloaded or hangs, or large packets are lost (MTU).'),
    row('HTTPCheckFailed', TARGETS, 'a status of 400 and above, or half an answer', 'The target answers and is not well: see its own log.'),
    row('PeersUnreachable', 'TCP connections to some of the verifiers of other nodes', 'fewer than half of the sample can be reached; judged where peers is set', 'Traffic between nodes is lost: look at the CNI, its tunnels (MTU, UDP ports) and security groups.'),
  ],
  healthy: { reason: 'NetworkTargetsAreReachable', message: 'all targets can be reached' },
  unknownReason: 'NetworkTargetsUnknown',
  notApplicableReason: 'NoNetworkTargets',
};
