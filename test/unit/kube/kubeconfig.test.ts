import { assert } from 'chai';
import * as fc from 'fast-check';
import { stringify } from 'yaml';
import { ConfigError } from '../../../plugins/core/errors.ts';
import type { ApiAccess } from '../../../plugins/kube/access.ts';
import { type KubeconfigOptions, kubeconfigAccess } from '../../../plugins/kube/kubeconfig.ts';
import { anyText } from '../../support/arbitraries.ts';
import { certificatePem } from '../../support/certificate.ts';

const FILE = '/root/.kube/config';
const CA = certificatePem({ subject: 'kubernetes', isCa: true, notBeforeMs: 0, notAfterMs: 4_102_444_800_000 });
const CLIENT = certificatePem({ subject: 'admin', notBeforeMs: 0, notAfterMs: 4_102_444_800_000 });
const KEY = '-----BEGIN EC PRIVATE KEY-----\nAAAA\n-----END EC PRIVATE KEY-----\n';
const FILES: Readonly<Record<string, string>> = { '/root/.kube/pki/ca.crt': CA, '/pki/admin.crt': CLIENT, '/pki/admin.key': KEY, '/run/token': 'rotated\n', '/run/empty': '\n' };

type Values = Readonly<Record<string, unknown>>;

function config(cluster: Values, user: Values, more: Values = {}): string {
  return stringify({
    'apiVersion': 'v1', 'kind': 'Config', 'current-context': 'here', 'preferences': {},
    'clusters': [{ name: 'other', cluster: {} }, { name: 'c', cluster: { server: 'https://10.0.0.1:6443', ...cluster } }],
    'contexts': [{ name: 'here', context: { cluster: 'c', user: 'u', namespace: 'x' } }, { name: 'there', context: { cluster: 'other' } }, { name: 'nobody', context: { cluster: 'c' } }],
    'users': [{ name: 'u', user }],
    ...more,
  });
}

async function access(text: string, more: Partial<KubeconfigOptions> = {}): Promise<ApiAccess> {
  const read: KubeconfigOptions['read'] = async (path) => {
    const value = FILES[path];
    return value === undefined ? { kind: 'absent', message: `${path}: no such file or directory` } : { kind: 'ok', value };
  };
  return kubeconfigAccess(text, { file: FILE, read, ...more });
}

async function refusal(text: string, more: Partial<KubeconfigOptions> = {}): Promise<string> {
  const thrown: unknown = await access(text, more).then((found) => `accepted: ${JSON.stringify(found)}`, (cause: unknown) => cause);
  assert.instanceOf(thrown, ConfigError, String(thrown));
  return thrown.message;
}

function base64(text: string): string {
  return Buffer.from(text).toString('base64');
}

