import { assert } from 'chai';
import type { Look } from '../../../../plugins/core/check.ts';
import { defaultsOf } from '../../../../plugins/core/settings.ts';
import type { Verdict } from '../../../../plugins/core/verdict.ts';
import { conclude } from '../../../../plugins/core/report/conclude.ts';
import { neverLooked, observe } from '../../../../plugins/core/report/observe.ts';
import { judge } from '../../../../plugins/host-inspector/certificates/judge.ts';
import type { Certificate } from '../../../../plugins/host-inspector/certificates/need.ts';
import type { Gap } from '../../../../plugins/host-inspector/certificates/walk.ts';
import { certificateExpiring } from '../../../../plugins/host-inspector/conditions/certificate-expiring.ts';
import { hostSettings } from '../../../../plugins/host-inspector/settings.ts';

const NOW = Date.UTC(2026, 10, 21, 12);
const [HOUR, DAY] = [3_600_000, 86_400_000];
const settings = defaultsOf(hostSettings);

/** Of a certificate that is valid for so long, with so much left. */
function certificate(leftMs: number, lifeMs: number, more: Partial<Certificate> = {}): Certificate {
  const notAfterMs = NOW + leftMs;
  return { path: '/etc/kubernetes/pki/apiserver.crt', number: 1, subject: 'kube-apiserver', use: 'control plane', renewal: 'by-hand', notBeforeMs: notAfterMs - lifeMs, notAfterMs, ...more };
}

const ROTATED: Partial<Certificate> = { path: '/var/lib/kubelet/pki/kubelet-client-current.pem', use: 'kubelet client', renewal: 'by-itself' };

function look(certificates: readonly Certificate[], gaps: readonly Gap[] = [], limits = settings): Look {
  return judge({ certificates, gaps }, limits, NOW);
}

function said(verdict: Verdict | undefined): string {
  if (verdict === undefined) return 'nothing';
  if (verdict.kind === 'problem') return `${verdict.reason}: ${verdict.message}`;
  return 'message' in verdict ? `${verdict.kind}: ${verdict.message}` : verdict.kind;
}

describe('a certificate', () => {
  const table: readonly { readonly what: string; readonly of: Certificate; readonly want: string }[] = [
    { what: 'for a year is fine with 30 days left', of: certificate(30 * DAY, 365 * DAY), want: 'healthy' },
    { what: 'expires soon with fewer', of: certificate(30 * DAY - 1, 365 * DAY), want: 'CertificateExpiringSoon: /etc/kubernetes/pki/apiserver.crt (control plane): expires on 2026-12-21 11:59 UTC, in less than 30 days' },
    { what: 'says when there are less than 14 days left', of: certificate(14 * DAY - 1, 365 * DAY), want: 'CertificateExpiringSoon: /etc/kubernetes/pki/apiserver.crt (control plane): expires on 2026-12-05 11:59 UTC, in less than 14 days' },
    { what: 'says when there are less than 3 days left', of: certificate(1, 365 * DAY), want: 'CertificateExpiringSoon: /etc/kubernetes/pki/apiserver.crt (control plane): expires on 2026-11-21 12:00 UTC, in less than 3 days' },
    { what: 'has expired at its last moment', of: certificate(0, 365 * DAY), want: 'CertificateExpired: /etc/kubernetes/pki/apiserver.crt (control plane): expired on 2026-11-21 12:00 UTC' },
    { what: 'may have expired years ago', of: certificate(-2_000 * DAY, DAY), want: 'CertificateExpired: /etc/kubernetes/pki/apiserver.crt (control plane): expired on 2021-05-31 12:00 UTC' },
    { what: 'further down in a file is told by its number', of: certificate(0, DAY, { number: 2, use: 'certificate authority' }), want: 'CertificateExpired: /etc/kubernetes/pki/apiserver.crt (certificate authority, certificate 2): expired on 2026-11-21 12:00 UTC' },
    { what: 'for 90 days is fine as long as a quarter of its life is left', of: certificate(22.5 * DAY, 90 * DAY), want: 'healthy' },
    { what: 'for 90 days expires soon after that', of: certificate(22.4 * DAY, 90 * DAY), want: 'CertificateExpiringSoon: /etc/kubernetes/pki/apiserver.crt (control plane): expires on 2026-12-13 21:36 UTC, in less than 30 days' },
    { what: 'for a day is fine as long as a quarter of its life is left', of: certificate(6 * HOUR, DAY), want: 'healthy' },
    { what: 'that never expires is fine', of: certificate(0, 0, { notBeforeMs: 0, notAfterMs: Date.UTC(9999, 11, 31) }), want: 'healthy' },
    { what: 'of kubelet for a year is fine when kubelet may have waited with a new one as long as it does', of: certificate(36.5 * DAY, 365 * DAY, ROTATED), want: 'healthy' },
    { what: 'of kubelet for a year was not renewed with less than 8% left', of: certificate(29 * DAY, 365 * DAY, ROTATED), want: 'CertificateExpiringSoon: /var/lib/kubelet/pki/kubelet-client-current.pem (kubelet client): expires on 2026-12-20 12:00 UTC, in less than 30 days, and kubelet has not renewed it' },
    { what: 'of kubelet for 90 days is fine with 8 left', of: certificate(8 * DAY, 90 * DAY, ROTATED), want: 'healthy' },
    { what: 'of kubelet for a day is fine with two hours left', of: certificate(2 * HOUR, DAY, ROTATED), want: 'healthy' },
    { what: 'of kubelet for a day was not renewed with one left', of: certificate(HOUR, DAY, ROTATED), want: 'CertificateExpiringSoon: /var/lib/kubelet/pki/kubelet-client-current.pem (kubelet client): expires on 2026-11-21 13:00 UTC, in less than 3 days, and kubelet has not renewed it' },
    { what: 'of kubelet for an hour is fine with six minutes left', of: certificate(HOUR / 10, HOUR, ROTATED), want: 'healthy' },
    { what: 'of kubelet that has expired is expired', of: certificate(-1, 365 * DAY, ROTATED), want: 'CertificateExpired: /var/lib/kubelet/pki/kubelet-client-current.pem (kubelet client): expired on 2026-11-21 11:59 UTC' },
    { what: 'that is not valid yet has not expired, and says what may be wrong', of: certificate(365 * DAY, 364 * DAY), want: 'unknown: /etc/kubernetes/pki/apiserver.crt (control plane): valid from 2026-11-22 12:00 UTC on, so the clock of the node is slow or the certificate wrong' },
    { what: 'that nobody needs is not judged', of: certificate(-1, DAY, { renewal: 'not-needed' }), want: 'not-applicable: no certificate of kubelet or of a control plane on this node' },
  ];
  for (const { what, of, want } of table) it(what, () => assert.deepEqual(look([of]).verdicts.map(said), [want]));

  it('may be given other limits', () => {
    const limits = { ...settings, certificateExpiringDays: 7, certificateLifeMinPercent: 50 };
    const left = (days: number, lifeDays: number) => look([certificate(days * DAY, lifeDays * DAY)], [], limits).verdicts.map(said);
    assert.deepEqual([left(8, 365), left(5, 8)], [['healthy'], ['healthy']]);
    assert.match(left(6, 365).join(), /expires on 2026-11-27 12:00 UTC, in less than 7 days$/);
    assert.match(left(3.5, 8).join(), /in less than 7 days$/);
    assert.match(left(2, 8).join(), /in less than 3 days$/);
  });

  it('has a message that stays the same while time passes', () => {
    const certificates = [certificate(10 * DAY, 365 * DAY)];
    const messages = [0, 1, 2, 6].map((days) => judge({ certificates, gaps: [] }, settings, NOW + days * DAY).verdicts.map(said).join());
    assert.equal(new Set(messages).size, 1);
  });

  it('gives its date as a number, also where nobody needs it', () => {
    assert.deepEqual(look([certificate(DAY, DAY), certificate(-1_000, DAY, { path: '/x', renewal: 'not-needed' })]).readings, [
      { name: 'certificates_judged', value: 1, unit: 'count', source: '/var/lib, /etc' },
      { name: 'certificate_not_after', subject: '/etc/kubernetes/pki/apiserver.crt (control plane)', value: (NOW + DAY) / 1_000, unit: 'seconds', source: '/etc/kubernetes/pki/apiserver.crt' },
      { name: 'certificate_not_needed_not_after', subject: '/x (control plane)', value: NOW / 1_000 - 1, unit: 'seconds', source: '/x' },
    ]);
  });
});

