import { assert } from 'chai';
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { recordedSources } from '../../../../cli/recording/sources.ts';
import { type CertificateSearchOptions, findCertificates } from '../../../../plugins/host-inspector/certificates/find.ts';
import { type ChildRequest, runChild } from '../../../../plugins/linux/child.ts';
import { type CertificateOf, certificatePem } from '../../../support/certificate.ts';

const FROM = Date.UTC(2026, 0, 1);
const TO = Date.UTC(2027, 0, 1);
const SECRET = 'c2VjcmV0c2VjcmV0c2VjcmV0c2VjcmV0c2VjcmV0';
const KEY = `-----BEGIN PRIVATE KEY-----\n${SECRET}\n-----END PRIVATE KEY-----\n`;

function pem(subject: string, more: Partial<CertificateOf> = {}): string {
  return certificatePem({ subject, issuer: 'kubernetes', notBeforeMs: FROM, notAfterMs: TO, ...more });
}

function kubeconfig(line: string): string {
  return `users:\n- name: x\n  user:\n    ${line}\n`;
}

function embedding(subject: string): string {
  return kubeconfig(`client-certificate-data: ${Buffer.from(pem(subject)).toString('base64')}\n    client-key-data: ${SECRET}`);
}

describe('the search for certificates of the node', () => {
  let root = '';
  beforeEach(() => (root = mkdtempSync(join(tmpdir(), 'certificates-'))));
  afterEach(() => rmSync(root, { recursive: true }));

  function write(path: string, text: string): void {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }

  function link(path: string, target: string): void {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    symlinkSync(target, join(root, path));
  }

  const find = (more: Partial<CertificateSearchOptions> = {}) => findCertificates(root, { timeoutMs: 10_000, run: recordedSources(root).run, ...more });

  /** `path: subject, use, renewal`, and gaps. */
  async function told(more: Partial<CertificateSearchOptions> = {}): Promise<readonly string[]> {
    const { certificates, gaps } = await find(more);
    return [
      ...certificates.map(({ path, number, subject, use, renewal }) => `${path}${number > 1 ? `#${number}` : ''}: ${subject}, ${use}, ${renewal}`),
      ...gaps.map(({ path, kind, message }) => `${kind} ${path}: ${message.replaceAll(root, 'ROOT')}`),
    ];
  }

  it('finds none on a node that has none', async () => {
    write('etc/hostname', 'worker-1\n');
    assert.deepEqual(await find(), { certificates: [], gaps: [] });
  });

  it('tells path, name, use and dates of each, and that kubelet renews its own', async () => {
    write('var/lib/kubelet/pki/kubelet-client-current.pem', pem('system:node:worker-1') + KEY);
    const search = await find();
    assert.deepEqual(search, {
      certificates: [{ path: '/var/lib/kubelet/pki/kubelet-client-current.pem', number: 1, subject: 'system:node:worker-1', use: 'kubelet client', renewal: 'by-itself', notBeforeMs: FROM, notAfterMs: TO }],
      gaps: [],
    });
    assert.notInclude(JSON.stringify(search), SECRET);
  });

  it('follows the absolute link that kubelet keeps, and no other file of it', async () => {
    write('var/lib/kubelet/pki/kubelet-client-2026-01-01-00-00-00.pem', pem('new'));
    write('var/lib/kubelet/pki/kubelet-client-2025-01-01-00-00-00.pem', pem('old'));
    link('var/lib/kubelet/pki/kubelet-client-current.pem', '/var/lib/kubelet/pki/kubelet-client-2026-01-01-00-00-00.pem');
    assert.deepEqual(await told(), ['/var/lib/kubelet/pki/kubelet-client-current.pem: new, kubelet client, by-itself']);
  });

  it("follows links of folders, as where kubelet's own lies on another disk", async () => {
    write('data/kubelet/pki/kubelet-client-current.pem', pem('a'));
    link('var/lib/kubelet', '/data/kubelet');
    assert.deepEqual(await told(), ['/var/lib/kubelet/pki/kubelet-client-current.pem: a, kubelet client, by-itself']);
  });

  it('knows the folders of kubeadm, etcd, Kubespray, k3s, RKE2, k0s and MicroK8s', async () => {
    for (const path of [
      'etc/kubernetes/pki/apiserver.crt', 'etc/kubernetes/pki/etcd/server.crt', 'etc/kubernetes/ssl/front-proxy-client.crt', 'etc/ssl/etcd/ssl/member-node1.pem',
      'var/lib/rancher/k3s/agent/client-kubelet.crt', 'var/lib/rancher/k3s/server/tls/serving-kube-apiserver.crt', 'var/lib/rancher/rke2/server/tls/etcd/peer-server-client.crt',
      'var/lib/rancher/rke2/server/tls/kube-scheduler/kube-scheduler.crt', 'var/lib/k0s/pki/server.crt', 'var/lib/k0s/kubelet/pki/kubelet-server-current.pem',
      'var/snap/microk8s/4595/certs/server.crt', 'var/snap/microk8s/common/var/lib/kubelet/pki/kubelet-client-current.pem',
    ]) write(path, pem('x'));
    link('var/snap/microk8s/current', '4595');
    assert.deepEqual(await told(), [
      '/etc/kubernetes/pki/apiserver.crt: x, control plane, by-hand',
      '/etc/kubernetes/pki/etcd/server.crt: x, etcd, by-hand',
      '/etc/kubernetes/ssl/front-proxy-client.crt: x, control plane, by-hand',
      '/etc/ssl/etcd/ssl/member-node1.pem: x, etcd, by-hand',
      '/var/lib/rancher/k3s/agent/client-kubelet.crt: x, k3s agent, by-hand',
      '/var/lib/rancher/k3s/server/tls/serving-kube-apiserver.crt: x, k3s server, by-hand',
      '/var/lib/rancher/rke2/server/tls/etcd/peer-server-client.crt: x, etcd, by-hand',
      '/var/lib/rancher/rke2/server/tls/kube-scheduler/kube-scheduler.crt: x, kube-scheduler, by-hand',
      '/var/lib/k0s/kubelet/pki/kubelet-server-current.pem: x, kubelet serving, by-itself',
      '/var/lib/k0s/pki/server.crt: x, control plane, by-hand',
      '/var/snap/microk8s/common/var/lib/kubelet/pki/kubelet-client-current.pem: x, kubelet client, by-itself',
      '/var/snap/microk8s/current/certs/server.crt: x, control plane, by-hand',
    ]);
  });

  it('looks at a file once, whatever names it has: Kubespray links pki to ssl', async () => {
    write('etc/kubernetes/ssl/apiserver.crt', pem('x'));
    link('etc/kubernetes/pki', 'ssl');
    write('etc/kubernetes/admin.conf', kubeconfig('client-certificate: ssl/apiserver.crt'));
    assert.deepEqual(await told(), ['/etc/kubernetes/pki/apiserver.crt: x, control plane, by-hand']);
  });

  it('finds those that kubeconfig files hold or name, and none of the first contact', async () => {
    write('etc/kubernetes/admin.conf', embedding('kubernetes-admin'));
    write('etc/kubernetes/bootstrap-kubelet.conf', embedding('old'));
    write('etc/kubernetes/scheduler.conf', kubeconfig('client-certificate: /opt/scheduler.pem'));
    write('etc/kubernetes/tmp/admin.conf', embedding('backup'));
    write('etc/kubernetes/admin.conf.bak', embedding('backup'));
    write('etc/rancher/k3s/k3s.yaml', embedding('k3s-admin'));
    write('opt/scheduler.pem', pem('system:kube-scheduler') + KEY);
    const search = await find();
    assert.deepEqual(await told(), [
      '/etc/kubernetes/admin.conf: kubernetes-admin, kubeconfig client, by-hand',
      '/opt/scheduler.pem: system:kube-scheduler, client of /etc/kubernetes/scheduler.conf, by-hand',
      '/etc/rancher/k3s/k3s.yaml: k3s-admin, kubeconfig client, by-hand',
    ]);
    assert.notInclude(JSON.stringify(search), SECRET);
  });

  it('never opens a key, a backup or a request', async () => {
    for (const name of ['apiserver.key', 'sa.pub', 'admin-key.pem', 'key.pem', 'apiserver.crt.old', 'apiserver.crt.bak', 'apiserver.crt~', '.apiserver.crt', 'x.csr']) write(`etc/kubernetes/pki/${name}`, KEY);
    const opened: string[] = [];
    const { run } = recordedSources(root);
    const noting = (request: ChildRequest) => {
      if (request.command === 'cat') opened.push(...request.args);
      return run(request);
    };
    assert.deepEqual(await find({ run: noting }), { certificates: [], gaps: [] });
    assert.deepEqual(opened, []);
  });

  it('knows which ones nobody needs', async () => {
    const selfMade = { issuer: 'worker-1-ca@1735689600' };
    write('var/lib/kubelet/pki/kubelet.crt', pem('worker-1@1735689600', selfMade) + pem('worker-1-ca@1735689600', { ...selfMade, isCa: true }));
    write('etc/kubernetes/kubelet.conf', embedding('system:node:worker-1'));
    assert.deepEqual(await told(), [
      '/var/lib/kubelet/pki/kubelet.crt: worker-1@1735689600, kubelet serving, not-needed',
      '/var/lib/kubelet/pki/kubelet.crt#2: worker-1-ca@1735689600, certificate authority, not-needed',
      '/etc/kubernetes/kubelet.conf: system:node:worker-1, kubeconfig client, by-hand',
    ]);
    write('var/lib/kubelet/pki/kubelet-client-current.pem', pem('new'));
    assert.include(await told(), '/etc/kubernetes/kubelet.conf: system:node:worker-1, kubeconfig client, not-needed');
    write('var/lib/kubelet/pki/kubelet.crt', pem('worker-1'));
    assert.include(await told(), '/var/lib/kubelet/pki/kubelet.crt: worker-1, kubelet serving, by-hand');
    write('var/lib/kubelet/pki/kubelet-server-current.pem', pem('worker-1'));
    assert.include(await told(), '/var/lib/kubelet/pki/kubelet.crt: worker-1, kubelet serving, not-needed');
  });

  it('takes every certificate of a chain as needed, and of two authorities of one name the one that lasts longer', async () => {
    const ca = { isCa: true, notAfterMs: TO };
    write('etc/kubernetes/pki/apiserver.crt', pem('kube-apiserver') + pem('intermediate', ca));
    write('etc/kubernetes/pki/ca.crt', pem('kubernetes', ca) + pem('kubernetes', { ...ca, notAfterMs: TO + 1_000 }) + pem('root', { ...ca, notAfterMs: TO + 9_000 }));
    write('var/lib/rancher/k3s/server/tls/server-ca.crt', pem('k3s-server-ca@1800000000', { ...ca, notAfterMs: TO + 1_000 }) + pem('k3s-server-ca@1700000000', ca));
    assert.deepEqual((await told()).map((line) => line.replace(/: .*, /, ' ')), [
      '/etc/kubernetes/pki/apiserver.crt by-hand', '/etc/kubernetes/pki/apiserver.crt#2 by-hand',
      '/etc/kubernetes/pki/ca.crt not-needed', '/etc/kubernetes/pki/ca.crt#2 by-hand', '/etc/kubernetes/pki/ca.crt#3 by-hand',
      '/var/lib/rancher/k3s/server/tls/server-ca.crt by-hand', '/var/lib/rancher/k3s/server/tls/server-ca.crt#2 not-needed',
    ]);
  });

  it('tells what is cut, garbled, empty, or leads nowhere, and finds the others', async () => {
    write('etc/kubernetes/pki/apiserver.crt', pem('x').slice(0, 200));
    write('etc/kubernetes/pki/ca.crt', '');
    write('etc/kubernetes/pki/front-proxy-client.crt', pem('x'));
    write('etc/kubernetes/admin.conf', kubeconfig('client-certificate-data: |'));
    write('etc/kubernetes/scheduler.conf', kubeconfig(`client-certificate-data: ${SECRET}`));
    write('etc/kubernetes/x.conf', kubeconfig('client-certificate: none.pem'));
    link('var/lib/kubelet/pki/kubelet-client-current.pem', '/gone.pem');
    assert.deepEqual(await told(), [
      '/etc/kubernetes/pki/front-proxy-client.crt: x, control plane, by-hand',
      'failed /var/lib/kubelet/pki/kubelet-client-current.pem: /var/lib/kubelet/pki/kubelet-client-current.pem (as ROOT/var/lib/kubelet/pki/kubelet-client-current.pem): no such file or directory',
      'failed /etc/kubernetes/pki/apiserver.crt: /etc/kubernetes/pki/apiserver.crt: holds a certificate that is cut',
      'failed /etc/kubernetes/pki/ca.crt: /etc/kubernetes/pki/ca.crt: holds no certificate',
      'failed /etc/kubernetes/admin.conf: /etc/kubernetes/admin.conf: line 4 gives a client certificate in a form that is not understood',
      'failed /etc/kubernetes/scheduler.conf: /etc/kubernetes/scheduler.conf: its client-certificate-data holds no certificate',
      'absent /etc/kubernetes/none.pem: /etc/kubernetes/none.pem (as ROOT/etc/kubernetes/none.pem): no such file or directory',
    ]);
  });

  it('finds configured files and folders, and says of one that is not there', async () => {
    write('opt/pki/a.crt', pem('a'));
    write('opt/pki/deeper/b.crt', pem('b'));
    write('opt/agent.conf', embedding('c'));
    write('opt/d', pem('d'));
    assert.deepEqual(await told({ more: ['/opt/pki', '/opt/pki/a.crt', '/opt/agent.conf', '/opt/d', '/opt/e'] }), [
      '/opt/pki/a.crt: a, configured, by-hand',
      '/opt/agent.conf: c, kubeconfig client, by-hand',
      '/opt/d: d, configured, by-hand',
      'absent /opt/e: /opt/e (as ROOT/opt/e): no such file or directory',
    ]);
  });

  it('leaves out what is to be ignored', async () => {
    write('etc/kubernetes/pki/a.crt', pem('a'));
    write('etc/kubernetes/pki/etcd/b.crt', pem('b'));
    write('etc/kubernetes/admin.conf', embedding('c'));
    assert.deepEqual(await told({ ignore: ['/etc/kubernetes/pki/etcd', '/etc/kubernetes/admin.conf'] }), ['/etc/kubernetes/pki/a.crt: a, control plane, by-hand']);
  });

  it('does not judge a bundle of authorities, nor look at more files than any control plane has', async () => {
    write('etc/kubernetes/pki/bundle.crt', Array.from({ length: 17 }, (_, index) => pem(`ca-${index}`, { isCa: true })).join(''));
    assert.deepEqual(await told(), ['absent /etc/kubernetes/pki/bundle.crt: /etc/kubernetes/pki/bundle.crt (a bundle of more than 16 certificates)']);
    for (let index = 0; index < 200; index++) write(`etc/kubernetes/ssl/${index}.crt`, '');
    assert.include(await told(), 'failed /etc/kubernetes/ssl: /etc/kubernetes/ssl (as ROOT/etc/kubernetes/ssl): not looked at, there are more than 192 files');
  });

  it('is not held up by a file that does not answer, and names what it did not come to in time', async () => {
    write('var/lib/kubelet/pki/kubelet.crt', pem('a'));
    mkdirSync(join(root, 'etc/kubernetes/pki'), { recursive: true });
    execFileSync('mkfifo', [join(root, 'etc/kubernetes/pki/apiserver.crt')]);
    write('etc/kubernetes/pki/ca.crt', pem('b'));
    assert.deepEqual(await told({ run: runChild, timeoutMs: 500 }), [
      '/var/lib/kubelet/pki/kubelet.crt: a, kubelet serving, by-hand',
      '/etc/kubernetes/pki/ca.crt: b, control plane, by-hand',
      'failed /etc/kubernetes/pki/apiserver.crt: /etc/kubernetes/pki/apiserver.crt (as ROOT/etc/kubernetes/pki/apiserver.crt): no answer within 500 ms',
    ]);
    const late = await told({ patienceMs: 0 });
    assert.equal(late[0], 'failed /var/lib/kubelet: /var/lib/kubelet (as ROOT/var/lib/kubelet): not looked at in time, others do not answer');
    assert.isTrue(late.every((line) => line.startsWith('failed ')));
  });

  it('says what is closed to it', async function () {
    if (process.getuid?.() === 0) this.skip();
    write('etc/kubernetes/pki/apiserver.crt', pem('a'));
    execFileSync('chmod', ['000', join(root, 'etc/kubernetes/pki/apiserver.crt')]);
    assert.deepEqual(await told({ run: runChild }), ['denied /etc/kubernetes/pki/apiserver.crt: /etc/kubernetes/pki/apiserver.crt (as ROOT/etc/kubernetes/pki/apiserver.crt): permission denied']);
  });

  it('starts few children', async () => {
    write('var/lib/kubelet/pki/kubelet-client-1.pem', pem('a'));
    link('var/lib/kubelet/pki/kubelet-client-current.pem', '/var/lib/kubelet/pki/kubelet-client-1.pem');
    write('var/lib/kubelet/pki/kubelet.crt', pem('b'));
    write('etc/kubernetes/kubelet.conf', kubeconfig('client-certificate: /var/lib/kubelet/pki/kubelet-client-current.pem'));
    write('etc/kubernetes/pki/ca.crt', pem('c'));
    let count = 0;
    const { run } = recordedSources(root);
    await find({ run: (request) => (count++, run(request)) });
    assert.isAtMost(count, 28, 'on a worker of kubeadm');
  });
});
