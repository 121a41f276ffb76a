import { cutToBytes, oneLine } from '../../core/text.ts';

/** What a certificate says of itself, see RFC 5280 4.1. */
export interface Parsed {
  /** Its common name, else all of its name, on one line. */
  readonly subject: string;
  /** The same of who issued it. */
  readonly issuer: string;
  /** It may issue others (basicConstraints). */
  readonly isCa: boolean;
  /** Milliseconds since 1970. */
  readonly notBeforeMs: number;
  readonly notAfterMs: number;
}

const BLOCK = /-----BEGIN CERTIFICATE-----([A-Za-z0-9+/=\s]*)-----END CERTIFICATE-----/g;
const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

const LONGEST_NAME_BYTES = 128;

/**
 * The certificates of a PEM file (RFC 7468), in their order:
 *
 *     -----BEGIN CERTIFICATE-----
 *     MIIBhTCCASugAwIBAgIQ...
 *     -----END CERTIFICATE-----
 *
 * Whatever else stands in the file, most of all a private key, is neither kept nor ever quoted: not a byte of it reaches
 * an error message. Throws for a certificate that is cut or garbled.
 *
 * @param where of the text, for the message: `/var/lib/kubelet/pki/kubelet-client-current.pem`
 */
export function parseCertificates(text: string, where: string): readonly Parsed[] {
  const blocks = [...text.matchAll(BLOCK)];
  const begun = text.split('-----BEGIN CERTIFICATE-----').length - 1;
  const ended = text.split('-----END CERTIFICATE-----').length - 1;
  if (begun !== blocks.length || ended !== blocks.length) throw new Error(`${where}: holds a certificate that is cut`);
  return blocks.map(([, base64 = ''], index) => {
    const parsed = parseOne(base64.replaceAll(/\s+/g, ''));
    if (parsed === undefined) throw new Error(`${where}: certificate ${index + 1} in it is none`);
    return parsed;
  });
}

/** The whole of an X.509 certificate, or undefined. */
function parseOne(base64: string): Parsed | undefined {
  if (base64 === '' || !BASE64.test(base64)) return undefined;
  const der = Buffer.from(base64, 'base64');
  try {
    // Not imported: see linux/read.ts.
    const { X509Certificate } = process.getBuiltinModule('node:crypto');
    const certificate = new X509Certificate(der);
    const [notBeforeMs, notAfterMs] = [certificate.validFromDate.getTime(), certificate.validToDate.getTime()];
    // OpenSSL leaves alone what stands behind the certificate.
    if (certificate.raw.length !== der.length || !Number.isFinite(notBeforeMs) || !Number.isFinite(notAfterMs)) return undefined;
    return { subject: nameOf(certificate.subject), issuer: nameOf(certificate.issuer), isCa: certificate.ca, notBeforeMs, notAfterMs };
  } catch {
    return undefined;
  }
}

/** Of a name as OpenSSL prints it, one part a line; without a name it prints none. */
function nameOf(lines: string | undefined): string {
  const parts = lines?.split('\n') ?? [];
  const commonName = parts.findLast((part) => part.startsWith('CN='))?.slice('CN='.length);
  return cutToBytes(oneLine(commonName ?? parts.join(', ')), LONGEST_NAME_BYTES);
}
