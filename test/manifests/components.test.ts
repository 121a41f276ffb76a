import { assert } from 'chai';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { IContainer, IPodSpec } from 'kubernetes-models/v1';
import { ROOT, kustomize, needsKustomize, renderOwn } from '../support/kustomize-overlay.ts';
import { type Manifest, containersOf, daemonSetsOf, nameOf, parseManifest, podOf } from '../support/manifest-objects.ts';
import { manifestProblems } from '../support/manifest-rules.ts';

/** Overlays with a GPU container, and the DaemonSet in which it is. */
const GPU_OVERLAYS = [['integrated', 'npd-ext'], ['separate', 'npd-ext-gpu-monitor'], ['stock-npd', 'npd-ext']] as const;

/** What a component changes: at the GPU container, at its Pod, and at all else nothing. */
interface GpuComponent {
  readonly component: string;
  readonly container?: (before: IContainer) => Partial<IContainer>;
  readonly pod?: (before: IPodSpec) => Partial<IPodSpec>;
  /** What it changes at NPD, where that tells XIDs. */
  readonly npd?: (before: IContainer) => Partial<IContainer>;
  readonly isPrivileged?: boolean;
  /** What the rules say of it, that it is meant to be otherwise than in the overlays; of the GPU container. */
  readonly otherwise?: string;
}

const AS_USER = { privileged: true, readOnlyRootFilesystem: true, runAsGroup: 65_532, runAsNonRoot: true, runAsUser: 65_532 };
const AS_ROOT = { ...AS_USER, runAsNonRoot: false, runAsUser: 0 };
const DEV_MOUNT = { name: 'dev', mountPath: '/dev' };
const DEV = { name: 'dev', hostPath: { path: '/dev', type: 'Directory' } } as const;

function mounted(name: string, mountPath: string): { readonly name: string; readonly mountPath: string; readonly readOnly: true; readonly mountPropagation: 'HostToContainer' } {
  return { name, mountPath, readOnly: true, mountPropagation: 'HostToContainer' };
}

function withMounts({ volumeMounts = [] }: IContainer, ...more: NonNullable<IContainer['volumeMounts']>): Partial<IContainer> {
  return { volumeMounts: [...more, ...volumeMounts] };
}

function withVolumes({ volumes = [] }: IPodSpec, ...more: NonNullable<IPodSpec['volumes']>): Partial<IPodSpec> {
  return { volumes: [...volumes.filter(({ name }) => !more.some((one) => one.name === name)), ...more] };
}

/** By the device nodes of the host. */
function onHost(component: string, name: string, mountPath: string, hostPath: { readonly path: string; readonly type: 'Directory' | 'DirectoryOrCreate' }): GpuComponent {
  return {
    component, isPrivileged: true,
    container: (before) => ({ ...withMounts(before, mounted(name, mountPath), DEV_MOUNT), securityContext: AS_USER, terminationMessagePath: '/termination-log' }),
    pod: (before) => withVolumes(before, { name, hostPath }, DEV),
  };
}

const OS = { 'kubernetes.io/os': 'linux' };

const GPU_COMPONENTS: readonly GpuComponent[] = [
  { component: 'gpu-runtime-class', pod: () => ({ runtimeClassName: 'nvidia' }) },
  {
    component: 'gpu-devices', isPrivileged: true,
    container: (before) => ({ ...withMounts(before, DEV_MOUNT), securityContext: AS_USER, terminationMessagePath: '/termination-log' }),
    pod: (before) => withVolumes(before, DEV),
  },
  onHost('gpu-gke', 'gke-driver', '/home/kubernetes/bin/nvidia', { path: '/home/kubernetes/bin/nvidia', type: 'DirectoryOrCreate' }),
  onHost('gpu-host-path', 'host-usr', '/host/usr', { path: '/usr', type: 'Directory' }),
  {
    component: 'gpu-operator-driver', isPrivileged: true,
    container: (before) => ({ ...withMounts(before, mounted('driver-root', '/run/nvidia/driver')), securityContext: AS_ROOT }),
    pod: (before) => withVolumes(before, { name: 'driver-root', hostPath: { path: '/run/nvidia/driver', type: 'DirectoryOrCreate' } }),
  },
  {
    component: 'gpu-request',
    container: ({ resources }) => ({ resources: { requests: { ...resources?.requests, 'nvidia.com/gpu': '1' }, limits: { ...resources?.limits, 'nvidia.com/gpu': '1' } } }),
  },
  {
    component: 'kmsg', isPrivileged: true,
    container: (before) => ({ ...withMounts(before, { name: 'kmsg', mountPath: '/dev/kmsg', readOnly: true }), securityContext: AS_ROOT }),
    pod: (before) => withVolumes(before, { name: 'kmsg', hostPath: { path: '/dev/kmsg', type: 'CharDevice' } }),
    npd: ({ args = [] }) => ({ args: args.filter((arg) => arg !== '--config.system-log-monitor=/config/gpu-xid-kernel-monitor.json') }),
  },
  { component: 'gpu-memory', container: ({ resources }) => ({ resources: { ...resources, limits: { memory: '128Mi' } } }), otherwise: 'limits are {"memory":"128Mi"}, not {"memory":"50Mi"}' },
  { component: 'gpu-nodes-accelerator' },
  { component: 'gpu-nodes-present', pod: () => ({ nodeSelector: { ...OS, 'nvidia.com/gpu.present': 'true' } }) },
  { component: 'gpu-nodes-instance-type', pod: () => ({ nodeSelector: { ...OS, 'node.kubernetes.io/instance-type': 'gpu' } }) },
  {
    component: 'gpu-nodes-gke',
    pod: () => ({
      nodeSelector: OS,
      affinity: { nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: [{ matchExpressions: [{ key: 'cloud.google.com/gke-accelerator', operator: 'Exists' }] }] } } },
    }),
  },
];

