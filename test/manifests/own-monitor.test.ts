import { assert } from 'chai';
import type { IContainer } from 'kubernetes-models/v1';
import { cpSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { rebootMonitor } from '../../examples/own-monitor/reboot-monitor.ts';
import { readHostConfigs } from '../../plugins/npd/config-files.ts';
import { findKustomize, render } from '../../scripts/kustomize.ts';
import { ask } from '../support/http-client.ts';
import { type Folder, eventually, temporaryFolder } from '../support/eventually.ts';
import { type Manifest, configText, containersOf, parseManifest, placeOf, podOf, daemonSetsOf } from '../support/manifest-objects.ts';
import { schemaProblems } from '../support/manifest-schema.ts';
import { startProgram } from '../support/rpc-process.ts';

const ROOT = join(import.meta.dirname, '../..');
const EXAMPLE = join(ROOT, 'examples/own-monitor');
const FILE = '/config/reboot-monitor.json';

/** Those whose NPD has external monitors. */
const OVERLAYS = ['integrated', 'separate', 'node-only'];

const kustomize = findKustomize();
const isThere = !('missing' in kustomize);
const title = (text: string): string => (isThere ? text : `${text} (skipped: ${kustomize.missing})`);

/** A kustomization of somebody's own, with the overlay and these components. Throws what kustomize says, warnings too. */
function built(folder: Folder, overlay: string, components: readonly string[]): Manifest {
  if (!isThere) throw new Error(kustomize.missing);
  const own = mkdtempSync(folder.file('own-'));
  const list = (paths: readonly string[]): string => paths.map((path) => `  - ${relative(own, path)}\n`).join('');
  const text = `apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\nresources:\n${list([join(ROOT, 'kustomize/overlays', overlay)])}components:\n${list(components)}`;
  writeFileSync(join(own, 'kustomization.yaml'), text);
  const { yaml, warnings } = render(kustomize, own);
  assert.equal(warnings, '');
  return parseManifest(yaml);
}

function container(manifest: Manifest, name: string): IContainer {
  const found = containersOf(manifest).filter((placed) => placed.container.name === name);
  assert.lengthOf(found, 1, name);
  return found[0]?.container ?? { name };
}

const portsOf = (manifest: Manifest): readonly number[] => containersOf(manifest).flatMap(({ container: { livenessProbe } }) => (typeof livenessProbe?.httpGet?.port === 'number' ? [livenessProbe.httpGet.port] : []));

describe('the component of the own monitor', () => {
  let folder: Folder;
  beforeEach(() => (folder = temporaryFolder()));
  afterEach(() => folder[Symbol.dispose]());

  for (const overlay of OVERLAYS) {
    (isThere ? it : it.skip)(title(`adds to ${overlay} its container, its configuration and one argument of NPD, and nothing else`), () => {
      const [before, after] = [built(folder, overlay, []), built(folder, overlay, [EXAMPLE])];
      const names = (manifest: Manifest): string[] => containersOf(manifest).map(({ where }) => where);
      assert.sameMembers(names(after), [...names(before), 'npd-ext/reboot-monitor']);
      for (const { where, container: { name } } of containersOf(before)) {
        const [was, is] = [before, after].map((manifest) => containersOf(manifest).find((placed) => placed.where === where)?.container);
        const added = name === 'node-problem-detector' ? [`--config.external-monitor=${FILE}`] : [];
        assert.deepEqual(is, { ...was, name, args: [...(was?.args ?? []), ...added] });
      }
      assert.deepEqual(schemaProblems(after), []);
      assert.lengthOf(new Set(portsOf(after)), portsOf(before).length + 1);
    });
  }

  (isThere ? it : it.skip)(title('has the file that NPD is told to load in the ConfigMap, with the socket that the container serves'), () => {
    const manifest = built(folder, 'integrated', [EXAMPLE]);
    const [npd, own] = ['node-problem-detector', 'reboot-monitor'].map((name) => containersOf(manifest).find((placed) => placed.container.name === name));
    if (npd === undefined || own === undefined) throw new Error('a container is missing');
    const text = configText(manifest, npd, FILE) ?? '';
    assert.equal(text, readFileSync(join(EXAMPLE, 'npd-config.json'), 'utf8'));
    const [config] = readHostConfigs([{ name: FILE, text }]).map((report) => report.config);
    const socket = `/var/run/npd/npd-${rebootMonitor.name}.sock`;
    assert.equal(config?.socketAddress, socket);
    assert.isDefined(placeOf(npd, socket));
    assert.equal(placeOf(npd, socket), placeOf(own, socket));
    assert.include(own.container.args ?? [], '--socket-dir=/var/run/npd');
  });

  (isThere ? it : it.skip)(title('gives its container no right that the GPU container has not, and no volume that a node may lack'), () => {
    const manifest = built(folder, 'integrated', [EXAMPLE]);
    const [own, gpu] = [container(manifest, 'reboot-monitor'), container(manifest, 'gpu-monitor')];
    assert.deepEqual(own.securityContext, gpu.securityContext);
    assert.deepEqual(own.resources, gpu.resources);
    const mounted = own.volumeMounts?.map(({ name, readOnly, mountPropagation }) => [name, readOnly === true, mountPropagation ?? '']);
    assert.deepEqual(mounted, [['npd-socket', false, ''], ['state', false, ''], ['host-root', true, 'HostToContainer']]);
    const [pod] = daemonSetsOf(manifest).map(podOf);
    const volumes = pod?.volumes?.filter(({ name }) => name === 'state' || name === 'host-root').map(({ hostPath }) => hostPath);
    assert.sameDeepMembers(volumes ?? [], [{ path: '/', type: 'Directory' }, { path: '/var/lib/npd-plugins', type: 'DirectoryOrCreate' }]);
  });

  (isThere ? it : it.skip)(title('stands beside another of its kind'), () => {
    const second = folder.file('second');
    cpSync(EXAMPLE, second, { recursive: true });
    for (const name of ['kustomization.yaml', 'container.yaml']) {
      const path = join(second, name);
      writeFileSync(path, readFileSync(path, 'utf8').replaceAll('reboot-monitor', 'second-monitor'));
    }
    const args = container(built(folder, 'integrated', [EXAMPLE, second]), 'node-problem-detector').args ?? [];
    assert.deepEqual(args.slice(-2), [`--config.external-monitor=${FILE}`, '--config.external-monitor=/config/second-monitor.json']);
  });

  (isThere ? it : it.skip)(title('fails to build, and adds its argument to no other container, should NPD not be the first'), () => {
    const broken = folder.file('broken');
    cpSync(EXAMPLE, broken, { recursive: true });
    const path = join(broken, 'container.yaml');
    writeFileSync(path, readFileSync(path, 'utf8').replace('- name: node-problem-detector', '- name: node-plugins'));
    assert.throws(() => built(folder, 'integrated', [broken]), /testing value \/spec\/template\/spec\/containers\/0\/name failed/);
  });

  (isThere ? it : it.skip)(title('starts the program with arguments that it knows, and probes what it answers'), async () => {
    const { args = [], livenessProbe, readinessProbe } = container(built(folder, 'integrated', [EXAMPLE]), 'reboot-monitor');
    assert.include(args, `--http=${String(livenessProbe?.httpGet?.port)}`);
    const places: Readonly<Record<string, string>> = { '--host-root': '/', '--socket-dir': folder.path, '--state-dir': folder.path, '--http': `unix:${folder.file('http')}`, '--log-format': 'json' };
    const here = args.map((arg) => `${arg.split('=')[0]}=${places[arg.split('=')[0] ?? '']}`);
    await using program = startProgram(join(EXAMPLE, 'reboot-monitor.ts'), 'serve', 'reboot-monitor', ...here, '--log-level=silent');
    for (const probe of [livenessProbe, readinessProbe]) {
      const answer = await eventually('200', async () => {
        const { status } = await ask(`unix:${folder.file('http')}`, probe?.httpGet?.path ?? '').catch(() => ({ status: undefined }));
        return status === 200 ? status : undefined;
      });
      assert.equal(answer, 200);
    }
    assert.isAbove(program.pid, 0);
  });
});
