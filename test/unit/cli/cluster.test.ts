import { assert } from 'chai';
import { rmSync, writeFileSync } from 'node:fs';
import { clusterOf } from '../../../cli/cluster.ts';
import { ConfigError } from '../../../plugins/core/errors.ts';
import { runChild } from '../../../plugins/linux/child.ts';
import { temporaryFolder } from '../../support/eventually.ts';
import { testCa } from '../../support/tls-certificates.ts';

function kubeconfig(token: string): string {
  return JSON.stringify({
    'apiVersion': 'v1', 'kind': 'Config', 'current-context': 'here', 'contexts': [{ name: 'here', context: { cluster: 'c', user: 'u' } }],
    'clusters': [{ name: 'c', cluster: { 'server': 'https://127.0.0.1:6443', 'certificate-authority-data': Buffer.from(testCa).toString('base64') } }], 'users': [{ name: 'u', user: { token } }],
  });
}

describe('the cluster that is asked', () => {
  it('is none without a variable and a kubeconfig, and where files are missing says which', async () => {
    const { cluster, isInCluster } = await clusterOf(undefined, {}, runChild);
    assert.deepEqual([isInCluster, await cluster()], [false, { kind: 'none', message: 'KUBERNETES_SERVICE_HOST is not set' }]);
    const inPod = await clusterOf(undefined, { KUBERNETES_SERVICE_HOST: '10.96.0.1' }, async () => assert.fail('a tmpfs needs no child'));
    assert.isTrue(inPod.isInCluster);
    const access = await inPod.cluster();
    // Where this runs in a Pod it may have a token.
    if (access.kind !== 'ok') assert.match(access.kind === 'failed' ? access.message : '', /^\/var\/run\/secrets\/kubernetes\.io\/serviceaccount\/token: .*automountServiceAccountToken/);
  });

  it('is that of a kubeconfig, read anew each time', async () => {
    using folder = temporaryFolder();
    const file = folder.file('config');
    writeFileSync(file, kubeconfig('first'));
    const { cluster, isInCluster } = await clusterOf(file, {}, runChild);
    assert.isFalse(isInCluster);
    assert.deepEqual(await cluster(), { kind: 'ok', access: { url: 'https://127.0.0.1:6443', ca: testCa, token: 'first' } });
    writeFileSync(file, kubeconfig('second'));
    assert.deepEqual(await cluster(), { kind: 'ok', access: { url: 'https://127.0.0.1:6443', ca: testCa, token: 'second' } });
    rmSync(file);
    const gone = await cluster();
    assert.deepInclude(gone, { kind: 'failed', message: `--kubeconfig: ${file}: no such file or directory` });
  });

  it('is refused at the start where the kubeconfig cannot be used', async () => {
    using folder = temporaryFolder();
    const file = folder.file('config');
    writeFileSync(file, kubeconfig('first').replace('"current-context":"here"', '"current-context":"there"'));
    const error = await clusterOf(file, {}, runChild).then(() => assert.fail('accepted'), (thrown: unknown) => thrown);
    assert.instanceOf(error, ConfigError);
    assert.include(error.message, file);
  });
});