/** Components that one of the overlays consists of: what they do is what the tests of deploy/ look at. */
const IN_OVERLAYS = ['gpu-beside-npd', 'gpu-monitor', 'hostpath-socket', 'images', 'localtime', 'node-plugins', 'npd-polls-gpu', 'npd-polls-node', 'pod-network', 'stock-npd', 'stock-npd-gpu'];

const OTHERS = ['beside-another-npd', 'pull-secret', 'selinux'];

/** Looked at in network.test.ts. */
const OF_NETWORK = ['pod-network-ipv6', 'pod-network-peers', 'profile-karpenter-aws', 'stock-npd-pod-network'];

function rendered(overlay: string, components: readonly string[]): Manifest {
  const { yaml, warnings } = renderOwn({ overlay, components });
  assert.equal(warnings, '');
  return parseManifest(yaml);
}

/** Members of a container or Pod, with lists that Kubernetes merges by name in the order of their names. */
function sorted<T extends IContainer | IPodSpec>(value: T): T {
  const lists = Object.entries(value).map(([key, member]) => [key, key === 'volumes' || key === 'volumeMounts' || key === 'containers' ? byName(member as readonly Named[]) : member]);
  return Object.fromEntries(lists) as T;
}

interface Named {
  readonly name: string;
  readonly mountPath?: string;
}

function byName(list: readonly Named[]): readonly Named[] {
  const key = ({ name, mountPath }: Named): string => `${name} ${mountPath}`;
  return list.toSorted((a, b) => key(a).localeCompare(key(b)));
}

/** What all DaemonSets run, by their names. */
function pods(objects: Manifest): Readonly<Record<string, IPodSpec>> {
  return Object.fromEntries(daemonSetsOf(objects).map((daemonSet) => {
    const pod = podOf(daemonSet);
    return [nameOf(daemonSet), sorted({ ...pod, containers: pod.containers.map(sorted) })];
  }));
}

/** What it should be: the overlay, changed at the GPU container and its Pod. */
function expected(overlay: Manifest, daemonSet: string, { container, pod, npd }: GpuComponent): Readonly<Record<string, IPodSpec>> {
  const changed = (one: IContainer): IContainer => {
    if (one.name === 'node-problem-detector') return sorted({ ...one, ...npd?.(one) });
    return one.name === 'gpu-monitor' ? sorted({ ...one, ...container?.(one) }) : one;
  };
  return Object.fromEntries(Object.entries(pods(overlay)).map(([name, before]) => {
    const containers = before.containers.map(changed);
    return [name, sorted({ ...before, ...(name === daemonSet && pod?.(before)), containers })];
  }));
}

