import { assert } from 'chai';
import { hostConditions } from '../../../plugins/host-inspector/conditions.ts';
import { networkConditions } from '../../../plugins/network-verifier/conditions.ts';
import { type Mistake, argument, findsEach, set } from '../../support/manifest-mistake.ts';
import { TOKEN_FOLDER, parseManifest } from '../../support/manifest-objects.ts';

const HARDENED = '{"allowPrivilegeEscalation":false,"readOnlyRootFilesystem":true,"capabilities":{"drop":["ALL"]},"seccompProfile":{"type":"RuntimeDefault"}}';

const INSPECTOR = 'kubeowler-node-inspector/inspector';

const POD = 'DaemonSet npd-ext: /spec/template/spec';

const SCHEMA: readonly Mistake[] = [
  {
    name: 'a field that Kubernetes does not know', overlay: 'node-only',
    plant: ({ container }) => set(container('npd-ext/node-plugins').livenessProbe, { timeoutSecond: 1 }),
    found: [`${POD}/containers/1/livenessProbe/timeoutSecond: unknown field`],
  },
  {
    name: 'a field in the wrong place', overlay: 'node-only',
    plant: ({ pod }) => set(pod('npd-ext'), { readOnlyRootFilesystem: true }),
    found: [`${POD}/readOnlyRootFilesystem: unknown field`],
  },
  {
    name: 'a wrong type', overlay: 'node-only',
    plant: ({ container }) => set(container('npd-ext/node-plugins').livenessProbe, { timeoutSeconds: '5' }),
    found: [`${POD}/containers/1/livenessProbe/timeoutSeconds: type integer`],
  },
  {
    name: 'a missing field', overlay: 'node-only',
    plant: ({ pod }) => set(pod('npd-ext').volumes?.find(({ name }) => name === 'log'), { hostPath: { type: 'Directory' } }),
    found: [`${POD}/volumes/8/hostPath: required path`, 'npd-ext: waits for the folder undefined'],
  },
  {
    name: 'a value that is none of the known', overlay: 'node-only',
    plant: ({ container }) => set(container('npd-ext/node-plugins'), { imagePullPolicy: 'Sometimes' }),
    found: [`${POD}/containers/1/imagePullPolicy: enum Always,IfNotPresent,Never`],
  },
  {
    name: 'a quantity that is none', overlay: 'node-only',
    plant: ({ container }) => set(container('npd-ext/node-plugins').resources?.limits, { memory: '64MB' }),
    found: [
      `${POD}/containers/1/resources/limits/memory: type number`,
      `${POD}/containers/1/resources/limits/memory: format quantity`,
      `${POD}/containers/1/resources/limits/memory: oneOf null`,
      'npd-ext/node-plugins: limits are {"memory":"64MB"}, not {"memory":"64Mi"}',
    ],
  },
  {
    name: 'a kind of which nothing is known', overlay: 'node-only',
    plant: ({ objects }) => set(objects.find(({ kind }) => kind === 'ServiceAccount'), { apiVersion: 'v2' }),
    found: ['ServiceAccount npd-ext: no schema for v2 ServiceAccount'],
  },
];

