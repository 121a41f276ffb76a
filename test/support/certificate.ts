/** What a certificate for tests says. Nobody has signed it, which nobody here looks at. */
export interface CertificateOf {
  /** Common name. */
  readonly subject: string;
  /** Common name; the subject where there is none. */
  readonly issuer?: string;
  readonly isCa?: boolean;
  /** Milliseconds since 1970; told to the second. */
  readonly notBeforeMs: number;
  readonly notAfterMs: number;
}

/** A certificate as a PEM block: X.509 v3 as RFC 5280 has it, with a signature of zeros. The same input gives the same bytes. */
export function certificatePem(of: CertificateOf): string {
  const lines = certificateDer(of).toString('base64').match(/.{1,64}/g) ?? [];
  return ['-----BEGIN CERTIFICATE-----', ...lines, '-----END CERTIFICATE-----', ''].join('\n');
}

export function certificateDer({ subject, issuer = subject, isCa = false, notBeforeMs, notAfterMs }: CertificateOf): Buffer {
  const validity = sequence(time(notBeforeMs), time(notAfterMs));
  const extensions = isCa ? [tagged(0xa3, sequence(sequence(BASIC_CONSTRAINTS, tagged(0x01, Buffer.of(0xff)), tagged(0x04, sequence(tagged(0x01, Buffer.of(0xff)))))))] : [];
  const serial = tagged(0x02, Buffer.of(0x01));
  const toBeSigned = sequence(VERSION_3, serial, ECDSA_WITH_SHA256, nameOf(issuer), validity, nameOf(subject), PUBLIC_KEY, ...extensions);
  return sequence(toBeSigned, ECDSA_WITH_SHA256, tagged(0x03, Buffer.alloc(9)));
}

const VERSION_3 = Buffer.from('a003020102', 'hex');
const ECDSA_WITH_SHA256 = Buffer.from('300a06082a8648ce3d040302', 'hex');
/** 2.5.29.19 */
const BASIC_CONSTRAINTS = Buffer.from('0603551d13', 'hex');
/** 2.5.4.3 */
const COMMON_NAME = Buffer.from('0603550403', 'hex');
/** The generator of P-256: on the curve, and nobody's key. */
const PUBLIC_KEY = Buffer.from(
  '3059301306072a8648ce3d020106082a8648ce3d03010703420004' +
    '6b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296' +
    '4fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5',
  'hex',
);

/** DER: tag, length, value, see X.690. */
function tagged(tag: number, ...values: readonly Buffer[]): Buffer {
  const value = Buffer.concat(values);
  const length = value.length < 0x80 ? Buffer.of(value.length) : Buffer.of(0x82, value.length >> 8, value.length & 0xff);
  return Buffer.concat([Buffer.of(tag), value.length < 0x80 || value.length > 0xff ? length : Buffer.of(0x81, value.length), value]);
}

function sequence(...values: readonly Buffer[]): Buffer {
  return tagged(0x30, ...values);
}

function nameOf(commonName: string): Buffer {
  return sequence(tagged(0x31, sequence(COMMON_NAME, tagged(0x0c, Buffer.from(commonName)))));
}

/** UTCTime until 2049, then GeneralizedTime, as RFC 5280 wants it. */
function time(ms: number): Buffer {
  const digits = `${new Date(ms).toISOString().slice(0, 19).replaceAll(/[-:T]/g, '')}Z`;
  return digits < '2050' ? tagged(0x17, Buffer.from(digits.slice(2))) : tagged(0x18, Buffer.from(digits));
}