describe('what could not be told of certificates', () => {
  it('is unknown, but for what is not there or closed', () => {
    const gaps: readonly Gap[] = [
      { path: '/a', kind: 'failed', message: '/a: holds a certificate that is cut' },
      { path: '/b', kind: 'denied', message: '/b: permission denied' },
      { path: '/c', kind: 'absent', message: '/c: no such file or directory' },
    ];
    assert.deepEqual(look([certificate(99 * DAY, 365 * DAY)], gaps).verdicts.map(said), [
      'healthy',
      'unknown: /a: holds a certificate that is cut',
      "not-applicable: /b: permission denied (needs uid 0, or CAP_DAC_READ_SEARCH for files that are not root's)",
      'not-applicable: /c: no such file or directory',
    ]);
  });

  it('keeps a finding below a folder that does not answer, and no other', () => {
    const plan = { name: 'certificates', condition: 'CertificateExpiring', periodMs: 600_000 };
    const expired = [certificate(-1, DAY), certificate(-1, DAY, ROTATED)];
    const first = observe(neverLooked, look(expired), certificateExpiring, { wallMs: 0, monotonicMs: 0 });
    const hung: Gap = { path: '/etc/kubernetes', kind: 'failed', message: '/etc/kubernetes: no answer within 5000 ms' };
    const second = observe(first, look([certificate(365 * DAY, 365 * DAY, ROTATED)], [hung]), certificateExpiring, { wallMs: 600_000, monotonicMs: 600_000 });
    const { kind, message } = conclude(certificateExpiring, [{ plan, state: second }], { wallMs: 600_000, monotonicMs: 600_000 });
    assert.equal(kind, 'problem');
    assert.match(message, /^\/etc\/kubernetes\/pki\/apiserver\.crt \(control plane\): expired on 2026-11-21 11:59 UTC\. kubelet's own: /);
    const third = observe(second, look([certificate(365 * DAY, 365 * DAY)]), certificateExpiring, { wallMs: 1_200_000, monotonicMs: 1_200_000 });
    assert.equal(conclude(certificateExpiring, [{ plan, state: third }], { wallMs: 1_200_000, monotonicMs: 1_200_000 }).kind, 'healthy');
  });
});