describe(needsKustomize('components'), () => {
  before(function () {
    if ('missing' in kustomize) this.skip();
  });

  it('are all looked at here', () => {
    const looked = [...GPU_COMPONENTS.map(({ component }) => component), ...IN_OVERLAYS, ...OTHERS, ...OF_NETWORK];
    assert.sameMembers(readdirSync(join(ROOT, 'kustomize/components')), looked);
  });

  for (const one of GPU_COMPONENTS) {
    for (const [overlay, daemonSet] of GPU_OVERLAYS) {
      it(`${one.component} in ${overlay} changes the GPU container and its Pod, and nothing else`, async () => {
        const objects = rendered(overlay, [one.component]);
        const otherwise = one.otherwise === undefined ? [] : [`${daemonSet}/gpu-monitor: ${one.otherwise}`];
        assert.deepEqual(await manifestProblems(objects, one.isPrivileged === true ? ['gpu-monitor'] : []), otherwise);
        assert.deepEqual(pods(objects), expected(rendered(overlay, []), daemonSet, one));
      });
    }

    it(`${one.component} leaves alone what has no GPU container`, () => {
      assert.deepEqual(rendered('node-only', [one.component]), rendered('node-only', []));
    });
  }

  for (const [overlay] of GPU_OVERLAYS) {
    it(`work together in ${overlay}: driver of the host, kernel log, SELinux, a pull secret`, async () => {
      const objects = rendered(overlay, ['gpu-host-path', 'kmsg', 'selinux', 'pull-secret', 'gpu-nodes-present']);
      assert.deepEqual(await manifestProblems(objects, ['gpu-monitor']), []);
      const gpu = containersOf(objects).find(({ container }) => container.name === 'gpu-monitor')?.container;
      assert.deepEqual(gpu?.securityContext, { ...AS_ROOT, seLinuxOptions: { type: 'spc_t' } });
      assert.sameMembers(gpu?.volumeMounts?.map(({ mountPath }) => mountPath) ?? [], ['/dev', '/dev/kmsg', '/host/usr', '/var/lib/npd-plugins', '/var/run/npd']);
    });
  }

  for (const overlay of [...GPU_OVERLAYS.map(([name]) => name), 'node-only', 'pod-network', 'kubeowler']) {
    it(`selinux in ${overlay} gives all containers of plugins the type of privileged ones, and keeps the rest`, async () => {
      const objects = rendered(overlay, ['selinux']);
      assert.deepEqual(await manifestProblems(objects), []);
      for (const { container } of containersOf(objects)) {
        assert.deepEqual(container.securityContext?.seLinuxOptions, container.name === 'node-problem-detector' ? undefined : { type: 'spc_t' }, container.name);
      }
    });

    it(`pull-secret in ${overlay} is named by every Pod`, async () => {
      const objects = rendered(overlay, ['pull-secret']);
      assert.deepEqual(await manifestProblems(objects), []);
      for (const { imagePullSecrets } of Object.values(pods(objects))) assert.deepEqual(imagePullSecrets, [{ name: 'npd-ext-registry' }]);
    });
  }

  it('of a released NPD also fit where the GPU container is in another Pod, and where there is none', async () => {
    const reads = (objects: Manifest): readonly string[] | undefined => pods(objects)['npd-ext']?.containers.find(({ name }) => name === 'node-problem-detector')?.args;
    const separate = rendered('separate', ['stock-npd', 'stock-npd-gpu', 'images']);
    assert.deepEqual(await manifestProblems(separate), []);
    assert.include(reads(separate) ?? [], '--config.custom-plugin-monitor=/config/host-inspector-stock.json,/config/network-verifier-stock.json,/config/gpu-monitor-stock.json');
    const nodeOnly = rendered('node-only', ['stock-npd', 'images']);
    assert.deepEqual(await manifestProblems(nodeOnly), []);
    assert.include(reads(nodeOnly) ?? [], '--config.custom-plugin-monitor=/config/host-inspector-stock.json,/config/network-verifier-stock.json');
  });

  for (const overlay of [...GPU_OVERLAYS.map(([name]) => name), 'node-only', 'pod-network']) {
    it(`beside-another-npd in ${overlay} takes other ports, and leaves kernel log and statistics to that one`, async () => {
      const objects = rendered(overlay, ['kmsg', 'beside-another-npd']);
      assert.deepEqual(await manifestProblems(objects, ['gpu-monitor']), []);
      const npd = containersOf(objects).find(({ container }) => container.name === 'node-problem-detector')?.container;
      const before = containersOf(rendered(overlay, ['kmsg'])).find(({ container }) => container.name === 'node-problem-detector')?.container;
      assert.deepEqual(npd?.args, ['--logtostderr', '--port=20276', '--prometheus-port=20277', ...(before?.args?.slice(3) ?? [])]);
    });
  }

  it('hostpath-socket also fits where all is in one Pod', async () => {
    const objects = rendered('integrated', ['hostpath-socket']);
    assert.deepEqual(await manifestProblems(objects), []);
    assert.deepEqual(pods(objects)['npd-ext']?.volumes?.find(({ name }) => name === 'npd-socket'), { name: 'npd-socket', hostPath: { path: '/var/run/npd', type: 'DirectoryOrCreate' } });
  });

  it('gpu-runtime-class is in no overlay, and warns of what it does to NPD', () => {
    assert.match(readFileSync(join(ROOT, 'kustomize/components/gpu-runtime-class/kustomization.yaml'), 'utf8'), /^# WARNING: a runtime class holds for the whole Pod\./m);
    for (const overlay of readdirSync(join(ROOT, 'kustomize/overlays'))) {
      for (const { runtimeClassName } of Object.values(pods(rendered(overlay, [])))) assert.isUndefined(runtimeClassName);
    }
  });
});