describe('kubeconfig', () => {
  const server = { url: 'https://10.0.0.1:6443', ca: undefined };

  for (const [what, cluster, user, expected] of [
    ['a token and a CA as data', { 'certificate-authority-data': base64(CA) }, { token: 'abc' }, { ...server, ca: CA, token: 'abc' }],
    ['files, relative to its folder or not', { 'certificate-authority': 'pki/ca.crt' }, { 'client-certificate': '/pki/admin.crt', 'client-key': '/pki/admin.key' }, { ...server, ca: CA, certificate: CLIENT, key: KEY }],
    ['data before files', { 'certificate-authority-data': base64(CA), 'certificate-authority': 'missing' }, { 'client-certificate-data': base64(CLIENT), 'client-certificate': 'missing', 'client-key-data': base64(KEY), 'client-key': 'missing' }, { ...server, ca: CA, certificate: CLIENT, key: KEY }],
    ['a token in a file before one beside it', {}, { token: 'old', tokenFile: '/run/token' }, { ...server, token: 'rotated' }],
    ['the token beside it where the file is gone', {}, { token: 'old', tokenFile: '/run/gone' }, { ...server, token: 'old' }],
    ['empty texts as if they were missing', { 'proxy-url': '', 'certificate-authority': '', 'tls-server-name': '' }, { 'token': 'abc', 'username': '', 'client-key-data': '' }, { ...server, token: 'abc' }],
    ['another name of the server', { 'tls-server-name': 'kubernetes.default.svc' }, { token: 'abc' }, { ...server, serverName: 'kubernetes.default.svc', token: 'abc' }],
    ['a certificate that is not looked at', { 'insecure-skip-tls-verify': true }, { token: 'abc' }, { ...server, isInsecure: true, token: 'abc' }],
    ['a server below a path (Rancher), with a slash at its end', { server: 'https://Rancher.example/k8s/clusters/c-1/' }, { token: 'abc' }, { url: 'https://rancher.example/k8s/clusters/c-1', ca: undefined, token: 'abc' }],
    ['plain HTTP (kubectl proxy)', { server: 'http://127.0.0.1:8001' }, {}, { url: 'http://127.0.0.1:8001', ca: undefined }],
    ['IPv6', { server: 'https://[fd00::1]:6443' }, {}, { url: 'https://[fd00::1]:6443', ca: undefined }],
  ] as const) {
    it(`is read with ${what}`, async () => assert.deepEqual(await access(config(cluster, user)), expected));
  }

  it('is JSON as well as YAML', async () => {
    const text = JSON.stringify({ 'current-context': 'x', 'contexts': [{ name: 'x', context: { cluster: 'y' } }], 'clusters': [{ name: 'y', cluster: { server: 'https://h' } }] });
    assert.deepEqual(await access(text), { url: 'https://h', ca: undefined });
  });

  it('another context may be asked for, and one without a user signs in as nobody', async () => {
    assert.deepEqual(await access(config({}, { exec: {} }), { context: 'nobody' }), server);
    assert.equal(await refusal(config({}, {}), { context: 'there' }), `${FILE}: clusters["other"].cluster.server: is missing: give the URL of the API server`);
    assert.equal(await refusal(config({}, {}), { context: 'gone' }), `${FILE}: contexts: there is none of the name "gone"`);
  });

  const user = `${FILE}: users["u"].user`;
  const cluster = `${FILE}: clusters["c"].cluster`;
  const instead = 'give a token or tokenFile, see `kubectl create token`, or a client certificate';

  for (const [values, message] of [
    [{ exec: { command: 'aws' } }, `${user}.exec: is not supported (no program is run for credentials): ${instead}`],
    [{ 'auth-provider': { name: 'gcp' } }, `${user}.auth-provider: is not supported (it went out of Kubernetes with 1.26): ${instead}`],
    [{ username: 'admin', password: 'secret' }, `${user}.username: is not supported (API servers take no passwords since Kubernetes 1.19): ${instead}`],
    [{ as: 'admin' }, `${user}.as: is not supported (nobody is impersonated): ${instead}`],
    [{ token: 'a b' }, `${user}.token: no token stands there`],
    [{ token: 17 }, `${user}.token: expected a text, got a number`],
    [{ token: ['x'] }, `${user}.token: expected a text, got a list`],
    [{ tokenFile: 'gone' }, `${user}.tokenFile: /root/.kube/gone: no such file or directory`],
    [{ tokenFile: '/run/empty' }, `${user}.tokenFile: no token stands there`],
    [{ 'client-certificate': '/pki/admin.crt' }, `${user}.client-key: is missing beside client-certificate`],
    [{ 'client-key': '/pki/admin.key' }, `${user}.client-certificate: is missing beside client-key`],
    [{ 'client-certificate': '/pki/admin.key', 'client-key': '/pki/admin.key' }, `${user}.client-certificate: no PEM certificate stands there`],
    [{ 'client-key-data': '***' }, `${user}.client-key-data: is not base64`],
  ] as const) {
    it(`refuses user ${Object.keys(values).join(' and ')}: ${message}`, async () => assert.equal(await refusal(config({}, values)), message));
  }

  for (const [values, message] of [
    [{ server: '' }, `${cluster}.server: is missing: give the URL of the API server`],
    [{ server: 'ftp://x' }, `${cluster}.server: expected a URL such as https://10.96.0.1:6443, without user, query and fragment`],
    [{ server: 'https://me:secret@x' }, `${cluster}.server: expected a URL such as https://10.96.0.1:6443, without user, query and fragment`],
    [{ 'proxy-url': 'http://proxy:3128' }, `${cluster}.proxy-url: a proxy is not supported: the way without it is what is to be verified`],
    [{ 'certificate-authority': '/pki/admin.key' }, `${cluster}.certificate-authority: no PEM certificate stands there`],
    [{ 'certificate-authority': 'gone' }, `${cluster}.certificate-authority: /root/.kube/gone: no such file or directory`],
    [{ 'insecure-skip-tls-verify': 'yes' }, `${cluster}.insecure-skip-tls-verify: expected true or false, got "\\"yes\\""`],
    [{ 'insecure-skip-tls-verify': true, 'certificate-authority-data': base64(CA) }, `${cluster}.insecure-skip-tls-verify: a CA stands beside it: remove one of them`],
  ] as const) {
    it(`refuses cluster ${Object.keys(values).join(' and ')}: ${message}`, async () => assert.equal(await refusal(config(values, {})), message));
  }

  for (const [text, message] of [
    ['', `${FILE}: expected a kubeconfig file, with clusters, users and contexts`],
    ['[]', `${FILE}: expected a kubeconfig file, with clusters, users and contexts`],
    ['kind: Config', `${FILE}: current-context: is missing: name the context to use`],
    ['current-context: x\ncontexts: 3', `${FILE}: contexts: expected a list`],
    ['current-context: x\ncontexts: [{ name: x, context: {} }]', `${FILE}: contexts["x"].context.cluster: is missing`],
    ['current-context: x\ncontexts: [{ name: x }, { name: x }]', `${FILE}: contexts: there are two of the name "x"`],
    ['current-context: x\ncontexts: [{ name: x, context: { cluster: [] } }]', `${FILE}: contexts["x"].context.cluster: expected a name`],
    ['a: 1\nusers: [{ token: secret', `${FILE}: line 2 is not YAML (BAD_INDENT)`],
    ['a: 1\na: 2', `${FILE}: line 2 is not YAML (DUPLICATE_KEY)`],
    ['a: *gone', `${FILE}: an alias of its YAML leads nowhere, or there are too many`],
  ] as const) {
    it(`refuses ${JSON.stringify(text)} with ${message}`, async () => assert.equal(await refusal(text), message));
  }

  it('never rejects with anything but ConfigError, and never takes garbage', async () => {
    await fc.assert(fc.asyncProperty(anyText, async (text) => void (await refusal(text))));
    const almost = fc.record({ 'current-context': fc.jsonValue(), 'contexts': fc.jsonValue(), 'clusters': fc.jsonValue(), 'users': fc.jsonValue() });
    await fc.assert(fc.asyncProperty(almost, async (content) => void (await refusal(JSON.stringify(content)))));
    const parts = fc.record({ 'server': fc.jsonValue(), 'certificate-authority-data': fc.jsonValue(), 'certificate-authority': fc.jsonValue() });
    await fc.assert(fc.asyncProperty(parts, async (values) => void (await refusal(config(values, {})))));
  });
});
