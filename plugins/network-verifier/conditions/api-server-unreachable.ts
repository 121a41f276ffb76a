import type { ConditionSpec, ReasonSpec } from '../../core/conditions.ts';
import { API_PATIENCE } from './patience.ts';

const READS = 'KUBERNETES_SERVICE_HOST, token and ca.crt of the service account; GET /readyz and /api';

function row(reason: string, limit: string, advice: string): ReasonSpec {
  return { ...API_PATIENCE, reason, reads: READS, limit, advice };
}

/** From this node nobody can work with the API server. */
export const apiServerUnreachable: ConditionSpec = {
  type: 'APIServerUnreachable',
  polarity: 'problem',
  provesHealth: true,
  reasons: [
    row('APIServerConnectFailed', 'connection refused, or no way there', 'Look at kube-proxy and the CNI of this node, at security groups, and whether the API server runs.'),
    row('APIServerTimeout', 'no connection, or no answer over one, within checkTimeout (3 s)', 'Packets are dropped on their way, or the API server is overloaded: compare with other nodes, look at routes, firewall and MTU.'),
    row('APIServerConnectionReset', 'the connection is cut off before an answer', 'Look at the load balancer before the API server and its targets, and at network policies.'),
    row('APIServerCertificateUntrusted', "a certificate that the cluster's CA has not signed", 'Something else answers at that address (a proxy, another cluster), or the CA was replaced: compare with the ConfigMap kube-root-ca.crt.'),
    row('APIServerCertificateExpired', 'a certificate out of its time', 'Renew it on the control plane (`kubeadm certs renew apiserver`), and look at the clock of this node (ClockUnsynchronized).'),
    row('APIServerCertificateNameMismatch', 'a certificate of another name or address', 'The address in KUBERNETES_SERVICE_HOST is not among its names: see --tls-san or apiServer.certSANs of the control plane.'),
    row('APIServerTLSFailed', 'no TLS session', 'Something else listens at that address, or a middlebox interferes: see `openssl s_client -connect`.'),
    row('APIServerUnauthorized', 'status 401', "The token of the service account is not accepted: look whether it rotates (its file's age), whether the service account is still there, and at the clock of this node."),
    row('APIServerForbidden', 'status 403', 'The token was taken for nobody, or rights that every service account has were taken away: see the ClusterRoleBinding system:discovery.'),
    row('APIServerThrottled', 'status 429', 'The API server sheds load, so it is not this node: see its metrics apiserver_flowcontrol_rejected_requests_total.'),
    row('APIServerUnhealthy', 'status 5xx or another that was not expected, or /readyz is not ok', 'The API server is not well, so it is hardly this node: `kubectl get --raw /readyz?verbose` says what of it.'),
    row('APIServerBadAnswer', 'no HTTP, or half an answer', 'Something else listens at that address, or connections are cut off: look at the load balancer before the API server and at the MTU.'),
  ],
  healthy: { reason: 'APIServerIsReachable', message: 'the API server answers and accepts our token' },
  unknownReason: 'APIServerUnknown',
  notApplicableReason: 'NoClusterHere',
  moreNotApplicableReasons: ['APIServerNotJudged'],
};
