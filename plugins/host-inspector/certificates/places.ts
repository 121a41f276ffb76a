/**
 * Who sees to it that a certificate is renewed in time. `by-itself`: kubelet asks for a new one when 70 to 90% of its life
 * are over. `not-needed`: nobody relies on it.
 */
export type Renewal = 'by-hand' | 'by-itself' | 'not-needed';

/** What a file is there for. */
export interface Role {
  /** In words: `kubelet client`. */
  readonly use: string;
  readonly renewal: Renewal;
}

/** A folder in which certificates lie, on whatever kind of node has it. */
export interface Place {
  /** Below the host's root, or below the place that it is in; without a slash at either end. */
  readonly folder: string;
  /** What a file of that name is, or undefined for one that is not looked at: a key, a backup, something else. */
  readonly roleOf: (name: string) => Role | 'kubeconfig' | undefined;
  readonly places?: readonly Place[];
}

/** A certificate by its name; `.bak`, `.old`, `.crt~` and keys are none. */
export function isCertificateName(name: string): boolean {
  return /^[^.].*\.(?:crt|pem|cert|cer)$/.test(name) && !name.endsWith('key.pem');
}

function pki(use: string): Place['roleOf'] {
  return (name) => (isCertificateName(name) ? { use, renewal: 'by-hand' } : undefined);
}

function kubeconfigs(names: RegExp): Place['roleOf'] {
  return (name) => (names.test(name) ? 'kubeconfig' : undefined);
}

const nothing = (): undefined => undefined;

export const KUBELET_CLIENT: Role = { use: 'kubelet client', renewal: 'by-itself' };
const KUBELET_SERVING: Role = { use: 'kubelet serving', renewal: 'by-itself' };
/** Made at the first start, or put there by hand. */
export const KUBELET_OWN_SERVING: Role = { use: 'kubelet serving', renewal: 'by-hand' };

/** Others in there are former ones: `kubelet-client-2026-01-31-03-00-00.pem`. */
const KUBELET_FILES: ReadonlyMap<string, Role> = new Map([
  ['kubelet-client-current.pem', KUBELET_CLIENT],
  ['kubelet-server-current.pem', KUBELET_SERVING],
  ['kubelet.crt', KUBELET_OWN_SERVING],
]);

/** By its name, what kubelet keeps in a folder of whatever name. */
export function kubeletRole(name: string): Role | undefined {
  return KUBELET_FILES.get(name);
}

const KUBELET_PKI: Place = { folder: 'pki', roleOf: kubeletRole };
const ETCD: Place = { folder: 'etcd', roleOf: pki('etcd') };

/** Of k3s and RKE2, in the same order below a folder of their own. They renew at a start of theirs. */
function rancher(name: string): readonly Place[] {
  return [
    {
      folder: `var/lib/rancher/${name}`,
      roleOf: nothing,
      places: [
        { folder: 'agent', roleOf: pki(`${name} agent`) },
        { folder: 'server/tls', roleOf: pki(`${name} server`), places: [ETCD, ...['kube-controller-manager', 'kube-scheduler'].map((folder) => ({ folder, roleOf: pki(folder) }))] },
      ],
    },
    { folder: `etc/rancher/${name}`, roleOf: kubeconfigs(new RegExp(`^${name}\\.yaml$`)) },
  ];
}

/** Where kubeadm, Kubespray, k0s, MicroK8s, k3s and RKE2 keep certificates, and kubelet on all of them. */
export const PLACES: readonly Place[] = [
  { folder: 'var/lib/kubelet', roleOf: kubeconfigs(/^kubeconfig$/), places: [KUBELET_PKI] },
  {
    folder: 'etc/kubernetes',
    // Credentials for the first contact are short-lived by nature, and nobody needs them later.
    roleOf: kubeconfigs(/^(?!bootstrap)[^.].*\.conf$/),
    // Kubespray has `ssl`, and links `pki` to it.
    places: [{ folder: 'pki', roleOf: pki('control plane'), places: [ETCD] }, { folder: 'ssl', roleOf: pki('control plane'), places: [ETCD] }],
  },
  { folder: 'etc/ssl/etcd/ssl', roleOf: pki('etcd') },
  ...rancher('k3s'),
  ...rancher('rke2'),
  {
    folder: 'var/lib/k0s',
    roleOf: kubeconfigs(/^kubelet\.conf$/),
    places: [
      { folder: 'kubelet/pki', roleOf: kubeletRole },
      { folder: 'pki', roleOf: (name) => (/^(?!bootstrap)[^.].*\.conf$/.test(name) ? 'kubeconfig' : pki('control plane')(name)), places: [ETCD] },
    ],
  },
  {
    folder: 'var/snap/microk8s',
    roleOf: nothing,
    places: [
      { folder: 'common/var/lib/kubelet/pki', roleOf: kubeletRole },
      { folder: 'current/certs', roleOf: pki('control plane') },
      { folder: 'current/credentials', roleOf: kubeconfigs(/^[^.].*\.config$/) },
    ],
  },
];
