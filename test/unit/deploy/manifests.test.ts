import { assert } from 'chai';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { containersOf, daemonSetsOf, deployManifest, nameOf, podOf } from '../../support/manifest-objects.ts';
import { manifestProblems } from '../../support/manifest-rules.ts';

const ROOT = join(import.meta.dirname, '../../..');

const NPD_EXT = 'node-problem-detector ghcr.io/dims/npd-ext/node-problem-detector:v0.1.0';
const RELEASED = 'node-problem-detector registry.k8s.io/node-problem-detector/node-problem-detector:v1.36.0';
const NODE = 'node-plugins registry.example.com/npd-plugins/node-plugins:v0.1.0';
const GPU = 'gpu-monitor registry.example.com/npd-plugins/gpu-monitor:v0.1.0';
const SHARE = 'share-folders registry.example.com/npd-plugins/gpu-monitor:v0.1.0';

const VERIFIER = 'pod-network-verifier registry.example.com/npd-plugins/node-plugins:v0.1.0';
const SHARE_OF_NODE = 'share-folders registry.example.com/npd-plugins/node-plugins:v0.1.0';
const INSPECTOR = 'inspector registry.example.com/npd-plugins/node-plugins:v0.1.0';

/** Names of the seed. */
const OVERLAYS: readonly { readonly name: string; readonly pods: Readonly<Record<string, readonly string[]>>; readonly nodes: Record<string, Record<string, string>> }[] = [
  { name: 'integrated', pods: { 'npd-ext': [GPU, NODE, NPD_EXT] }, nodes: { 'npd-ext': { accelerator: 'nvidia', 'kubernetes.io/os': 'linux' } } },
  { name: 'node-only', pods: { 'npd-ext': [NODE, NPD_EXT] }, nodes: { 'npd-ext': { 'kubernetes.io/os': 'linux' } } },
  {
    name: 'pod-network', pods: { 'npd-ext': [NODE, NPD_EXT], 'npd-ext-pod-network-verifier': [VERIFIER, SHARE_OF_NODE] },
    nodes: { 'npd-ext': { 'kubernetes.io/os': 'linux' }, 'npd-ext-pod-network-verifier': { 'kubernetes.io/os': 'linux' } },
  },
  {
    name: 'separate', pods: { 'npd-ext': [NODE, NPD_EXT], 'npd-ext-gpu-monitor': [GPU, SHARE] },
    nodes: { 'npd-ext': { 'kubernetes.io/os': 'linux' }, 'npd-ext-gpu-monitor': { accelerator: 'nvidia', 'kubernetes.io/os': 'linux' } },
  },
  { name: 'stock-npd', pods: { 'npd-ext': [GPU, NODE, RELEASED] }, nodes: { 'npd-ext': { accelerator: 'nvidia', 'kubernetes.io/os': 'linux' } } },
];

const XIDS = '--config.system-log-monitor=/config/gpu-xid-kernel-monitor.json';

/** What each NPD reads. */
const READS: Readonly<Record<string, readonly string[]>> = {
  integrated: ['--config.external-monitor=/config/host-inspector.json,/config/network-verifier.json,/config/gpu-monitor.json', XIDS],
  'node-only': ['--config.external-monitor=/config/host-inspector.json,/config/network-verifier.json'],
  'pod-network': ['--config.external-monitor=/config/host-inspector.json,/config/network-verifier.json,/config/pod-network-verifier.json'],
  separate: ['--config.external-monitor=/config/host-inspector.json,/config/network-verifier.json,/config/gpu-monitor.json', XIDS],
  'stock-npd': ['--config.custom-plugin-monitor=/config/host-inspector-stock.json,/config/network-verifier-stock.json,/config/gpu-monitor-stock.json', XIDS],
};

