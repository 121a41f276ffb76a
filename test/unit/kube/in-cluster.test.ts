import { writeFileSync } from 'node:fs';
import { assert } from 'chai';
import * as fc from 'fast-check';
import type { ClusterAccess } from '../../../plugins/kube/access.ts';
import type { FileText } from '../../../plugins/kube/files.ts';
import { inClusterAccess } from '../../../plugins/kube/in-cluster.ts';
import { readText } from '../../../plugins/linux/read.ts';
import { anyText } from '../../support/arbitraries.ts';
import { certificatePem } from '../../support/certificate.ts';
import { temporaryFolder } from '../../support/eventually.ts';

const FOLDER = '/var/run/secrets/kubernetes.io/serviceaccount';
const CA = certificatePem({ subject: 'kubernetes', isCa: true, notBeforeMs: 0, notAfterMs: 4_102_444_800_000 });
const REMEDY = 'let the Pod mount its service account (automountServiceAccountToken, or a projected volume with token and ca.crt)';
const MOUNTED = { [`${FOLDER}/token`]: 'eyJh.eyJp.c2ln', [`${FOLDER}/ca.crt`]: CA };

function accessOf(env: Readonly<Record<string, string>>, files: Readonly<Record<string, string>> = MOUNTED): ClusterAccess {
  const read = (path: string): FileText => {
    const value = files[path];
    return value === undefined ? { kind: 'absent', message: `${path}: no such file or directory` } : { kind: 'ok', value };
  };
  return inClusterAccess(env, read);
}

function failed(message: string): ClusterAccess {
  return { kind: 'failed', message };
}

describe('in-cluster access', () => {
  it('without KUBERNETES_SERVICE_HOST there is no cluster, whatever is mounted', () => {
    const none: ClusterAccess = { kind: 'none', message: 'KUBERNETES_SERVICE_HOST is not set' };
    assert.deepEqual(accessOf({}), none);
    assert.deepEqual(accessOf({ KUBERNETES_SERVICE_HOST: '', KUBERNETES_SERVICE_PORT: '443' }), none);
  });

  for (const [host, port, url] of [
    ['10.96.0.1', '443', 'https://10.96.0.1:443'],
    ['10.96.0.1', undefined, 'https://10.96.0.1:443'],
    ['10.96.0.1', '', 'https://10.96.0.1:443'],
    ['fd00:10:96::1', '6443', 'https://[fd00:10:96::1]:6443'],
    ['Mine-dns-1a2b.hcp.westeurope.azmk8s.io', '443', 'https://mine-dns-1a2b.hcp.westeurope.azmk8s.io:443'],
  ] as const) {
    it(`host ${host} and ${port === undefined ? 'no port' : `port "${port}"`} make ${url}`, () => {
      const env = { KUBERNETES_SERVICE_HOST: host, ...(port !== undefined && { KUBERNETES_SERVICE_PORT: port }) };
      assert.deepEqual(accessOf(env), { kind: 'ok', access: { url, ca: CA, token: 'eyJh.eyJp.c2ln' } });
    });
  }

  for (const [host, port, message] of [
    ['10.96.0.1/x', '443', 'KUBERNETES_SERVICE_HOST: expected an address or a name, got "10.96.0.1/x"'],
    ['a b', '443', 'KUBERNETES_SERVICE_HOST: expected an address or a name, got "a b"'],
    ['fe80::1%eth0', '443', 'KUBERNETES_SERVICE_HOST: expected an address without a zone, got "fe80::1%eth0"'],
    ['10.96.0.1', 'tcp://10.96.0.1:443', 'KUBERNETES_SERVICE_PORT: expected a port, got "tcp://10.96.0.1:443"'],
    ['10.96.0.1', '65536', 'KUBERNETES_SERVICE_PORT: expected a port, got "65536"'],
    ['10.96.0.1', '0', 'KUBERNETES_SERVICE_PORT: expected a port, got "0"'],
  ] as const) {
    it(message, () => assert.deepEqual(accessOf({ KUBERNETES_SERVICE_HOST: host, KUBERNETES_SERVICE_PORT: port }), failed(message)));
  }

  const env = { KUBERNETES_SERVICE_HOST: '10.96.0.1' };

  it('what is not mounted is named, with what to do about it', () => {
    const { kind, message } = accessOf(env, {}) as Extract<ClusterAccess, { kind: 'failed' }>;
    assert.deepEqual({ kind, message }, { kind: 'failed', message: `${FOLDER}/token: no such file or directory: ${REMEDY}` });
    assert.deepInclude(accessOf(env, { [`${FOLDER}/token`]: 'x' }), { kind: 'failed', message: `${FOLDER}/ca.crt: no such file or directory: ${REMEDY}` });
  });

  it('an empty token, two of them or a broken CA is not taken, and not quoted', () => {
    for (const token of ['', '\n', 'a b', 'a\r\nhost: x', 'tökén']) {
      assert.deepEqual(accessOf(env, { ...MOUNTED, [`${FOLDER}/token`]: token }), failed(`${FOLDER}/token: no token stands there: ${REMEDY}`));
    }
    for (const ca of ['', 'x', '-----BEGIN CERTIFICATE-----\n', CA.replace('BEGIN CERTIFICATE', 'BEGIN PRIVATE KEY')]) {
      assert.deepEqual(accessOf(env, { ...MOUNTED, [`${FOLDER}/ca.crt`]: ca }), failed(`${FOLDER}/ca.crt: no PEM certificate stands there: ${REMEDY}`));
    }
  });

  it('a token that was rotated on disk is the next one that is used', () => {
    using folder = temporaryFolder();
    writeFileSync(folder.file('ca.crt'), CA);
    const tokens = ['first', 'second'].map((token) => {
      writeFileSync(folder.file('token'), `${token}\n`);
      const found = inClusterAccess(env, (path) => readText('/', path), folder.path);
      return found.kind === 'ok' ? found.access.token : found.message;
    });
    assert.deepEqual(tokens, ['first', 'second']);
  });

  it('never throws, and never comes out as usable of garbage', () => {
    fc.assert(fc.property(anyText, anyText, anyText, anyText, (host, port, token, ca) => {
      const found = accessOf({ KUBERNETES_SERVICE_HOST: host, KUBERNETES_SERVICE_PORT: port }, { [`${FOLDER}/token`]: token, [`${FOLDER}/ca.crt`]: ca });
      assert.equal(found.kind, host === '' ? 'none' : 'failed');
    }));
  });
});
