import { assert } from 'chai';
import { lstatSync } from 'node:fs';
import { gpuConditions } from '../../plugins/gpu-monitor/conditions.ts';
import { builtImages, disposeOfImages } from '../support/image-built.ts';
import { whyNoImages } from '../support/image-store.ts';
import { podOnNode } from '../support/pod-on-node.ts';

const noImages = whyNoImages();

after(disposeOfImages);

describe(noImages === undefined ? 'the image gpu-monitor, started as deploy/separate.yaml says' : `the image gpu-monitor, started as deploy/separate.yaml says (skipped: ${noImages})`, () => {
  before(async function () {
    if (noImages !== undefined) this.skip();
    this.timeout(1_200_000);
    await builtImages();
  });

  it("opens folders of the host that are root's, and then serves in them as a user that is not root", async function () {
    this.timeout(120_000);
    using pod = podOnNode(await builtImages(), 'separate', 'npd-ext-gpu-monitor');
    await using opener = await pod.start('share-folders');
    assert.equal(await opener.ended, 0, opener.stderr());
    const owners = [pod.socketFolder, pod.stateFolder].map((folder) => {
      const { uid, gid, mode } = lstatSync(folder);
      return `${uid}:${gid} ${(mode & 0o7777).toString(8)}`;
    });
    assert.deepEqual(owners, ['0:65532 2770', '0:65532 2770']);
    await using server = await pod.start('gpu-monitor');
    using answered = await pod.firstAnswer('gpu-monitor', server);
    const { conditions } = await answered.client.checkHealth({}, 1, { timeoutMs: 10_000 });
    assert.deepEqual(conditions.map(({ type }) => type), gpuConditions([]).map(({ type }) => type));
    assert.equal(server.status()['Uid'], '65532 65532 65532 65532');
    // Without the node's processes around it, it is the first of its own, which no signal ends that it does not ask for.
    assert.equal((await server.terminate()).code, 0, server.stderr());
  });
});
