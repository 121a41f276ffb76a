import { list, number, plain } from '../fields.ts';
import { gaps } from './gaps.ts';

export const portTable = {
  listening: list('Listening sockets', "in the host's network namespace", {
    protocol: plain.oneOf(['tcp', 'udp'], 'Protocol', 'of the transport'),
    family: plain.oneOf(['ipv4', 'ipv6'], 'Family', 'of the address'),
    address: plain.text('Address', 'that it is bound to'),
    port: plain.count('Port', 'its number'),
    scope: plain.oneOf(['loopback', 'one', 'all'], 'Scope', 'who can reach it: this node, one address, all addresses'),
    uid: plain.count('User', 'who opened it'),
    process: plain.optional(plain.text('Process', 'who holds it, where that is visible')),
  }),
  gaps,
} as const;

export const certificateTable = {
  found: list('Certificates', 'of kubelet, the control plane, etcd, k3s and RKE2, also those inside kubeconfig files', {
    path: plain.text('Path', 'of the file'),
    subject: plain.text('Subject', 'whose it is'),
    use: plain.text('Use', 'what for'),
    isNeeded: plain.flag('Needed', 'whether anything would fail without it'),
    notBefore: plain.text('From', 'RFC 3339, UTC'),
    notAfter: plain.text('Until', 'RFC 3339, UTC'),
    daysLeft: plain.count('Days left', 'whole days until its end; negative once it is over'),
    status: plain.oneOf(['valid', 'expiring', 'expired', 'not-yet-valid'], 'Status', 'expiring: fewer days left than certificateExpiringDays'),
  }),
  soonest: number('days', 'Days left', 'of the certificate that ends first, of those that are needed'),
  gaps,
} as const;
