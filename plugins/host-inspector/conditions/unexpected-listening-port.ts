import type { ConditionSpec, EventSpec } from '../../core/conditions.ts';

/** Something listens on the node that is not among the ports that somebody declared. */
export const unexpectedListeningPort: ConditionSpec = {
  type: 'UnexpectedListeningPort',
  polarity: 'problem',
  reasons: [
    {
      reason: 'UnexpectedListeningPort',
      severity: 'warn',
      reads: '/proc/1/net/{tcp,tcp6,udp,udp6}, /etc/npd-plugins/expected-ports',
      limit: 'a port that listens and is not on the declared list; nothing is judged without one',
      advice: 'Find out who listens with `npd-plugins ports` or `ss -lntup`; stop it, or add the port to the list of expected ports.',
      // Two looks later it is still there: no client that waits for an answer, no test that somebody runs.
      raiseAfterMs: 120_000,
      clearAfterMs: 300_000,
      privilege: 'a',
    },
  ],
  healthy: { reason: 'ListeningPortsAreExpected', message: 'only expected ports listen' },
  unknownReason: 'ListeningPortsUnknown',
  notApplicableReason: 'NoExpectedPortsDeclared',
};

export const newListeningPort: EventSpec = {
  reason: 'NewListeningPort',
  severity: 'info',
  reads: '/proc/1/net/{tcp,tcp6,udp,udp6}',
  meaning: 'a port that can be reached from outside listens, and did not in the last week; many at once are one event',
};
