import type { MonitorDefinition } from '../core/monitor.ts';
import { networkChecks } from './checks/index.ts';
import { networkConditions } from './conditions.ts';
import type { Profile, Scope } from './scope.ts';
import { networkSettings } from './settings.ts';
import type { NetworkSources } from './sources.ts';
import { requiredCount } from './targets/quorum.ts';

export interface NetworkVerifierOptions {
  readonly sources: NetworkSources;
  readonly scope: Scope;
  readonly profile: Profile;
}

/** Its own name in a Pod, so that sockets, state files and events of the two scopes stay apart. */
function monitorNameIn(scope: Scope): string {
  return scope === 'pod' ? 'pod-network-verifier' : 'network-verifier';
}

/** The network-verifier as data: what it checks, what it can say, what can be set. */
export function networkVerifier({ sources, scope, profile }: NetworkVerifierOptions): MonitorDefinition<typeof networkSettings> {
  return {
    name: monitorNameIn(scope),
    description: 'DNS, API server, targets and Services as they are reached from this node',
    specs: networkConditions(scope, profile),
    settings: networkSettings,
    // Without targets a quorum may wait for those that NPD sends with its polls.
    refuseMisfits({ targets, targetQuorum }) {
      if (targets.length > 0) requiredCount(targetQuorum, targets.length);
    },
    checks: networkChecks(sources, scope),
  };
}
