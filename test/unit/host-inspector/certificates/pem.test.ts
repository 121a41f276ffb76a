import { assert } from 'chai';
import * as fc from 'fast-check';
import { X509Certificate } from 'node:crypto';
import { rootCertificates } from 'node:tls';
import { parseCertificates } from '../../../../plugins/host-inspector/certificates/pem.ts';
import { certificatePem } from '../../../support/certificate.ts';

const YEAR = { notBeforeMs: Date.UTC(2026, 0, 31, 3), notAfterMs: Date.UTC(2027, 0, 31, 3) };
const PEM = certificatePem({ subject: 'system:node:worker-1', issuer: 'kubernetes', ...YEAR });
const PARSED = { subject: 'system:node:worker-1', issuer: 'kubernetes', isCa: false, ...YEAR };
const SECRET = 'MHcCAQEEIFsecretsecretsecretsecretsecretsecretsecretoAoGCCqGSM49';
const KEY = `-----BEGIN EC PRIVATE KEY-----\n${SECRET}\n-----END EC PRIVATE KEY-----\n`;
const where = '/x.pem';

describe('a file with certificates', () => {
  it('tells of each of them, in their order', () => {
    const ca = certificatePem({ subject: 'kubernetes', isCa: true, notBeforeMs: 0, notAfterMs: Date.UTC(2090, 0, 1) });
    assert.deepEqual(parseCertificates(PEM + ca, where), [PARSED, { subject: 'kubernetes', issuer: 'kubernetes', isCa: true, notBeforeMs: 0, notAfterMs: Date.UTC(2090, 0, 1) }]);
  });

  it('may hold a key before, between and behind them, and texts', () => {
    assert.deepEqual(parseCertificates(`Bag Attributes\n${KEY}subject=CN = x\n${PEM}${KEY}`, where), [PARSED]);
  });

  it('may have any ends of lines, or none', () => {
    assert.deepEqual(parseCertificates(PEM.replaceAll('\n', '\r\n'), where), [PARSED]);
    assert.deepEqual(parseCertificates(PEM.replaceAll('\n', ''), where), [PARSED]);
  });

  it('with none holds none', () => {
    for (const text of ['', KEY, '\0\0', '-----BEGIN CERTIFICATE REQUEST-----\nAAAA\n-----END CERTIFICATE REQUEST-----\n']) assert.deepEqual(parseCertificates(text, where), []);
  });

  it('may tell a date as far as there are years', () => {
    const [parsed] = parseCertificates(certificatePem({ subject: 'x', notBeforeMs: 0, notAfterMs: Date.UTC(9999, 11, 31, 23, 59, 59) }), where);
    assert.equal(parsed?.notAfterMs, Date.UTC(9999, 11, 31, 23, 59, 59));
  });

  it('without a common name, or with newlines in it, has a name on one line', () => {
    assert.equal(parseCertificates(certificatePem({ subject: 'a\nb', ...YEAR }), where)[0]?.subject.includes('\n'), false);
  });

  it('is refused with one that was cut, at whatever byte', () => {
    for (let end = PEM.indexOf('CERTIFICATE-----') + 16; end < PEM.trimEnd().length; end++) {
      assert.throws(() => parseCertificates(PEM.slice(0, end), where), '/x.pem: holds a certificate that is cut');
    }
    assert.throws(() => parseCertificates(PEM.slice(10) + PEM, where), 'cut');
  });

  it('is refused with one that lost a line, or has more than a certificate in it', () => {
    const lines = PEM.trimEnd().split('\n');
    for (let line = 1; line < lines.length - 1; line++) assert.throws(() => parseCertificates(lines.toSpliced(line, 1).join('\n'), where), '/x.pem: certificate 1 in it is none');
    const der = Buffer.from(lines.slice(1, -1).join(''), 'base64');
    const longer = `${PEM}-----BEGIN CERTIFICATE-----\n${Buffer.concat([der, Buffer.of(0)]).toString('base64')}\n-----END CERTIFICATE-----`;
    assert.throws(() => parseCertificates(longer, where), '/x.pem: certificate 2 in it is none');
    assert.throws(() => parseCertificates('-----BEGIN CERTIFICATE-----\n-----END CERTIFICATE-----\n', where), 'is none');
  });

  it('never has a piece of its key in an error', () => {
    const broken = PEM.replace(/M/, '!');
    for (const text of [`${KEY}${broken}`, `${broken}${KEY}`, `-----BEGIN CERTIFICATE-----\n${KEY}`, `-----BEGIN CERTIFICATE-----\n${SECRET}\n-----END CERTIFICATE-----\n`]) {
      const error = assert.throws(() => parseCertificates(text, where)) as unknown;
      assert.isFalse(String((error as Error | undefined)?.stack).includes('secret'), text);
    }
  });

  it('with garbage in a certificate never tells another date than the certificate has', () => {
    fc.assert(fc.property(fc.nat(PEM.length - 1), fc.string({ minLength: 1, maxLength: 20 }), (at, junk) => {
      try {
        const parsed = parseCertificates(PEM.slice(0, at) + junk + PEM.slice(at + junk.length), where);
        for (const { notAfterMs } of parsed) assert.isTrue(Number.isFinite(notAfterMs));
      } catch (error) {
        assert.match((error as Error).message, /^\/x\.pem: (?:holds a certificate that is cut|certificate 1 in it is none)$/);
      }
    }));
  });

  it('of those that are trusted everywhere is read as OpenSSL reads it', () => {
    for (const pem of rootCertificates) {
      const { validToDate, validFromDate, ca } = new X509Certificate(pem);
      const [parsed] = parseCertificates(pem, where);
      assert.deepEqual([parsed?.notBeforeMs, parsed?.notAfterMs, parsed?.isCa], [validFromDate.getTime(), validToDate.getTime(), ca]);
      assert.notEqual(parsed?.subject, '');
    }
  });
});
