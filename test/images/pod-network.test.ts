import { assert } from 'chai';
import { lstatSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Condition } from '../../plugins/core/status.ts';
import { networkConditions } from '../../plugins/network-verifier/conditions.ts';
import { eventually } from '../support/eventually.ts';
import { builtImages, disposeOfImages } from '../support/image-built.ts';
import { whyNoImages } from '../support/image-store.ts';
import { probe } from '../support/oci-probe.ts';
import { CLUSTER_ENV, joinCluster } from '../support/pod-cluster.ts';
import { type Answered, type PodOnNode, type StartedContainer, podOnNode } from '../support/pod-on-node.ts';

const noImages = whyNoImages();

const MEBIBYTE = 2 ** 20;
const LOOKS_WITHIN_MS = 60_000;
/** A day of polls, one in 30 s. */
const DAY_POLLS = 2_880;

after(disposeOfImages);

describe(noImages === undefined ? 'the node image in the Pod network, started as deploy/pod-network.yaml says' : `the node image in the Pod network, started as deploy/pod-network.yaml says (skipped: ${noImages})`, () => {
  let pod: PodOnNode;
  let verifier: StartedContainer;
  let answered: Answered;
  const cleanUp = new AsyncDisposableStack();

  const conditions = async (): Promise<readonly Condition[]> => (await answered.client.checkHealth({}, 1, { timeoutMs: 10_000 })).conditions;

  before(async function () {
    if (noImages !== undefined) this.skip();
    this.timeout(1_200_000);
    const images = await builtImages();
    pod = cleanUp.use(podOnNode(images, 'pod-network', 'npd-ext-pod-network-verifier', CLUSTER_ENV));
    await using opener = await pod.start('share-folders');
    assert.equal(await opener.ended, 0, opener.stderr());
    verifier = cleanUp.use(await pod.start('pod-network-verifier'));
    answered = cleanUp.use(await pod.firstAnswer('pod-network-verifier', verifier));
  });

  after(() => cleanUp[Symbol.asyncDispose]());

  it('says of nothing that it is well before it was seen to be', async () => {
    const first = await conditions();
    assert.deepEqual(first.map(({ type }) => type), networkConditions('pod').map(({ type }) => type));
    assert.equal(first.find(({ type }) => type === 'PodNetworkVerified')?.status, 'Unknown');
  });

  it('verifies the network once there is a name server, and an API server that accepts the token of the Pod', async function () {
    this.timeout(LOOKS_WITHIN_MS + 10_000);
    await using _cluster = await joinCluster(verifier.pid);
    const told = await eventually('a verified network', async () => {
      const now = await conditions();
      return now.every(({ status }) => status !== 'Unknown') && now;
    }, LOOKS_WITHIN_MS);
    assert.deepEqual(told.map(({ type, status, reason }) => `${type} ${status} ${reason}`), [
      'PodClusterDNSUnavailable False DNSAnswers',
      'PodAPIServerUnreachable False APIServerIsReachable',
      'PodNetworkTargetUnreachable False NoNetworkTargets',
      'PodServiceDiscoveryFailed False ServicesAreReachable',
      'PodNetworkVerified True NetworkIsVerified',
    ]);
    assert.match(told.at(-1)?.message ?? '', /from the Pod network/);
  });

  it('is a user that is not root, without any capability, and its system calls are filtered', () => {
    const { Uid, Groups, CapPrm, CapEff, CapBnd, NoNewPrivs, Seccomp } = verifier.status();
    const none = '0'.repeat(16);
    assert.deepEqual({ Uid, Groups, CapPrm, CapEff, CapBnd, NoNewPrivs, Seccomp }, {
      Uid: Array(4).fill('65532').join(' '), Groups: '65532', CapPrm: none, CapEff: none, CapBnd: none, NoNewPrivs: '1', Seccomp: '2',
    });
  });

  it('has its probes answered, and a day of polls fits into the memory limit of the manifest', async function () {
    this.timeout(60_000);
    const { livenessProbe, readinessProbe, resources } = pod.containerOf('pod-network-verifier');
    assert.deepEqual([await probe(verifier.pid, livenessProbe!), await probe(verifier.pid, readinessProbe!)], [200, 200]);
    assert.equal(`${verifier.memoryLimitBytes() / MEBIBYTE}Mi`, resources?.limits?.['memory']);
    for (let poll = 1; poll <= DAY_POLLS; poll++) await answered.client.checkHealth({}, poll, { timeoutMs: 10_000 });
    console.log(`      pod-network-verifier: at most ${(verifier.peakMemoryBytes() / MEBIBYTE).toFixed(1)} of ${verifier.memoryLimitBytes() / MEBIBYTE} MiB, ${verifier.status()['RssAnon']} private`);
    assert.equal(verifier.oomKillCount(), 0);
  });

  it('writes its socket and its state, and ends in good order when it is told to', async () => {
    await eventually('its state', () => readdirSync(pod.stateFolder).length > 0);
    const modes = [pod.socketFolder, pod.stateFolder].flatMap((folder) => readdirSync(folder).map((name) => {
      const { uid, mode } = lstatSync(join(folder, name));
      return `${name} ${uid} ${(mode & 0o7777).toString(8)}`;
    }));
    assert.deepEqual(modes, ['npd-pod-network-verifier.sock 65532 660', 'pod-network-verifier.state.json 65532 600']);
    assert.equal((await verifier.terminate()).code, 0, verifier.stderr());
    assert.deepEqual(readdirSync(pod.socketFolder), []);
  });
});
