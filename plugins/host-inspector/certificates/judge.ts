import type { Look, Reading } from '../../core/check.ts';
import { PART_MARK, type Verdict, healthy, notApplicable, partOf, problem, unknownOf } from '../../core/verdict.ts';
import type { CertificateSearch } from './find.ts';
import type { Certificate } from './need.ts';
import type { Gap } from './walk.ts';

export interface CertificateLimits {
  readonly certificateExpiringDays: number;
  readonly certificateLifeMinPercent: number;
  readonly certificateRotatedLifeMinPercent: number;
}

const DAY_MS = 86_400_000;

/** The message says which of them it has come to, so that it changes when it gets urgent. */
const URGENT_DAYS: readonly number[] = [3, 14];

/** With uid 0, which only root's own files are open to; those of etcd belong to its user. */
const NEEDS = "needs uid 0, or CAP_DAC_READ_SEARCH for files that are not root's";

/** Pure. */
export function judge({ certificates, gaps }: CertificateSearch, limits: CertificateLimits, nowMs: number): Look {
  const judged = certificates.filter(({ renewal }) => renewal !== 'not-needed');
  const verdicts = [...judged.map((certificate) => judgeOne(certificate, limits, nowMs)), ...gaps.map(verdictOn)];
  return {
    verdicts: verdicts.length > 0 ? verdicts : [notApplicable('no certificate of kubelet or of a control plane on this node')],
    readings: [{ name: 'certificates_judged', value: judged.length, unit: 'count', source: '/var/lib, /etc' }, ...certificates.map(readingOf)],
  };
}

function judgeOne(certificate: Certificate, limits: CertificateLimits, nowMs: number): Verdict {
  const { notBeforeMs, notAfterMs, renewal } = certificate;
  const what = describe(certificate);
  const subject = partOf(subjectOf(certificate.path), `${certificate.use} ${certificate.number}`);
  if (nowMs >= notAfterMs) return problem('CertificateExpired', subject, `${what}: expired on ${dateOf(notAfterMs)}`);
  // Not yet valid: nobody accepts it, but which of the two is wrong cannot be told here.
  if (nowMs < notBeforeMs) return unknownOf(subject, `${what}: valid from ${dateOf(notBeforeMs)} on, so the clock of the node is slow or the certificate wrong`);
  const leftMs = notAfterMs - nowMs;
  const percent = renewal === 'by-itself' ? limits.certificateRotatedLifeMinPercent : limits.certificateLifeMinPercent;
  const limitMs = Math.min(limits.certificateExpiringDays * DAY_MS, ((notAfterMs - notBeforeMs) * percent) / 100);
  if (leftMs >= limitMs) return healthy;
  const days = [...URGENT_DAYS, limits.certificateExpiringDays].toSorted((a, b) => a - b).find((level) => leftMs < level * DAY_MS) ?? limits.certificateExpiringDays;
  const failed = renewal === 'by-itself' ? ', and kubelet has not renewed it' : '';
  return problem('CertificateExpiringSoon', subject, `${what}: expires on ${dateOf(notAfterMs)}, in less than ${days} days${failed}`);
}

/** `/etc · kubernetes · pki`: who cannot tell about a folder cannot tell about what lies in it. */
function subjectOf(path: string): string {
  return `/${path.slice(1).replaceAll('/', PART_MARK)}`;
}

/** The file and what is in it for; a file has it for all of its certificates, so further ones are counted. */
function describe({ path, use, number }: Certificate): string {
  return `${path} (${use}${number === 1 ? '' : `, certificate ${number}`})`;
}

/** `2026-12-20 10:00 UTC`: some live for an hour only. */
function dateOf(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}

function verdictOn({ path, kind, message }: Gap): Verdict {
  if (kind === 'failed') return unknownOf(subjectOf(path), message);
  return notApplicable(kind === 'denied' ? `${message} (${NEEDS})` : message);
}

/** In seconds since 1970, so that nothing changes until the certificate does. */
function readingOf(certificate: Certificate): Reading {
  const { path, notAfterMs, renewal } = certificate;
  const name = renewal === 'not-needed' ? 'certificate_not_needed_not_after' : 'certificate_not_after';
  return { name, subject: describe(certificate), value: notAfterMs / 1_000, unit: 'seconds', source: path };
}
