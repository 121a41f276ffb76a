import type { ConditionSpec } from '../plugins/core/conditions.ts';

/** The cells of one row per condition and reason that an external monitor reports: condition, status, reason, meaning. */
export function reportedReasons(conditions: readonly ConditionSpec[]): readonly (readonly string[])[] {
  return conditions.flatMap((spec) => {
    const { type, polarity, reasons, healthy, unknownReason, moreUnknownReasons = [], moreNotApplicableReasons = [], rollUpReason, rollUpOf = [], provesHealth } = spec;
    const [bad, good] = polarity === 'positive' ? ['False', 'True'] : ['True', 'False'];
    // A roll-up that is to prove health is Unknown where nothing is judged.
    const notApplicable = provesHealth === true && rollUpOf.length > 0 ? [] : [spec.notApplicableReason, ...moreNotApplicableReasons];
    return [
      ...reasons.map(({ reason, limit }) => [type, bad, reason, limit]),
      ...(rollUpReason === undefined ? [] : [[type, bad, rollUpReason, `${rollUpOf.join(' or ')} is True; the message is theirs`]]),
      [type, good, healthy.reason, healthy.message],
      ...notApplicable.map((reason) => [type, good, reason, 'not judged on this node; the message says why']),
      ...[unknownReason, ...moreUnknownReasons].map((reason) => [type, 'Unknown', reason, 'could not be told; the message says what was tried']),
    ];
  });
}