const PROGRAMS: readonly Mistake[] = [
  {
    name: 'a file that the ConfigMap lacks', overlay: 'node-only',
    plant: (manifest) => argument(manifest, 'npd-ext/node-problem-detector', '--config.external-monitor=/config/host-inspector.json,/config/network-verifier.json', ['--config.external-monitor=/config/host.json,/config/network-verifier.json']),
    found: ['npd-ext/node-problem-detector: /config/host.json is not in the ConfigMap', 'npd-ext/node-plugins: NPD reads nothing of host-inspector'],
  },
  {
    name: 'a socket that nobody serves', overlay: 'node-only',
    plant: ({ file }) => file('host-inspector.json', 'npd-host-inspector.sock', 'npd-host.sock'),
    found: ['npd-ext/node-problem-detector: /config/host-inspector.json: nobody serves /var/run/npd/npd-host.sock', 'npd-ext/node-plugins: NPD reads nothing of host-inspector'],
  },
  {
    name: 'a socket in a folder that NPD does not share with the other Pod', overlay: 'separate',
    plant: ({ pod }) => set(pod('npd-ext').volumes?.find(({ name }) => name === 'npd-socket'), { hostPath: undefined, emptyDir: { medium: 'Memory', sizeLimit: '1Mi' } }),
    found: ['npd-ext/node-problem-detector: /config/gpu-monitor.json: nobody serves /var/run/npd/npd-gpu-monitor.sock', 'npd-ext-gpu-monitor/gpu-monitor: NPD reads nothing of gpu-monitor'],
  },
  {
    name: 'a condition that the plugin does not report', overlay: 'integrated',
    plant: ({ file }) => file('gpu-monitor.json', '"GPUHung"', '"GPUHangs"'),
    found: ['npd-ext/node-problem-detector: /config/gpu-monitor.json: gpu-monitor reports no GPUHangs'],
  },
  {
    name: 'a condition that two files write', overlay: 'node-only',
    plant: ({ file }) => file('kernel-monitor.json', '"type": "KernelDeadlock"', '"type": "DiskSpaceLow"'),
    found: ['npd-ext/node-problem-detector: /config/host-inspector.json writes DiskSpaceLow, which another file writes too'],
  },
  {
    name: 'a plugin that writes no status file', overlay: 'stock-npd',
    plant: (manifest) => {
      argument(manifest, 'npd-ext/node-plugins', '--status-dir=/var/run/npd-bridge', []);
      manifest.file('host-inspector-stock.json', '"DiskSpaceLow"\n      ]', '"FilesystemUnhealthy"\n      ]');
    },
    found: [
      ...Array.from(hostConditions, () => 'npd-ext/node-problem-detector: /config/host-inspector-stock.json: nobody writes /var/run/npd-bridge/host-inspector.status'),
      ...Array.from(networkConditions(), () => 'npd-ext/node-problem-detector: /config/network-verifier-stock.json: nobody writes /var/run/npd-bridge/network-verifier.status'),
      ...Array.from({ length: 10 }, () => 'npd-ext/node-problem-detector: /config/gpu-monitor-stock.json: no plugin of root alone puts a script at /var/run/npd-bridge/npd-plugins-condition.sh'),
      'npd-ext/node-plugins: NPD reads nothing of host-inspector',
      'npd-ext/node-plugins: NPD reads nothing of network-verifier',
      'npd-ext/node-plugins: nobody reads /var/run/npd-bridge',
    ],
  },
  {
    name: 'a rule that asks for another condition than its own', overlay: 'stock-npd',
    plant: ({ file }) => file('host-inspector-stock.json', '"DiskSpaceLow"\n      ]', '"FilesystemUnhealthy"\n      ]'),
    found: ['npd-ext/node-problem-detector: /config/host-inspector-stock.json: a rule asks for FilesystemUnhealthy, for the condition DiskSpaceLow'],
  },
  {
    name: 'a script that a plugin without the rights of root could replace', overlay: 'stock-npd',
    plant: ({ file }) => file('host-inspector-stock.json', '/var/run/npd-bridge/npd-plugins-condition.sh', '/var/run/npd/npd-plugins-condition.sh'),
    found: ['npd-ext/node-problem-detector: /config/host-inspector-stock.json: no plugin of root alone puts a script at /var/run/npd/npd-plugins-condition.sh'],
  },
  {
    name: 'a flag that NPD does not know', overlay: 'node-only',
    plant: (manifest) => argument(manifest, 'npd-ext/node-problem-detector', '--logtostderr', ['--log-to-stderr']),
    found: ['npd-ext/node-problem-detector: ghcr.io/dims/npd-ext/node-problem-detector:v0.1.0 knows no --log-to-stderr'],
  },
  {
    name: 'an external monitor for an NPD that has none', overlay: 'stock-npd',
    plant: (manifest) => argument(manifest, 'npd-ext/node-problem-detector', '--logtostderr', ['--logtostderr', '--config.external-monitor=/config/host-inspector.json']),
    found: [
      'npd-ext/node-problem-detector: registry.k8s.io/node-problem-detector/node-problem-detector:v1.36.0 knows no --config.external-monitor=/config/host-inspector.json',
      ...hostConditions.map(({ type }) => `npd-ext/node-problem-detector: /config/host-inspector-stock.json writes ${type}, which another file writes too`),
    ],
  },
  {
    name: "the entrypoint of NPD's image, which has flags of its own", overlay: 'stock-npd',
    plant: ({ container }) => set(container('npd-ext/node-problem-detector'), { command: undefined }),
    found: ["npd-ext/node-problem-detector: command must be /node-problem-detector alone, flags of the image's entrypoint add up with ours"],
  },
  {
    name: 'a flag that the program does not know', overlay: 'separate',
    plant: (manifest) => argument(manifest, 'npd-ext-gpu-monitor/gpu-monitor', '--log-format=json', ['--log-fmt=json']),
    found: [
      'npd-ext/node-problem-detector: /config/gpu-monitor.json: nobody serves /var/run/npd/npd-gpu-monitor.sock',
      "npd-ext-gpu-monitor/gpu-monitor: Unknown option '--log-fmt'; see npd-plugins serve --help",
    ],
  },
  {
    name: 'a flag of another monitor', overlay: 'node-only',
    plant: (manifest) => argument(manifest, 'npd-ext/node-plugins', '--log-format=json', ['--log-format=json', '--expect-gpus=8']),
    found: [
      'npd-ext/node-problem-detector: /config/host-inspector.json: nobody serves /var/run/npd/npd-host-inspector.sock',
      'npd-ext/node-problem-detector: /config/network-verifier.json: nobody serves /var/run/npd/npd-network-verifier.sock',
      'npd-ext/node-plugins: --expect-gpus: only with gpu-monitor',
    ],
  },
  {
    name: 'a probe of another port', overlay: 'integrated',
    plant: ({ container }) => set(container('npd-ext/gpu-monitor').readinessProbe?.httpGet, { port: 20_281 }),
    found: ['npd-ext/gpu-monitor: readinessProbe asks port 20281, which the container does not open'],
  },
  {
    name: "a probe of the Pod's address", overlay: 'integrated',
    plant: ({ container }) => set(container('npd-ext/gpu-monitor').livenessProbe?.httpGet, { host: undefined }),
    found: ["npd-ext/gpu-monitor: livenessProbe asks the Pod's address, HTTP is on 127.0.0.1"],
  },
  {
    name: 'readiness as liveness, which would restart a plugin that yielded', overlay: 'integrated',
    plant: ({ container }) => set(container('npd-ext/gpu-monitor').livenessProbe?.httpGet, { path: '/readyz' }),
    found: ['npd-ext/gpu-monitor: livenessProbe asks for /readyz, not /healthz'],
  },
  {
    name: "a port that is NPD's", overlay: 'node-only',
    plant: (manifest) => {
      argument(manifest, 'npd-ext/node-plugins', '--http=20281', ['--http=20257']);
      const { livenessProbe, readinessProbe } = manifest.container('npd-ext/node-plugins');
      for (const probe of [livenessProbe, readinessProbe]) set(probe?.httpGet, { port: 20_257 });
      set(manifest.container('npd-ext/node-plugins').ports?.[0], { containerPort: 20_257, hostPort: 20_257 });
    },
    found: ['npd-ext/node-plugins: opens port 20257, as npd-ext/node-problem-detector does'],
  },
  {
    name: 'a port that is opened to the network, where the probe does not ask', overlay: 'node-only',
    plant: (manifest) => argument(manifest, 'npd-ext/node-plugins', '--http=20281', ['--http=10.0.0.1:20281']),
    found: ['npd-ext/node-plugins: livenessProbe asks port 20281, which the container does not open', 'npd-ext/node-plugins: readinessProbe asks port 20281, which the container does not open',
      'npd-ext/node-plugins: declares the ports 127.0.0.1:20281:20281, and opens '],
  },
  {
    name: 'a log that is no document for Kubeowler', overlay: 'kubeowler',
    plant: (manifest) => argument(manifest, INSPECTOR, '--format=kubeowler', ['--format=text']),
    found: [`${INSPECTOR}: --format is text, not kubeowler: its log would be no document of Kubeowler's`],
  },
  {
    name: 'an inspector that ends when it has told', overlay: 'kubeowler',
    plant: (manifest) => argument(manifest, INSPECTOR, '--stay=20h', []),
    found: [`${INSPECTOR}: without --stay it ends, and the kubelet starts it again and again`],
  },
  {
    name: 'a probe of what serves nothing', overlay: 'kubeowler',
    plant: ({ container }) => set(container(INSPECTOR), { livenessProbe: { httpGet: { host: '127.0.0.1', port: 20_281, path: '/healthz' } } }),
    found: [`${INSPECTOR}: nobody answers its livenessProbe`],
  },
  {
    name: 'a port that the scheduler does not hear of', overlay: 'node-only',
    plant: ({ container }) => set(container('npd-ext/node-plugins'), { ports: undefined }),
    found: ['npd-ext/node-plugins: declares the ports , and opens 127.0.0.1:20281:20281'],
  },
];

