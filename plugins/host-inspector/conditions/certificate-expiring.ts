import type { ConditionSpec, ReasonSpec } from '../../core/conditions.ts';
import { certificateSettings } from '../settings/certificates.ts';

const { certificateExpiringDays, certificateLifeMinPercent, certificateRotatedLifeMinPercent } = certificateSettings;

/** A date is a hard fact, and so is a new certificate. */
const FACT = {
  severity: 'warn', raiseAfterMs: 0, clearAfterMs: 0, privilege: 'a',
  reads: '/var/lib/kubelet/pki, /etc/kubernetes, /etc/ssl/etcd/ssl, /var/lib/rancher, /etc/rancher, /var/lib/k0s, /var/snap/microk8s; kubeconfig files and what they name',
} as const satisfies Partial<ReasonSpec>;

/** A certificate of kubelet, of the control plane or of etcd expires soon, or has. */
export const certificateExpiring: ConditionSpec = {
  type: 'CertificateExpiring',
  polarity: 'problem',
  reasons: [
    {
      ...FACT,
      reason: 'CertificateExpired',
      limit: 'a certificate that is needed has expired',
      advice: "kubelet's own: approve what waits in `kubectl get csr`, restart kubelet with a new bootstrap token; kubeadm: `kubeadm certs renew all` and restart the control plane; k3s, RKE2: restart.",
    },
    {
      ...FACT,
      reason: 'CertificateExpiringSoon',
      limit: `less than ${certificateExpiringDays.initial} days and ${certificateLifeMinPercent.initial}% of its life left; of those that kubelet renews by itself, less than ${certificateRotatedLifeMinPercent.initial}%`,
      advice: "Renew it: `kubeadm certs renew all` and restart the control plane; restart k3s or RKE2; for kubelet's own look for pending requests with `kubectl get csr`.",
    },
  ],
  healthy: { reason: 'CertificatesAreValid', message: 'no certificate of the node expires soon' },
  unknownReason: 'CertificatesUnknown',
  notApplicableReason: 'NoCertificateToJudge',
};
