import type { ConditionSpec } from '../core/conditions.ts';
import { type Profile, type Scope, SCOPE_WORDS, typeIn } from './scope.ts';

/**
 * What others act on. `NetworkingReady` is what Karpenter (AWS) and EKS replace nodes by, 30 minutes after it became False, so it keeps
 * that name from within a Pod, too: never let both scopes of one node write it.
 */
const NAMES: Readonly<Record<Profile, { readonly type: string; readonly isPrefixed: boolean; readonly healthy: string; readonly bad: string; readonly unknown: string }>> = {
  'generic': { type: 'NetworkVerified', isPrefixed: true, healthy: 'NetworkIsVerified', bad: 'NetworkNotVerified', unknown: 'NetworkVerificationUnknown' },
  'karpenter-aws': { type: 'NetworkingReady', isPrefixed: false, healthy: 'NetworkingIsReady', bad: 'NetworkingNotReady', unknown: 'NetworkingUnknown' },
};

/** The one condition over all others; True is healthy. */
export function rollUpSpec(scope: Scope, profile: Profile, types: readonly string[]): ConditionSpec {
  const { type, isPrefixed, healthy, bad, unknown } = NAMES[profile];
  return {
    type: isPrefixed ? typeIn(scope, type) : type,
    polarity: 'positive',
    provesHealth: true,
    reasons: [],
    healthy: { reason: healthy, message: `the network of this node works (${SCOPE_WORDS[scope]})` },
    unknownReason: unknown,
    notApplicableReason: 'NetworkNotJudged',
    rollUpReason: bad,
    rollUpOf: types,
  };
}

/** Types for which True is healthy, in every scope and profile. */
export const positiveNetworkConditions: readonly string[] = ['NetworkVerified', 'PodNetworkVerified', 'NetworkingReady'];
