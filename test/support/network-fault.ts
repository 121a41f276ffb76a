import type { FaultWorld } from './fault-world.ts';

export type Detail = 'ClusterDNSUnavailable' | 'APIServerUnreachable' | 'NetworkTargetUnreachable' | 'ServiceDiscoveryFailed';

/** One way in which the network of a node fails, and what the network-verifier makes of it. */
export interface NetworkFault {
  /** For people, and unique: `a name server is silent over UDP`. */
  readonly what: string;
  readonly condition: Detail;
  readonly reason: string;
  /** The message of the condition but for the advice; FROM stands for from where it is looked. */
  readonly says: string;
  readonly begin: (world: FaultWorld) => void | Promise<void>;
  /** Over those of the world. */
  readonly settings?: Readonly<Record<string, unknown>>;
  /** Conditions that cannot be told while it lasts. */
  readonly unknown?: readonly Detail[];
  /** How long it lasts here, if not as long as most: looks of a failed check come at 0, 5, 15, 35, 75, 135 and 195 seconds, and most findings wait three minutes. */
  readonly lastsMs?: number;
}

/** A fault in one line: what, reason, message, how it begins, and what else there is to know. */
export type FaultRow = readonly [NetworkFault['what'], NetworkFault['reason'], NetworkFault['says'], NetworkFault['begin'], Pick<NetworkFault, 'settings' | 'unknown' | 'lastsMs'>?];

/** Attempts that only a deadline ends would otherwise take most of the time of a test. */
export const SHORT = { settings: { checkTimeout: '400ms' } } as const;
