import type { ConditionSpec } from '../plugins/core/conditions.ts';

/** The cells of one row per condition and reason that an external monitor reports: condition, status, reason, meaning. */
export function reportedReasons(conditions: readonly ConditionSpec[]): readonly (readonly string[])[] {
  return conditions.flatMap(({ type, reasons, healthy, unknownReason, moreUnknownReasons = [], notApplicableReason, moreNotApplicableReasons = [] }) => [
    ...reasons.map(({ reason, limit }) => [type, 'True', reason, limit]),
    [type, 'False', healthy.reason, healthy.message],
    ...[notApplicableReason, ...moreNotApplicableReasons].map((reason) => [type, 'False', reason, 'not judged on this node; the message says why']),
    ...[unknownReason, ...moreUnknownReasons].map((reason) => [type, 'Unknown', reason, 'could not be told; the message says what was tried']),
  ]);
}
