import { assert } from 'chai';
import { startApiServer, type ApiServer } from '../support/api-server.ts';
import { describedInRecording, describePart, overlayRecording, storeAt } from '../support/host-overlay-recording.ts';
import { NODE_NAME } from '../support/host-process.ts';
import { kubectl, whyNoKubectl } from '../support/kubectl.ts';

const RECORDED = [['npd-ext', 'integrated'], ['npd-ext', 'separate'], ['upstream', 'integrated'], ['npd-1.36', 'stock-npd']] as const;

const why = whyNoKubectl();

async function described(api: ApiServer): Promise<string> {
  const { code, stdout, stderr } = await kubectl(api.url, 'describe', 'node', NODE_NAME);
  assert.deepEqual([code, stderr], [0, '']);
  return describePart(stdout);
}

/** The age of an event grows, and the columns with it; the times of conditions stay. */
function ageless(text: string): string {
  return text.replaceAll(/ {2,}/g, '  ').replaceAll(/^( {2}(?:Normal|Warning) {2}\w+) {2}\S+(?: \(x(\d+) over \S+\))?/gm, '$1  AGE $2').replaceAll(/-{4,}/g, '----');
}

describe(`kubectl describe node${why === undefined ? '' : ` (skipped: ${why})`}`, function () {
  this.timeout(90_000);

  before(function () {
    if (why !== undefined) this.skip();
  });

  for (const [host, overlay] of RECORDED) {
    it(`prints what ${host} wrote as overlay ${overlay}, as it did in the recording`, async () => {
      const recording = overlayRecording(host, overlay);
      await using api = await startApiServer(NODE_NAME, () => {}, storeAt(recording, ({ did }) => did === 'kubectl describe node'));
      assert.equal(ageless(await described(api)), ageless(describedInRecording(host, overlay)));
    });
  }

  it('finds no event of NPD 1.35 and later, which kubectl get events does', async () => {
    const recording = overlayRecording('npd-1.36', 'stock-npd');
    await using api = await startApiServer(NODE_NAME, () => {}, storeAt(recording, ({ did }) => did === 'kubectl describe node'));
    assert.match(await described(api), /^Events: +<none>$/m);
    const selector = `involvedObject.kind=Node,involvedObject.name=${NODE_NAME}`;
    const { stdout } = await kubectl(api.url, 'get', 'events', '-A', '--field-selector', selector, '-o', 'jsonpath={.items[*].reason}');
    assert.includeMembers(stdout.split(' '), ['MemoryPressureHighReported', 'GPUMemoryFaultReported', 'ContainerRuntimeHung', 'FilesystemIsReadOnly', 'OOMKilling']);
  });

  it('asks the recording API server for nothing that it does not know', async () => {
    const unknown: string[] = [];
    await using api = await startApiServer(NODE_NAME, ({ url, status }) => void (status === 200 || unknown.push(url)));
    await described(api);
    assert.deepEqual(unknown, []);
  });
});
