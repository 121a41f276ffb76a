import type { ConditionSpec } from '../core/conditions.ts';
import { apiServerUnreachable } from './conditions/api-server-unreachable.ts';
import { clusterDnsUnavailable } from './conditions/cluster-dns-unavailable.ts';
import { networkTargetUnreachable } from './conditions/network-target-unreachable.ts';
import { serviceDiscoveryFailed } from './conditions/service-discovery-failed.ts';
import { rollUpSpec } from './roll-up.ts';
import { type Profile, type Scope, inScope } from './scope.ts';

const DETAILS: readonly ConditionSpec[] = [clusterDnsUnavailable, apiServerUnreachable, networkTargetUnreachable, serviceDiscoveryFailed];

/** The condition table of the network-verifier: NPD, the documentation and the tests read it from here. */
export function networkConditions(scope: Scope = 'host', profile: Profile = 'generic'): readonly ConditionSpec[] {
  const details = DETAILS.map((spec) => inScope(scope, spec));
  return [...details, rollUpSpec(scope, profile, details.map(({ type }) => type))];
}
