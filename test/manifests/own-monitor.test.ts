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

const FLAG = '--config.external-monitor=';

/** Those whose NPD has external monitors. */
const OVERLAYS = ['integrated', 'separate', 'node-only', 'pod-network'];

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
    (isThere ? it : it.skip)(title(`adds to ${overlay} its container, its configuration and one file that NPD loads, and nothing else`), () => {
      const [before, after] = [built(folder, overlay, []), built(folder, overlay, [EXAMPLE])];
      const names = (manifest: Manifest): string[] => containersOf(manifest).map(({ where }) => where);
      assert.sameMembers(names(after), [...names(before), 'npd-ext/reboot-monitor']);
      for (const { where, container: { name } } of containersOf(before)) {
        const [was, is] = [before, after].map((manifest) => containersOf(manifest).find((placed) => placed.where === where)?.container);
        const args = was?.args?.map((arg) => (name === 'node-problem-detector' && arg.startsWith(FLAG) ? `${arg},${FILE}` : arg)) ?? [];
        assert.deepEqual(is, { ...was, name, args });
      }
      const npd = container(after, 'node-problem-detector');
      assert.lengthOf(npd.args?.filter((arg) => arg.startsWith(FLAG) && arg.endsWith(`,${FILE}`)) ?? [], 1);
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
      writeFileSync(path, readFileSync(path, 'utf8').replaceAll('reboot-monitor', 'second-monitor').replaceAll('20289', '20290').replace('reboot-http', 'second-http'));
    }
    const manifest = built(folder, 'integrated', [EXAMPLE, second]);
    const lists = container(manifest, 'node-problem-detector').args?.filter((arg) => arg.startsWith(FLAG));
    assert.deepEqual(lists, [`${FLAG}/config/host-inspector.json,/config/network-verifier.json,/config/gpu-monitor.json,${FILE},/config/second-monitor.json`]);
    assert.deepEqual(schemaProblems(manifest), []);
  });

  (isThere ? it : it.skip)(title('fails to build beside a released NPD, which ends at its start with the argument'), () => {
    assert.isUndefined(container(built(folder, 'stock-npd', []), 'node-problem-detector').args?.find((arg) => arg.startsWith(FLAG)));
    assert.throws(() => built(folder, 'stock-npd', [EXAMPLE]), /unable to find field \S+args\.\[=\^--config\.external-monitor=\]\S+ in replacement target/);
  });

  (isThere ? it : it.skip)(title('starts the program with arguments that it knows, and probes what it answers'), async () => {
    const { args = [], livenessProbe, ports, readinessProbe } = container(built(folder, 'integrated', [EXAMPLE]), 'reboot-monitor');
    const port = livenessProbe?.httpGet?.port;
    assert.include(args, `--http=${String(port)}`);
    assert.deepEqual(ports?.map(({ containerPort, hostPort, hostIP }) => [containerPort, hostPort, hostIP]), [[port, port, '127.0.0.1']]);
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
