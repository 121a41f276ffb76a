import { mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { certificatePem } from './certificate.ts';

const FROM_MS = Date.UTC(2024, 0, 1);
/** Beyond what any test lives. */
const TO_MS = Date.UTC(2090, 0, 1);

/** kubelet's own certificate, which it has renewed once, and the authority that it trusts. */
export function writeCertificates(root: string, write: (path: string, text: string) => void): void {
  const pki = 'var/lib/kubelet/pki';
  const client = { subject: 'system:node:worker-1', issuer: 'kubernetes' };
  write(`${pki}/kubelet-client-2023-01-01-00-00-00.pem`, certificatePem({ ...client, notBeforeMs: Date.UTC(2023), notAfterMs: FROM_MS }));
  write(`${pki}/kubelet-client-2024-01-01-00-00-00.pem`, certificatePem({ ...client, notBeforeMs: FROM_MS, notAfterMs: TO_MS }));
  mkdirSync(join(root, pki), { recursive: true });
  symlinkSync(`/${pki}/kubelet-client-2024-01-01-00-00-00.pem`, join(root, pki, 'kubelet-client-current.pem'));
  write('etc/kubernetes/pki/ca.crt', certificatePem({ subject: 'kubernetes', isCa: true, notBeforeMs: FROM_MS, notAfterMs: TO_MS }));
}
