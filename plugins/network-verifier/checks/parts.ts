import type { Scope } from '../scope.ts';
import type { NetworkSources } from '../sources.ts';
import type { Surroundings } from '../surroundings.ts';

/** What every check of this monitor is made of. */
export interface CheckParts {
  readonly sources: NetworkSources;
  readonly scope: Scope;
  readonly surroundings: Surroundings;
}