const MOUNTS: readonly Mistake[] = [
  {
    name: 'a volume that nobody mounts', overlay: 'node-only',
    plant: ({ pod }) => pod('npd-ext').volumes?.push({ name: 'spare', emptyDir: { medium: 'Memory', sizeLimit: '1Mi' } }),
    found: ['npd-ext: nobody mounts the volume spare'],
  },
  {
    name: 'sockets on a disk', overlay: 'node-only',
    plant: ({ pod }) => set(pod('npd-ext').volumes?.find(({ name }) => name === 'npd-socket'), { emptyDir: {} }),
    found: ['npd-ext: npd-socket is not in memory: on a full disk nobody would hear of it'],
  },
  {
    name: 'a mount of no volume', overlay: 'node-only',
    plant: ({ container }) => set(container('npd-ext/node-plugins').volumeMounts?.find(({ name }) => name === 'state'), { name: 'states', readOnly: true }),
    found: ['npd-ext: nobody mounts the volume state', 'npd-ext: there is no volume states'],
  },
  {
    name: 'a mount that nobody reads', overlay: 'node-only',
    plant: ({ container }) => container('npd-ext/node-plugins').volumeMounts?.push({ name: 'config', mountPath: '/config', readOnly: true }),
    found: ['npd-ext/node-plugins: nobody reads /config'],
  },
  {
    name: 'a folder of an argument that is not mounted', overlay: 'node-only',
    plant: (manifest) => argument(manifest, 'npd-ext/node-plugins', '--state-dir=/var/lib/npd-plugins', ['--state-dir=/var/lib/npd']),
    found: ['npd-ext/node-plugins: /var/lib/npd is not mounted'],
  },
];

