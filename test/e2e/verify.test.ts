import { assert } from 'chai';
import { writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { once } from 'node:events';
import { type DnsServer, dnsServer } from '../support/dns-server.ts';
import { type Folder, eventually, temporaryFolder } from '../support/eventually.ts';
import { type KubeApi, startKubeApi } from '../support/kube-api.ts';
import { type Program, runToEnd, start } from '../support/program.ts';
import { ASKS_NOBODY } from '../support/quiet-network.ts';

/** A cluster on loopback: a name server, an API server, and a kubeconfig that leads there. */
interface Cluster extends AsyncDisposable {
  readonly nameServer: DnsServer;
  readonly api: KubeApi;
  readonly folder: Folder;
  readonly kubeconfig: string;
  readonly flags: readonly string[];
  readonly writeKubeconfig: (token: string) => void;
}

async function cluster(): Promise<Cluster> {
  const [folder, nameServer, api] = [temporaryFolder(), await dnsServer({ records: { 'db.example.com': ['192.0.2.7'] } }), await startKubeApi()];
  const { port } = api.server;
  api.set({ services: { 'default/kubernetes': { spec: { clusterIP: '127.0.0.1', clusterIPs: ['127.0.0.1'], ports: [{ name: 'https', port, protocol: 'TCP' }] }, endpoints: [{ address: '127.0.0.1', port, ready: true }] } } });
  const kubeconfig = folder.file('kubeconfig');
  const writeKubeconfig = (token: string): void => {
    const { url, ca = '' } = api.access();
    writeFileSync(kubeconfig, JSON.stringify({
      'apiVersion': 'v1', 'kind': 'Config', 'current-context': 'here', 'contexts': [{ name: 'here', context: { cluster: 'c', user: 'u' } }],
      'clusters': [{ name: 'c', cluster: { 'server': url, 'certificate-authority-data': Buffer.from(ca).toString('base64') } }], 'users': [{ name: 'u', user: { token } }],
    }));
  };
  writeKubeconfig(api.access().token ?? '');
  return {
    nameServer, api, folder, kubeconfig, writeKubeconfig,
    flags: [...ASKS_NOBODY, '--name-server', `127.0.0.1:${nameServer.port}`, '--dns', 'db.example.com'],
    async [Symbol.asyncDispose]() {
      await nameServer[Symbol.asyncDispose]();
      await api[Symbol.asyncDispose]();
      folder[Symbol.dispose]();
    },
  };
}

const ENV = { NODE_NAME: 'worker-1' };

/** The last line of `--json`. */
function resultOf(stdout: string): Readonly<Record<string, unknown>> & { readonly conditions: readonly { readonly type: string; readonly status: string; readonly reason: string }[] } {
  return JSON.parse(stdout.trimEnd().split('\n').at(-1) ?? '') as ReturnType<typeof resultOf>;
}

function reasonOf(stdout: string, type: string): string | undefined {
  return resultOf(stdout).conditions.find((condition) => condition.type === type)?.reason;
}

describe('npd-plugins verify', () => {
  it('of a network that works says so, and what it skipped, in one attempt', async () => {
    await using here = await cluster();
    const listener = createServer().listen(0, '127.0.0.1');
    await once(listener, 'listening');
    const { port } = listener.address() as { readonly port: number };
    const { code, stdout, stderr } = await runToEnd(['verify', ...here.flags, '--kubeconfig', here.kubeconfig, '--target', `127.0.0.1:${port}`], ENV);
    listener.close();
    assert.deepEqual([code, stderr], [0, '']);
    assert.match(stdout, /^Attempt 1 of 4:\n {2}dns: ok\n/);
    assert.match(stdout, /^ {2}api-server: ok\n {2}services: ok\n {2}services: skipped: name and connection of default\/kubernetes \(not in the cluster\)$/m);
    assert.match(stdout, /^Name: {2}worker-1$/m);
    assert.match(stdout, /^ {2}APIServerUnreachable +False +APIServerIsReachable /m);
    assert.match(stdout, /^ {2}NetworkVerified +True +NetworkIsVerified /m);
    assert.match(stdout, /^Skipped:\n(?: {2}.*\n)* {2}name and connection of default\/kubernetes \(not in the cluster\)\n(?: {2}.*\n)*Verified\. One attempt\.\n$/m);
    assert.includeMembers([...here.api.asked()], ['/readyz', '/api']);
  });

  it('in the cluster finds Services by their names, and connects through their cluster IPs', async () => {
    await using here = await cluster();
    const inCluster = { ...ENV, KUBERNETES_SERVICE_HOST: '127.0.0.1', KUBERNETES_SERVICE_PORT: '1' };
    const flags = ['verify', ...here.flags, '--kubeconfig', here.kubeconfig, '--retries', '0'];
    const absent = await runToEnd(flags, inCluster);
    assert.equal(absent.code, 1);
    assert.match(absent.stdout, /^ {2}ServiceDiscoveryFailed +True +ServiceNotResolvable +/m);
    await here.nameServer.behave({ records: { 'db.example.com': ['192.0.2.7'], 'kubernetes.default.svc.cluster.local': ['127.0.0.1'] } });
    const { code, stdout } = await runToEnd(flags, inCluster);
    assert.equal(code, 0);
    assert.match(stdout, /^ {2}services: ok\n {2}default-route: skipped: /m);
  });

  it('tries again what failed until it works', async () => {
    await using here = await cluster();
    await here.nameServer.behave({ udp: 'SERVFAIL' });
    await using program: Program = start(['verify', ...here.flags, '--kubeconfig', here.kubeconfig], ENV);
    await eventually('the first attempt', () => program.stdout().includes('Again in '));
    const askedBefore = here.api.asked().length;
    await here.nameServer.behave({ udp: 'answers' });
    const { code, stdout } = await program.ended;
    assert.equal(code, 0);
    assert.match(stdout, /^Attempt 1 of 4:\n {2}dns: DNSServerFailure: /);
    assert.match(stdout, /^Attempt 2 of 4:\n {2}dns: ok\n/m);
    assert.match(stdout, /\nVerified\. 2 attempts\.\n$/);
    assert.equal(here.api.asked().length, askedBefore, 'what worked is not asked again');
  });

  it('without retries ends with what it found, also as data', async () => {
    await using here = await cluster();
    await here.nameServer.behave({ udp: 'NXDOMAIN', tcp: 'NXDOMAIN' });
    here.api.set({ token: 'another' });
    const { code, stdout } = await runToEnd(['verify', ...here.flags, '--kubeconfig', here.kubeconfig, '--retries', '0', '--json'], ENV);
    assert.equal(code, 1);
    const [first = '', ...rest] = stdout.trimEnd().split('\n');
    assert.deepInclude(JSON.parse(first) as object, { node: 'worker-1', attempt: 1, of: 1 });
    assert.lengthOf(rest, 1);
    assert.deepInclude(resultOf(stdout), { result: 'not-verified', exitCode: 1, attempts: 1, endedBy: 'retries' });
    assert.deepEqual(['ClusterDNSUnavailable', 'APIServerUnreachable', 'NetworkVerified'].map((type) => reasonOf(stdout, type)), ['DNSNameNotFound', 'APIServerUnauthorized', 'NetworkNotVerified']);
  });

  it('takes KUBECONFIG and the settings of kube-node-ready, under its own flags', async () => {
    await using here = await cluster();
    const settings = here.folder.file('values.yaml');
    writeFileSync(settings, 'controller:\n  config:\n    worker:\n      checkTimeoutSeconds: 1\n      dnsTestDomains: [absent.example.com]\n    reconciliation: {maxRetries: 1, retryBackoff: linear}\n');
    const flags = here.flags.slice(0, -2);
    const { code, stdout } = await runToEnd(['verify', ...flags, '--kube-node-ready', settings, '--retries', '0', '--json'], { ...ENV, KUBECONFIG: here.kubeconfig, RETRY_BACKOFF: 'exponential' });
    assert.equal(code, 1);
    assert.deepEqual(['ClusterDNSUnavailable', 'APIServerUnreachable'].map((type) => reasonOf(stdout, type)), ['DNSNameNotFound', 'APIServerIsReachable']);
    assert.include(here.nameServer.asked(), 'UDP A absent.example.com.');
  });

  it('ends when its time is over, whatever hangs', async () => {
    await using here = await cluster();
    await here.nameServer.behave({ udp: 'silent', tcp: 'silent' });
    const { code, stdout } = await runToEnd(['verify', ...here.flags, '--check-timeout', '10s', '--timeout', '1s', '--json'], ENV);
    assert.equal(code, 2);
    assert.deepInclude(resultOf(stdout), { result: 'unknown', attempts: 1, endedBy: 'timeout' });
    assert.equal(reasonOf(stdout, 'ClusterDNSUnavailable'), 'DNSUnknown');
  });

  it('told to end says what it knows by then', async () => {
    await using here = await cluster();
    await here.nameServer.behave({ udp: 'closed', tcp: 'closed' });
    await using program = start(['verify', ...here.flags], ENV);
    await eventually('the first attempt', () => program.stdout().includes('Again in '));
    program.kill('SIGTERM');
    const { code, stdout } = await program.ended;
    assert.equal(code, 1);
    assert.match(stdout, /\nNot verified: ClusterDNSUnavailable\. One attempt, and then told to end\.\n$/);
  });

  it('with nobody to ask cannot tell', async () => {
    const { code, stdout } = await runToEnd(['verify', ...ASKS_NOBODY], ENV);
    assert.equal(code, 2);
    assert.match(stdout, /^ {2}NetworkVerified +Unknown +NetworkVerificationUnknown +nothing is judged: /m);
    assert.match(stdout, /\nCould not tell: NetworkVerified\. One attempt\.\n$/);
  });

  it('in a Pod says so', async () => {
    await using here = await cluster();
    const { code, stdout } = await runToEnd(['verify', ...here.flags, '--scope', 'pod', '--profile', 'karpenter-aws'], ENV);
    assert.equal(code, 0);
    assert.match(stdout, /^ {2}PodClusterDNSUnavailable +False +DNSAnswers +.*\(from the Pod network\)/m);
    assert.match(stdout, /^ {2}NetworkingReady +True +NetworkingIsReady /m);
  });
});
