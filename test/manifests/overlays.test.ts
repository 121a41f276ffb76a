import { assert } from 'chai';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { deployText, overlayNames } from '../../scripts/render-deploy.ts';
import { ROOT, kustomize, needsKustomize, renderFolder, renderOwn, renderText } from '../support/kustomize-overlay.ts';
import { type Manifest, containersOf, daemonSetsOf, nameOf, parseManifest, podOf } from '../support/manifest-objects.ts';
import { manifestProblems } from '../support/manifest-rules.ts';

function images(objects: Manifest): Readonly<Record<string, string | undefined>> {
  return Object.fromEntries(containersOf(objects).map(({ container }) => [container.name, container.image]));
}

describe(needsKustomize('overlays'), () => {
  before(function () {
    if ('missing' in kustomize) this.skip();
  });

  for (const overlay of overlayNames()) {
    it(`${overlay} renders without a warning to what deploy/${overlay}.yaml says (npm run render)`, () => {
      const { yaml, warnings } = renderFolder(join(ROOT, 'kustomize/overlays', overlay));
      assert.equal(warnings, '');
      assert.equal(readFileSync(join(ROOT, 'deploy', `${overlay}.yaml`), 'utf8'), deployText(overlay, yaml));
    });

    it(`${overlay} can be in another namespace, with a prefix before all names`, async () => {
      const { yaml, warnings } = renderOwn({ overlay, more: 'namespace: node-health\nnamePrefix: acme-\n' });
      const objects = parseManifest(yaml);
      assert.equal(warnings, '');
      assert.deepEqual(await manifestProblems(objects), []);
      assert.notMatch(yaml, /kube-system/);
      for (const object of objects) assert.match(nameOf(object), /^acme-(?:npd-ext|kubeowler-node-inspector)/);
      for (const { metadata, kind } of objects) assert.equal(metadata?.namespace, kind.startsWith('ClusterRole') ? undefined : 'node-health');
    });
  }

  it('run what a digest names', async () => {
    const names = ['registry.example.com/npd-plugins/gpu-monitor', 'registry.example.com/npd-plugins/node-plugins', 'ghcr.io/dims/npd-ext/node-problem-detector'];
    const more = `images:\n${names.map((name, index) => `  - name: ${name}\n    digest: sha256:${String(index).repeat(64)}\n`).join('')}`;
    const { yaml, warnings } = renderOwn({ overlay: 'separate', more });
    const objects = parseManifest(yaml);
    assert.equal(warnings, '');
    assert.deepEqual(await manifestProblems(objects), []);
    const [gpu, node, npd] = names.map((name, index) => `${name}@sha256:${String(index).repeat(64)}`);
    assert.deepEqual(images(objects), { 'gpu-monitor': gpu, 'share-folders': gpu, 'node-plugins': node, 'node-problem-detector': npd });
  });

  for (const page of ['docs/deployment.md', 'docs/images.md']) {
    it(`run the images that ${page} tells to name, on top of an overlay`, () => {
      const [, example = ''] = /<!-- images -->\n *```yaml\n([\s\S]*?)```\n/.exec(readFileSync(join(ROOT, page), 'utf8')) ?? [];
      const more = example.replaceAll(new RegExp(`^${/^ */.exec(example)?.[0] ?? ''}`, 'gm'), '');
      const wanted = (parse(more) as { readonly images: readonly { readonly newName: string; readonly newTag?: string; readonly digest?: string }[] }).images;
      const { yaml, warnings } = renderOwn({ overlay: 'integrated', more });
      assert.equal(warnings, '');
      assert.includeMembers(Object.values(images(parseManifest(yaml))), wanted.map(({ newName, newTag, digest }) => (digest === undefined ? `${newName}:${newTag}` : `${newName}@${digest}`)));
    });
  }

  it('can be told apart by a change of the configuration: the Pods mount a ConfigMap of another name', () => {
    const configName = (yaml: string): string | undefined => podOf(daemonSetsOf(parseManifest(yaml))[0] ?? assert.fail()).volumes?.find(({ name }) => name === 'config')?.configMap?.name;
    const more = 'configMapGenerator:\n  - name: npd-ext-config\n    namespace: kube-system\n    behavior: merge\n    literals:\n      - kernel-monitor.json={}\n';
    const [before, after] = [configName(renderOwn({ overlay: 'node-only' }).yaml), configName(renderOwn({ overlay: 'node-only', more }).yaml)];
    for (const name of [before, after]) assert.match(name ?? '', /^npd-ext-config-[a-z0-9]{10}$/);
    assert.notEqual(before, after);
  });

  it('can be taken into a repository of your own as kustomize/README.md shows', async () => {
    const readme = readFileSync(join(ROOT, 'kustomize/README.md'), 'utf8');
    const [, example = ''] = /<!-- example -->\n```yaml\n([\s\S]*?)```\n<!-- \/example -->/.exec(readme) ?? [];
    const { yaml, warnings } = renderText(example.replaceAll(/https:\/\/git\.example\.com\/npd-plugins\/\/(\S+)\?ref=v0\.1\.0/g, 'OURS/$1'));
    const objects = parseManifest(yaml);
    assert.equal(warnings, '');
    assert.deepEqual(await manifestProblems(objects), ['acme-npd-ext-gpu-monitor/gpu-monitor: limits are {"memory":"96Mi"}, not {"memory":"50Mi"}']);
    assert.deepEqual(images(objects), {
      'node-problem-detector': 'ghcr.io/dims/npd-ext/node-problem-detector:v0.1.0',
      'node-plugins': `harbor.acme.example/node-plugins@sha256:${'b'.repeat(64)}`,
      'gpu-monitor': `harbor.acme.example/gpu-monitor@sha256:${'a'.repeat(64)}`,
      'share-folders': `harbor.acme.example/gpu-monitor@sha256:${'a'.repeat(64)}`,
    });
  });
});