const RIGHTS: readonly Mistake[] = [
  {
    name: 'a folder of the host that could be written', overlay: 'node-only',
    plant: ({ container }) => set(container('npd-ext/node-plugins').volumeMounts?.find(({ name }) => name === 'host-root'), { readOnly: false }),
    found: ['npd-ext/node-plugins: / of the host is not readOnly'],
  },
  {
    name: 'a folder of the host in which later mounts are not seen', overlay: 'node-only',
    plant: ({ container }) => set(container('npd-ext/node-plugins').volumeMounts?.find(({ name }) => name === 'host-root'), { mountPropagation: 'None' }),
    found: ['npd-ext/node-plugins: / of the host is not HostToContainer'],
  },
  {
    name: 'a path of the host without a type', overlay: 'node-only',
    plant: ({ pod }) => set(pod('npd-ext').volumes?.find(({ name }) => name === 'log')?.hostPath, { type: '' }),
    found: ['npd-ext: waits for the file /var/log', 'npd-ext/node-problem-detector: /var/log of the host has no type'],
  },
  {
    name: 'a device of a GPU for which NPD would wait', overlay: 'integrated',
    plant: ({ pod, container }) => {
      pod('npd-ext').volumes?.push({ name: 'smi', hostPath: { path: '/usr/bin/nvidia-smi', type: 'File' } });
      container('npd-ext/gpu-monitor').volumeMounts?.push({ name: 'smi', mountPath: '/host/usr', readOnly: true });
    },
    found: ['npd-ext: waits for the file /usr/bin/nvidia-smi'],
  },
  {
    name: 'a folder of a driver for which NPD would wait', overlay: 'integrated',
    plant: ({ pod, container }) => {
      pod('npd-ext').volumes?.push({ name: 'driver', hostPath: { path: '/run/nvidia/driver', type: 'Directory' } });
      container('npd-ext/gpu-monitor').volumeMounts?.push({ name: 'driver', mountPath: '/run/nvidia/driver', readOnly: true, mountPropagation: 'HostToContainer' });
    },
    found: ['npd-ext: waits for the folder /run/nvidia/driver'],
  },
  {
    name: 'an init container before NPD', overlay: 'node-only',
    plant: ({ pod, container }) => set(pod('npd-ext'), { initContainers: [{ ...container('npd-ext/node-plugins'), livenessProbe: undefined, readinessProbe: undefined }] }),
    found: [
      ...['host-inspector', 'network-verifier'].map((name) => `npd-ext/node-plugins: serves /var/run/npd/npd-${name}.sock, as npd-ext/node-plugins does`),
      'npd-ext/node-plugins: opens port 20281, as npd-ext/node-plugins does',
      'npd-ext: an init container can keep NPD from starting',
    ],
  },
  {
    name: 'a plugin that is privileged', overlay: 'integrated',
    plant: ({ container }) => set(container('npd-ext/gpu-monitor').securityContext, { privileged: true }),
    found: [`npd-ext/gpu-monitor: {"allowPrivilegeEscalation":false,"capabilities":{"drop":["ALL"]},"readOnlyRootFilesystem":true,"seccompProfile":{"type":"RuntimeDefault"},"privileged":true} is not ${HARDENED}`],
  },
  {
    name: 'a plugin with a capability', overlay: 'integrated',
    plant: ({ container }) => set(container('npd-ext/gpu-monitor').securityContext?.capabilities, { add: ['SYSLOG'] }),
    found: [`npd-ext/gpu-monitor: {"allowPrivilegeEscalation":false,"capabilities":{"drop":["ALL"],"add":["SYSLOG"]},"readOnlyRootFilesystem":true,"seccompProfile":{"type":"RuntimeDefault"}} is not ${HARDENED}`],
  },
  {
    name: 'gpu-monitor as root', overlay: 'integrated',
    plant: ({ container }) => set(container('npd-ext/gpu-monitor').securityContext, { runAsUser: 0 }),
    found: ['npd-ext/gpu-monitor: runs as 0', 'npd-ext/gpu-monitor: runAsNonRoot true with user 0'],
  },
  {
    name: 'a Pod outside of the group of the shared folders', overlay: 'separate',
    plant: ({ pod }) => set(pod('npd-ext-gpu-monitor'), { securityContext: {} }),
    found: ['npd-ext-gpu-monitor: not in the group of the shared folders'],
  },
  {
    name: 'a Pod of the GPU that sees all processes of the host', overlay: 'separate',
    plant: ({ pod }) => set(pod('npd-ext-gpu-monitor'), { hostPID: true }),
    found: ['npd-ext-gpu-monitor: hostPID is for NPD, and for nothing else'],
  },
  {
    name: 'an inspector in the network of the host, whose processes it sees too', overlay: 'kubeowler',
    plant: ({ pod }) => set(pod('kubeowler-node-inspector'), { hostNetwork: true, hostPID: true }),
    found: ['kubeowler-node-inspector: in the network of the host, though it serves nobody', 'kubeowler-node-inspector: hostPID is for NPD, and for nothing else'],
  },
  {
    name: 'a token in every container', overlay: 'node-only',
    plant: ({ pod }) => set(pod('npd-ext'), { automountServiceAccountToken: undefined }),
    found: ['npd-ext: every container gets a token'],
  },
  {
    name: 'a token in a plugin that asks nobody', overlay: 'integrated',
    plant: ({ container }) => container('npd-ext/gpu-monitor').volumeMounts?.push({ name: 'api-access', mountPath: TOKEN_FOLDER, readOnly: true }),
    found: [`npd-ext/gpu-monitor: nobody reads ${TOKEN_FOLDER}`, 'npd-ext/gpu-monitor: has a token'],
  },
  {
    name: 'a GPU that the NVIDIA runtime would give to NPD', overlay: 'integrated',
    plant: ({ container }) => container('npd-ext/node-problem-detector').env?.push({ name: 'NVIDIA_VISIBLE_DEVICES', value: 'all' }),
    found: ['npd-ext/node-problem-detector: NVIDIA_* gives it the GPUs'],
  },
  {
    name: 'a role that NPD does not ask for', overlay: 'node-only',
    plant: ({ objects }) => {
      const binding = objects.find((object) => object.kind === 'ClusterRoleBinding');
      set(binding?.kind === 'ClusterRoleBinding' ? binding.roleRef : undefined, { name: 'cluster-admin' });
    },
    found: ['npd-ext: gives the role cluster-admin'],
  },
  {
    name: 'rights for the ServiceAccount of another namespace', overlay: 'node-only',
    plant: ({ objects }) => {
      const binding = objects.find((object) => object.kind === 'ClusterRoleBinding');
      set(binding?.kind === 'ClusterRoleBinding' ? binding.subjects?.[0] : undefined, { namespace: 'default' });
    },
    found: ['npd-ext: is for ["default","npd-ext"], not ["kube-system","npd-ext"]'],
  },
];

