import { validate as configMap } from 'kubernetes-models/_schemas/IoK8sApiCoreV1ConfigMap';
import { validate as service } from 'kubernetes-models/_schemas/IoK8sApiCoreV1Service';
import { validate as serviceAccount } from 'kubernetes-models/_schemas/IoK8sApiCoreV1ServiceAccount';
import { validate as clusterRole } from 'kubernetes-models/_schemas/IoK8sApiRbacV1ClusterRole';
import { validate as clusterRoleBinding } from 'kubernetes-models/_schemas/IoK8sApiRbacV1ClusterRoleBinding';
import { validate as daemonSet } from 'kubernetes-models/_schemas/IoK8sApiAppsV1DaemonSet';
import { isRecord } from '../../plugins/core/decode.ts';
import { type KubeObject, type Manifest, nameOf } from './manifest-objects.ts';

/** What the compiled schemas of kubernetes-models are: ajv leaves what it found on the function. */
type Validator = ((data: unknown) => boolean) & { readonly errors?: readonly SchemaError[] | null };

interface SchemaError {
  readonly instancePath: string;
  readonly message?: string;
  readonly keyword: string;
  readonly params: Readonly<Record<string, unknown>>;
}

const SCHEMAS: Readonly<Record<string, Validator>> = {
  'v1 ConfigMap': configMap,
  'v1 Service': service,
  'v1 ServiceAccount': serviceAccount,
  'rbac.authorization.k8s.io/v1 ClusterRole': clusterRole,
  'rbac.authorization.k8s.io/v1 ClusterRoleBinding': clusterRoleBinding,
  'apps/v1 DaemonSet': daemonSet,
};

/** What the API server would say, with fields that it does not know (`kubectl apply --validate=strict` refuses these). */
export function schemaProblems(objects: Manifest): readonly string[] {
  return objects.flatMap(problemsOf);
}

function problemsOf(object: KubeObject): readonly string[] {
  const { apiVersion, kind } = object;
  const where = `${kind} ${nameOf(object)}`;
  const validate = SCHEMAS[`${apiVersion} ${kind}`];
  if (validate === undefined) return [`${where}: no schema for ${apiVersion} ${kind}`];
  const unread = new Set<string>();
  const watched = watch(object, '', unread);
  const problems = validate(watched) ? [] : (validate.errors ?? []).map(told);
  return [...problems, ...[...unread].map((path) => `${path}: unknown field`)].map((problem) => `${where}: ${problem}`);
}

function told({ instancePath, keyword, params }: SchemaError): string {
  return `${instancePath === '' ? '/' : instancePath}: ${keyword} ${Object.values(params).map(String).join(' ')}`;
}

/** A copy that notes which members are read: schemas say nothing of members that they do not know, and never look at them. */
function watch(value: unknown, path: string, unread: Set<string>): unknown {
  if (Array.isArray(value)) return value.map((item, index) => watch(item, `${path}/${index}`, unread));
  if (!isRecord(value)) return value;
  const copy = Object.fromEntries(Object.entries(value).map(([key, member]) => {
    unread.add(`${path}/${key}`);
    return [key, watch(member, `${path}/${key}`, unread)];
  }));
  return new Proxy(copy, {
    get(target, key) {
      unread.delete(`${path}/${String(key)}`);
      return target[String(key)];
    },
  });
}
