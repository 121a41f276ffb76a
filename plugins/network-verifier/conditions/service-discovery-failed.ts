import type { ConditionSpec } from '../../core/conditions.ts';
import { API_PATIENCE } from './patience.ts';

/** A Service cannot be found, has nobody behind it, or cannot be reached through its cluster IP. */
export const serviceDiscoveryFailed: ConditionSpec = {
  type: 'ServiceDiscoveryFailed',
  polarity: 'problem',
  provesHealth: true,
  reasons: [
    {
      ...API_PATIENCE,
      reason: 'ServiceNotFound',
      reads: 'GET /api/v1/namespaces/NAMESPACE/services/NAME',
      limit: 'status 404',
      advice: 'Look at its spelling in the setting services, and whether somebody deleted it: `kubectl get svc -A`.',
    },
    {
      ...API_PATIENCE,
      reason: 'ServiceNotResolvable',
      reads: "DNS: NAME.NAMESPACE.svc of the cluster's domain",
      limit: 'NXDOMAIN, or no address',
      advice: 'Look whether CoreDNS reads Services (its log and its ClusterRole), and at clusterDomain.',
    },
    {
      ...API_PATIENCE,
      reason: 'ServiceWrongAddress',
      reads: "DNS: NAME.NAMESPACE.svc of the cluster's domain, and GET of the Service",
      limit: 'another address than the cluster IP',
      advice: 'CoreDNS serves old data, or something else answers in its place: look whether it reaches the API server.',
    },
    {
      ...API_PATIENCE,
      reason: 'ServiceWithoutEndpoints',
      reads: 'LIST EndpointSlices of the Service',
      limit: 'none is ready',
      advice: 'It is the Service, not this node: look at its Pods and their readiness (`kubectl get endpointslices`).',
    },
    {
      ...API_PATIENCE,
      reason: 'ServiceUnreachable',
      reads: 'TCP connection to the cluster IP',
      limit: 'no connection within checkTimeout (3 s)',
      advice: 'kube-proxy (or what stands in for it) of this node does not lead there: look at its Pod on this node, and at its rules (`iptables-save`, `ipvsadm -Ln`, `cilium service list`).',
    },
  ],
  healthy: { reason: 'ServicesAreReachable', message: 'services resolve, have endpoints and can be reached' },
  unknownReason: 'ServiceDiscoveryUnknown',
  notApplicableReason: 'NoClusterHere',
  moreNotApplicableReasons: ['ServicesNotJudged'],
};