const WORKLOADS: readonly Mistake[] = [
  {
    name: 'a ConfigMap of another name', overlay: 'separate',
    plant: ({ objects }) => set(objects.find((object) => object.kind === 'ConfigMap')?.metadata, { name: 'npd-ext-config' }),
    found: [
      ...['kernel-monitor', 'system-stats-monitor', 'host-inspector', 'network-verifier', 'gpu-monitor', 'gpu-xid-kernel-monitor'].map((file) => `npd-ext/node-problem-detector: /config/${file}.json is not in the ConfigMap`),
      'npd-ext/node-plugins: NPD reads nothing of host-inspector',
      'npd-ext/node-plugins: NPD reads nothing of network-verifier',
      'npd-ext-gpu-monitor/gpu-monitor: NPD reads nothing of gpu-monitor',
      'npd-ext: there is no ConfigMap CONFIG',
    ],
  },
  {
    name: 'a ServiceAccount that is not there', overlay: 'separate',
    plant: ({ pod }) => set(pod('npd-ext-gpu-monitor'), { serviceAccountName: 'gpu-monitor' }),
    found: ['npd-ext-gpu-monitor: there is no ServiceAccount gpu-monitor'],
  },
  {
    name: 'a taint that keeps NPD away', overlay: 'node-only',
    plant: ({ pod }) => set(pod('npd-ext'), { tolerations: [{ operator: 'Exists', effect: 'NoSchedule' }] }),
    found: ['npd-ext: tolerations is [{"operator":"Exists","effect":"NoSchedule"}], not [{"operator":"Exists"}]'],
  },
  {
    name: 'an inspector that Kubeowler does not find', overlay: 'kubeowler',
    plant: ({ objects }) => {
      const daemonSet = objects.find((object) => object.kind === 'DaemonSet');
      set(daemonSet?.kind === 'DaemonSet' ? daemonSet.spec : undefined, { selector: { matchLabels: { app: 'node-inspector' } } });
    },
    found: ['kubeowler-node-inspector: selects is {"app":"node-inspector"}, not {"app":"kubeowler-node-inspector"}', 'kubeowler-node-inspector: selects Pods that it does not make'],
  },
  {
    name: 'inspectors that all go at once while Kubeowler reads their logs', overlay: 'kubeowler',
    plant: ({ objects }) => {
      const daemonSet = objects.find((object) => object.kind === 'DaemonSet');
      set(daemonSet?.kind === 'DaemonSet' ? daemonSet.spec?.updateStrategy?.rollingUpdate : undefined, { maxUnavailable: '100%' });
    },
    found: ['kubeowler-node-inspector: updateStrategy is {"rollingUpdate":{"maxSurge":0,"maxUnavailable":"100%"},"type":"RollingUpdate"}, not {"rollingUpdate":{"maxSurge":0,"maxUnavailable":1},"type":"RollingUpdate"}'],
  },
  {
    name: 'a limit of CPU, under which nvidia-smi looks hung', overlay: 'integrated',
    plant: ({ container }) => set(container('npd-ext/gpu-monitor').resources?.limits, { cpu: '50m' }),
    found: ['npd-ext/gpu-monitor: limits are {"cpu":"50m","memory":"50Mi"}, not {"memory":"50Mi"}'],
  },
  {
    name: 'a container that does not know its node', overlay: 'integrated',
    plant: ({ container }) => set(container('npd-ext/gpu-monitor').env?.find(({ name }) => name === 'NODE_NAME')?.valueFrom?.fieldRef, { fieldPath: 'metadata.name' }),
    found: ['npd-ext/gpu-monitor: gets NODE_NAME=metadata.name,POD_NAMESPACE=metadata.namespace, not NODE_NAME=spec.nodeName,POD_NAMESPACE=metadata.namespace'],
  },
];

describe('what is wrong in a manifest is found', () => {
  findsEach([...SCHEMA, ...PROGRAMS, ...MOUNTS, ...RIGHTS, ...WORKLOADS]);

  it('a key that stands twice', () => {
    assert.throws(() => parseManifest('kind: ConfigMap\nkind: Secret\n'), 'Map keys must be unique');
  });
});
