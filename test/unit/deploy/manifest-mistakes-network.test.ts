import { type Mistake, argument, findsEach, set } from '../../support/manifest-mistake.ts';
import { TOKEN_FOLDER, nameOf } from '../../support/manifest-objects.ts';

const VERIFIER = 'npd-ext-pod-network-verifier/pod-network-verifier';

const MISTAKES: readonly Mistake[] = [
  {
    name: 'a port of a Pod on 127.0.0.1, where the kubelet does not come', overlay: 'pod-network',
    plant: (manifest) => argument(manifest, VERIFIER, '--http=0.0.0.0:20282', ['--http=20282']),
    found: [`${VERIFIER}: livenessProbe asks port 20282, which the container does not open`, `${VERIFIER}: readinessProbe asks port 20282, which the container does not open`,
      `${VERIFIER}: declares the ports 20282, and opens `],
  },
  {
    name: 'a port of the node that a Pod with a network of its own would take', overlay: 'pod-network',
    plant: ({ container }) => set(container(VERIFIER).ports?.[0], { hostPort: 20_282 }),
    found: [`${VERIFIER}: declares the ports undefined:20282:20282, and opens 20282`],
  },
  {
    name: 'a probe of 127.0.0.1, which is the node to the kubelet', overlay: 'pod-network',
    plant: ({ container }) => set(container(VERIFIER).livenessProbe?.httpGet, { host: '127.0.0.1' }),
    found: [`${VERIFIER}: livenessProbe asks 127.0.0.1, HTTP is on the Pod's address`],
  },
  {
    name: 'a verifier that tells as from the network of the host what it saw from that of Pods', overlay: 'pod-network',
    plant: (manifest) => argument(manifest, VERIFIER, '--scope=pod', ['--scope=host']),
    found: [
      'npd-ext/node-problem-detector: /config/pod-network-verifier.json: nobody serves /var/run/npd/npd-pod-network-verifier.sock',
      `${VERIFIER}: serves /var/run/npd/npd-network-verifier.sock, as npd-ext/node-plugins does`,
    ],
  },
  {
    name: 'a verifier that cannot sign in', overlay: 'pod-network',
    plant({ pod, container }) {
      const verifier = container(VERIFIER);
      set(verifier, { volumeMounts: verifier.volumeMounts?.filter(({ name }) => name !== 'verifier-token') });
      set(pod('npd-ext-pod-network-verifier'), { volumes: pod('npd-ext-pod-network-verifier').volumes?.filter(({ name }) => name !== 'verifier-token') });
    },
    found: [`${VERIFIER}: ${TOKEN_FOLDER} is not mounted`, `${VERIFIER}: has no token`],
  },
  {
    name: "NPD's token in a plugin, which the API server would take for a year", overlay: 'node-only',
    plant({ pod, container }) {
      set(container('npd-ext/node-plugins').volumeMounts?.find(({ name }) => name === 'verifier-token'), { name: 'api-access' });
      set(pod('npd-ext'), { volumes: pod('npd-ext').volumes?.filter(({ name }) => name !== 'verifier-token') });
    },
    found: ['npd-ext/node-plugins: has the token of the volume api-access, not of verifier-token', 'npd-ext/node-plugins: its token is for 3607 s, not 3600'],
  },
  {
    name: 'a token for another audience, which the API server refuses', overlay: 'node-only',
    plant: ({ pod }) => set(pod('npd-ext').volumes?.find(({ name }) => name === 'verifier-token')?.projected?.sources?.[0]?.serviceAccountToken, { audience: 'npd-plugins' }),
    found: ['npd-ext/node-plugins: its token is for npd-plugins, and not for the API server'],
  },
  {
    name: 'a verifier of the Pod network in that of the host', overlay: 'pod-network',
    plant: ({ pod }) => set(pod('npd-ext-pod-network-verifier'), { hostNetwork: true }),
    found: [
      `${VERIFIER}: livenessProbe asks the Pod's address, HTTP is on 127.0.0.1`, `${VERIFIER}: livenessProbe asks port 20282, which the container does not open`,
      `${VERIFIER}: readinessProbe asks the Pod's address, HTTP is on 127.0.0.1`, `${VERIFIER}: readinessProbe asks port 20282, which the container does not open`,
      `${VERIFIER}: declares the ports 20282, and opens `,
      'npd-ext-pod-network-verifier: in the network of the host, and is to look from the network of Pods',
    ],
  },
  {
    name: 'a verifier of the Pod network that sees files of the host', overlay: 'pod-network',
    plant({ pod, container }) {
      pod('npd-ext-pod-network-verifier').volumes?.push({ name: 'host-root', hostPath: { path: '/', type: 'Directory' } });
      container(VERIFIER).volumeMounts?.push({ name: 'host-root', mountPath: '/host', readOnly: true, mountPropagation: 'HostToContainer' });
      container(VERIFIER).args?.push('--host-root=/host');
    },
    found: ['npd-ext-pod-network-verifier: sees / of the host, which no check of the network needs'],
  },
  {
    name: 'a verifier that may read all Services', overlay: 'node-only',
    plant({ objects }) {
      const role = objects.find((object) => object.kind === 'ClusterRole');
      set(role?.kind === 'ClusterRole' ? role.rules?.[0] : undefined, { resourceNames: undefined });
    },
    found: [
      'npd-ext-network-verifier: allows [{"apiGroups":[""],"resources":["services"],"verbs":["get"]},'
      + '{"apiGroups":["discovery.k8s.io"],"resourceNames":["kubernetes"],"resources":["endpointslices"],"verbs":["list"]}]',
    ],
  },
  {
    name: 'a verifier that may read nothing', overlay: 'pod-network',
    plant({ objects }) {
      const binding = objects.find((object) => object.kind === 'ClusterRoleBinding' && nameOf(object) === 'npd-ext-pod-network-verifier');
      set(binding?.kind === 'ClusterRoleBinding' ? binding.subjects?.[0] : undefined, { name: 'default' });
    },
    found: [
      `${VERIFIER}: may not read the Service that it judges`,
      'npd-ext-pod-network-verifier: is for ["kube-system","default"], not ["kube-system","npd-ext"] or ["kube-system","npd-ext-pod-network-verifier"]',
    ],
  },
];

describe('what is wrong in a manifest of the network-verifier is found', () => {
  findsEach(MISTAKES);
});
