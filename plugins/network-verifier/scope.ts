import type { ConditionSpec } from '../core/conditions.ts';

/** From where it is looked: the network namespace of the host, or of a Pod. */
export type Scope = 'host' | 'pod';
export const scopes: readonly Scope[] = ['host', 'pod'];

/** What a roll-up is called and who acts on it. */
export type Profile = 'generic' | 'karpenter-aws';
export const profiles: readonly Profile[] = ['generic', 'karpenter-aws'];

/** For messages. */
export const SCOPE_WORDS: Readonly<Record<Scope, string>> = { host: "from the host's network", pod: 'from the Pod network' };

/** Both scopes may run on one node, so the condition types of a Pod begin with `Pod`. */
export function typeIn(scope: Scope, type: string): string {
  return scope === 'pod' ? `Pod${type}` : type;
}

/** The same condition, told from this scope. */
export function inScope(scope: Scope, spec: ConditionSpec): ConditionSpec {
  const words = SCOPE_WORDS[scope];
  return {
    ...spec,
    type: typeIn(scope, spec.type),
    healthy: { ...spec.healthy, message: `${spec.healthy.message} (${words})` },
  };
}
