import { assert } from 'chai';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { gpuConditions } from '../../plugins/gpu-monitor/conditions.ts';
import { hostConditions } from '../../plugins/host-inspector/conditions.ts';
import { networkConditions } from '../../plugins/network-verifier/conditions.ts';
import { eventually } from '../support/eventually.ts';
import { builtImages, disposeOfImages } from '../support/image-built.ts';
import { type GpuNode, gpuNode } from '../support/image-smi.ts';
import { whyNoImages } from '../support/image-store.ts';
import { CLUSTER_ENV, joinCluster } from '../support/pod-cluster.ts';
import { type Answered, type PodOnNode, type StartedContainer, podOnNode } from '../support/pod-on-node.ts';
import { type RuleRunner, pluginRulesOf, ruleRunner } from '../support/pod-rules.ts';

const noImages = whyNoImages();

/** One of its GPUs has a row that could not be remapped. */
const SICK = 'gpu-remap-failed';
const AGREES_WITHIN_MS = 60_000;

/** How NPD reads the exit code of a rule: its `plugin/types.go`, and what our script makes of Unknown. */
const EXIT_CODES: Readonly<Record<string, number>> = { False: 0, True: 1, Unknown: 2 };

after(disposeOfImages);

describe(noImages === undefined ? 'the images, started as deploy/stock-npd.yaml says' : `the images, started as deploy/stock-npd.yaml says (skipped: ${noImages})`, () => {
  let pod: PodOnNode;
  let npd: RuleRunner;
  const cleanUp = new AsyncDisposableStack();
  const containers: StartedContainer[] = [];
  const answers: Answered[] = [];
  const rules = pluginRulesOf('stock-npd');

  const said = (): readonly string[] => rules.map((rule) => {
    const { code, stdout } = npd.run(rule);
    return `${rule.condition} ${code} ${stdout}`;
  });

  /** What the rules must say, as the plugins answer now. */
  async function answered(): Promise<readonly string[]> {
    const statuses = await Promise.all(answers.map(({ client }) => client.checkHealth({}, 1, { timeoutMs: 10_000 })));
    return statuses.flatMap(({ conditions }) => conditions.map(({ type, status, reason, message }) => `${type} ${EXIT_CODES[status]} ${reason}: ${message}\n`));
  }

  before(async function () {
    if (noImages !== undefined) this.skip();
    this.timeout(1_200_000);
    const images = await builtImages();
    const host: GpuNode = cleanUp.use(gpuNode(SICK));
    pod = cleanUp.use(podOnNode(images, 'stock-npd', 'npd-ext', CLUSTER_ENV));
    for (const [name, monitors, mounts] of [['node-plugins', ['host-inspector', 'network-verifier'], []], ['gpu-monitor', ['gpu-monitor'], [...host.sysMounts, ...host.smiMounts]]] as const) {
      const container = cleanUp.use(await pod.start(name, mounts));
      containers.push(container);
      for (const monitor of monitors) answers.push(cleanUp.use(await pod.firstAnswer(monitor, container)));
      if (name === 'node-plugins') cleanUp.use(await joinCluster(container.pid));
    }
    npd = cleanUp.use(await ruleRunner(pod));
  });

  after(() => cleanUp[Symbol.asyncDispose]());

  it('have a rule for each condition, which runs with the shell', () => {
    assert.sameOrderedMembers(rules.map(({ condition }) => condition), [...hostConditions, ...networkConditions(), ...gpuConditions([])].map(({ type }) => type));
    assert.deepEqual([...new Set(rules.map(({ path }) => path))], ['/bin/sh']);
  });

  it('write their status files, each where its user may', async () => {
    const { 'npd-bridge': bridge = '', 'npd-socket': socket = '' } = pod.emptyDirs;
    const files = [join(bridge, 'host-inspector.status'), join(bridge, 'network-verifier.status'), join(socket, 'gpu-monitor.status')];
    await eventually('all status files', () => files.every((file) => existsSync(file)));
    assert.equal(socket, pod.socketFolder);
    assert.isFalse(existsSync(join(socket, 'host-inspector.status')));
  });

  it('let NPD say by its rules what they answer over gRPC, sick and well', async function () {
    this.timeout(AGREES_WITHIN_MS + 10_000);
    const told = await eventually('the same from all rules, and all judged', async () => {
      const [expected, now] = [await answered(), said()];
      return expected.join('') === now.join('') && !now.some((text) => text.includes('no look yet')) && now;
    }, AGREES_WITHIN_MS);
    assert.match(told.find((text) => text.startsWith('GPUMemoryFault')) ?? '', /^GPUMemoryFault 1 RowRemapFailed: /);
    assert.include(told.map((text) => text.split(' ')[1]), '0');
  });

  it('leave nothing that a rule would believe when they are told to end', async () => {
    for (const container of containers) assert.equal((await container.terminate()).code, 0, container.stderr());
    const files = { host: '/var/run/npd-bridge/host-inspector.status', network: '/var/run/npd-bridge/network-verifier.status', gpu: '/var/run/npd/gpu-monitor.status' };
    const missing = (type: string, file: string): string => `${type} 2 StatusFileMissing: ${file} is not there; its monitor does not run, or runs without --status-dir\n`;
    assert.deepEqual(said(), [
      ...hostConditions.map(({ type }) => missing(type, files.host)), ...networkConditions().map(({ type }) => missing(type, files.network)),
      ...gpuConditions([]).map(({ type }) => missing(type, files.gpu)),
    ]);
  });
});
