import type { IClusterRole, IClusterRoleBinding } from 'kubernetes-models/rbac.authorization.k8s.io/v1';
import { type KubeObject, type Manifest, containersOf, daemonSetsOf, nameOf, podOf } from './manifest-objects.ts';

/** Of Kubernetes; what NPD's own manifest asks for. */
const ROLE_OF_NPD = 'system:node-problem-detector';

/** Containers that run network-verifier; their service account may read what it reads. */
const VERIFIERS: ReadonlySet<string> = new Set(['node-plugins', 'pod-network-verifier']);

/** Of one Service, and of its EndpointSlice, which has its name. */
const RULES_OF_VERIFIER = [
  { apiGroups: [''], resources: ['services'], resourceNames: ['kubernetes'], verbs: ['get'] },
  { apiGroups: ['discovery.k8s.io'], resources: ['endpointslices'], resourceNames: ['kubernetes'], verbs: ['list'] },
];

/** What an object gives somebody the right to, and should not. */
export function rights(objects: Manifest, object: KubeObject): readonly string[] {
  if (object.kind === 'ServiceAccount') return object.automountServiceAccountToken === false ? [] : [`${nameOf(object)}: gives its token to every container`];
  if (object.kind === 'ClusterRole') return roleProblems(objects, object);
  return object.kind === 'ClusterRoleBinding' ? bindingProblems(objects, object) : [];
}

function roleProblems(objects: Manifest, role: IClusterRole): readonly string[] {
  const name = nameOf(role);
  const bindings = objects.filter((object) => object.kind === 'ClusterRoleBinding' && object.roleRef.name === name);
  return [
    ...(JSON.stringify(sorted(role.rules)) === JSON.stringify(sorted(RULES_OF_VERIFIER)) ? [] : [`${name}: allows ${JSON.stringify(role.rules)}`]),
    ...(bindings.length === 1 ? [] : [`${name}: is given ${bindings.length} times`]),
  ];
}

/** Whatever the order of the keys. */
function sorted(rules: readonly object[] = []): readonly object[] {
  return rules.map((rule) => Object.entries(rule).toSorted(([a], [b]) => a.localeCompare(b)));
}

/** To one account each: a role of ours to that of a verifier, that of Kubernetes to NPD's. */
function bindingProblems(objects: Manifest, binding: IClusterRoleBinding): readonly string[] {
  const { roleRef: { kind, name: role }, subjects = [] } = binding;
  const isOurs = objects.some((object) => object.kind === 'ClusterRole' && nameOf(object) === role);
  const users = daemonSetsOf(objects).filter((daemonSet) => podOf(daemonSet).containers.some(({ name }) => (isOurs ? VERIFIERS.has(name) : name === 'node-problem-detector')));
  const wanted = users.map((daemonSet) => JSON.stringify([daemonSet.metadata?.namespace, podOf(daemonSet).serviceAccountName]));
  const found = subjects.map(({ namespace, name }) => JSON.stringify([namespace, name]));
  const isRight = found.length === 1 && wanted.includes(String(found[0]));
  return [
    ...(kind === 'ClusterRole' && (isOurs || role === ROLE_OF_NPD) ? [] : [`${nameOf(binding)}: gives the role ${role}`]),
    ...(isRight ? [] : [`${nameOf(binding)}: is for ${found.join()}, not ${wanted.join(' or ')}`]),
  ];
}

/** Verifiers that may not read what they are to judge. */
export function missingRights(objects: Manifest): readonly string[] {
  return containersOf(objects).filter(({ container }) => VERIFIERS.has(container.name)).flatMap(({ daemonSet, where }) => {
    const account = podOf(daemonSet).serviceAccountName;
    const roles = objects.flatMap((object) => (object.kind === 'ClusterRoleBinding' && object.subjects?.some(({ name }) => name === account) === true ? [object.roleRef.name] : []));
    return objects.some((object) => object.kind === 'ClusterRole' && roles.includes(nameOf(object))) ? [] : [`${where}: may not read the Service that it judges`];
  });
}
