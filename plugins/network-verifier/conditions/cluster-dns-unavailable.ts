import type { ConditionSpec } from '../../core/conditions.ts';
import { PATIENCE, SLOW_PATIENCE } from './patience.ts';

const READS = 'UDP and TCP port 53 of each name server in /etc/resolv.conf, or of nameServers';

/** Names are not resolved as they should be, by one name server or by all. */
export const clusterDnsUnavailable: ConditionSpec = {
  type: 'ClusterDNSUnavailable',
  polarity: 'problem',
  provesHealth: true,
  reasons: [
    {
      ...PATIENCE,
      reason: 'DNSTimeout',
      reads: READS,
      limit: 'no answer within checkTimeout (3 s), or no way there',
      advice: 'Look whether CoreDNS runs (`kubectl -n kube-system get pods -l k8s-app=kube-dns -o wide`), and kube-proxy and the CNI of this node; packets to port 53 may be dropped by a network policy.',
    },
    {
      ...PATIENCE,
      reason: 'DNSRefused',
      reads: READS,
      limit: 'nobody listens there, the connection is cut off, or the return code is REFUSED',
      advice: 'Compare the name servers in /etc/resolv.conf of the Pod with `kubectl -n kube-system get svc kube-dns`; look whether its Pods are ready.',
    },
    {
      ...PATIENCE,
      reason: 'DNSServerFailure',
      reads: READS,
      limit: 'return code SERVFAIL or another that is no answer',
      advice: 'See the log of CoreDNS; it says so when it cannot reach the API server or the name servers it forwards to.',
    },
    {
      ...PATIENCE,
      reason: 'DNSNameNotFound',
      reads: READS,
      limit: 'return code NXDOMAIN for a name that must be there',
      advice: "Look whether /etc/resolv.conf holds the cluster's name server: a Pod with hostNetwork needs `dnsPolicy: ClusterFirstWithHostNet`; set clusterDomain where it is not cluster.local.",
    },
    {
      ...PATIENCE,
      reason: 'DNSWrongAnswer',
      reads: READS,
      limit: 'no address, one that cannot be right, or another than the expected ones',
      advice: 'Something else answers in place of the name server, or serves old data: compare `dig @SERVER NAME` here and on another node.',
    },
    {
      ...PATIENCE,
      reason: 'DNSMalformedAnswer',
      reads: READS,
      limit: 'an answer that is no DNS message, or is cut short',
      advice: 'Something else listens on port 53, or packets are damaged on their way: look at the MTU and at middleboxes with `tcpdump -ni any port 53`.',
    },
    {
      ...SLOW_PATIENCE,
      reason: 'DNSSlow',
      reads: READS,
      limit: 'an answer takes longer than dnsMaxLatency (2 s)',
      advice: 'Look at the load of CoreDNS and at conntrack (KernelLimitNear) of the node.',
    },
  ],
  healthy: { reason: 'DNSAnswers', message: 'all name servers answer' },
  unknownReason: 'DNSUnknown',
  notApplicableReason: 'DNSNotJudged',
};
