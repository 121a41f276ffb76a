import type { Severity } from './status.ts';

/** One row of a plugin's condition table. npd-config, the documentation, bridge rules and metric help come from it. */
export interface ConditionSpec {
  /** CamelCase, stable: it is the interface. Exactly one plugin writes it. */
  readonly type: string;
  /** `problem`: True means the problem is there. `positive`: a roll-up for which True means healthy. */
  readonly polarity: 'problem' | 'positive';
  /** Worst first: the first active reason becomes the condition's. */
  readonly reasons: readonly ReasonSpec[];
  readonly healthy: ReasonAndMessage;
  /** Reason while nothing can be told; never sounds healthy. */
  readonly unknownReason: string;
  /** Others that a check may give for an unknown, where somebody relies on these names. */
  readonly moreUnknownReasons?: readonly string[];
  /** Reason when no check of this condition applies to the node. */
  readonly notApplicableReason: string;
  /** Others that a check may give where it does not apply for another cause. */
  readonly moreNotApplicableReasons?: readonly string[];
  /** No check feeds it: it is the worst of these conditions, in this order, and has the reason and message of that one. Without events of its own. */
  readonly rollUpOf?: readonly string[];
  /** Of a roll-up: its own reason for a problem, in place of that of the worst condition. */
  readonly rollUpReason?: string;
  /**
   * Others wait for this condition before they use the node, so health is to be proven first: until a look of each check has found
   * it, what has not lasted long enough to be told makes it Unknown; and a roll-up of which nothing could be judged is Unknown, too.
   */
  readonly provesHealth?: boolean;
}

export interface ReasonSpec {
  readonly reason: string;
  readonly severity: Severity;
  /** What it reads, for the documentation. */
  readonly reads: string;
  /** The default limit in words, for the documentation. */
  readonly limit: string;
  /** One line for the person at 3 a.m. */
  readonly advice: string;
  /** How long a finding must last before the condition says so. 0 for hard facts. */
  readonly raiseAfterMs: number;
  /** How long it must be gone before the condition clears. */
  readonly clearAfterMs: number;
  /** What it needs to be judged; on a lower rung the check says that it is not. */
  readonly privilege: PrivilegeRung;
}

export interface ReasonAndMessage {
  readonly reason: string;
  readonly message: string;
}

/**
 * What the container needs: a: the host's root read-only with HostToContainer, uid 0, no capability;
 * b: and hostPID; c: and hostNetwork; d: and CAP_SYS_PTRACE; e: and CAP_SYSLOG with /dev/kmsg.
 */
export type PrivilegeRung = 'a' | 'b' | 'c' | 'd' | 'e';

/** An event that belongs to no condition, for the documentation. */
export interface EventSpec {
  readonly reason: string;
  readonly severity: Severity;
  readonly reads: string;
  readonly meaning: string;
}