describe('deploy', () => {
  it('has a file for each overlay', () => {
    const names = [...OVERLAYS.map(({ name }) => name), 'kubeowler'].toSorted();
    assert.deepEqual(readdirSync(join(ROOT, 'kustomize/overlays')).toSorted(), names);
    assert.deepEqual(readdirSync(join(ROOT, 'deploy')).toSorted(), names.map((name) => `${name}.yaml`));
  });

  for (const { name, pods, nodes } of OVERLAYS) {
    describe(`${name}.yaml`, () => {
      const objects = deployManifest(name);

      it('is right by schema, by the program, by its own ConfigMap and by what a Pod may do', async () => {
        assert.deepEqual(await manifestProblems(objects), []);
      });

      it('has the Pods, containers, images and nodes of its overlay', () => {
        const found = Object.fromEntries(daemonSetsOf(objects).map((daemonSet) => {
          const of = containersOf(objects).filter((placed) => placed.daemonSet === daemonSet);
          return [nameOf(daemonSet), of.map(({ container }) => `${container.name} ${container.image}`).toSorted()];
        }));
        assert.deepEqual(found, pods);
        assert.deepEqual(Object.fromEntries(daemonSetsOf(objects).map((daemonSet) => [nameOf(daemonSet), podOf(daemonSet).nodeSelector])), nodes);
      });

      it('is in kube-system, but for what is in no namespace', () => {
        const found = objects.map(({ kind, metadata }) => `${kind} ${metadata?.namespace}`);
        const accounts = daemonSetsOf(objects).map(() => 'ServiceAccount kube-system');
        const verifiers = containersOf(objects).filter(({ container }) => container.name === 'node-plugins' || container.name === 'pod-network-verifier');
        assert.sameMembers(found, [
          ...accounts, ...accounts.map(() => 'DaemonSet kube-system'), 'ConfigMap kube-system', 'ClusterRoleBinding undefined',
          ...verifiers.flatMap(() => ['ClusterRole undefined', 'ClusterRoleBinding undefined']),
        ]);
      });

      it('starts NPD with the files of its plugins, the kernel log and the statistics', () => {
        const npd = containersOf(objects).find(({ container }) => container.name === 'node-problem-detector');
        assert.deepEqual(npd?.container.args, [
          '--logtostderr', '--config.system-log-monitor=/config/kernel-monitor.json', '--config.system-stats-monitor=/config/system-stats-monitor.json', ...(READS[name] ?? []),
        ]);
      });

      it('holds every file of npd-config/, byte by byte', () => {
        const map = objects.find((object) => object.kind === 'ConfigMap');
        const files = readdirSync(join(ROOT, 'npd-config')).filter((file) => file.endsWith('.json'));
        assert.deepEqual(map?.kind === 'ConfigMap' ? map.data : undefined, Object.fromEntries(files.map((file) => [file, readFileSync(join(ROOT, 'npd-config', file), 'utf8')])));
      });
    });
  }

  describe('kubeowler.yaml', () => {
    const objects = deployManifest('kubeowler');
    const [daemonSet] = daemonSetsOf(objects);

    it('is right by schema, by the program and by what a Pod may do', async () => {
      assert.deepEqual(await manifestProblems(objects), []);
    });

    it('is a DaemonSet in the namespace, with the name, label and container by which Kubeowler finds it, and nothing of NPD', () => {
      assert.deepEqual(objects.map(({ kind, metadata }) => `${kind} ${metadata?.namespace}/${metadata?.name}`).toSorted(), [
        'DaemonSet kubeowler/kubeowler-node-inspector', 'ServiceAccount kubeowler/kubeowler-node-inspector',
      ]);
      assert.deepEqual(containersOf(objects).map(({ container }) => `${container.name} ${container.image}`), [INSPECTOR]);
      assert.deepEqual(daemonSet?.spec?.template.metadata?.labels, { app: 'kubeowler-node-inspector' });
    });

    it('sees the whole host, on every node, and has neither its network nor its processes', () => {
      const { hostNetwork, hostPID, volumes, nodeSelector } = podOf(daemonSet ?? assert.fail());
      assert.deepEqual({ hostNetwork, hostPID, volumes, nodeSelector }, {
        hostNetwork: undefined, hostPID: undefined, volumes: [{ name: 'host-root', hostPath: { path: '/', type: 'Directory' } }], nodeSelector: { 'kubernetes.io/os': 'linux' },
      });
    });

    it('starts the inspector anew before its report is a day old, which is when Kubeowler would', () => {
      const [, hours] = /^--stay=(\d+)h$/.exec(containersOf(objects)[0]?.container.args?.find((arg) => arg.startsWith('--stay=')) ?? '') ?? [];
      assert.isBelow(Number(hours), 24);
    });
  });

  it('keeps what the plugins know in one folder of the host, whichever overlay follows on another', () => {
    const folders = OVERLAYS.flatMap(({ name }) => daemonSetsOf(deployManifest(name)).map((daemonSet) => podOf(daemonSet).volumes?.find((volume) => volume.name === 'state')?.hostPath));
    for (const folder of folders) assert.deepEqual(folder, { path: '/var/lib/npd-plugins', type: 'DirectoryOrCreate' });
  });
});
