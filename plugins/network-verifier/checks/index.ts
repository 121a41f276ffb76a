import type { Check } from '../../core/check.ts';
import type { Scope } from '../scope.ts';
import type { NetworkSettings } from '../settings.ts';
import type { NetworkSources } from '../sources.ts';
import { createSurroundings } from '../surroundings.ts';
import { apiServer } from './api-server.ts';
import { defaultRoute } from './default-route.ts';
import { dns } from './dns.ts';
import type { CheckParts } from './parts.ts';
import { peers } from './peers.ts';
import { targets } from './targets.ts';
import { services } from './services.ts';

/** Every check of the network-verifier, in the order in which their findings are told. */
export function networkChecks(sources: NetworkSources, scope: Scope): readonly Check<NetworkSettings>[] {
  const parts: CheckParts = { sources, scope, surroundings: createSurroundings(sources.nowMs) };
  return [dns(parts), apiServer(parts), services(parts), defaultRoute(parts), targets(parts), peers(parts)];
}
