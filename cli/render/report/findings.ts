import { oneLine } from '../../../plugins/core/text.ts';
import { hostConditions } from '../../../plugins/host-inspector/conditions.ts';
import type { Value } from '../../../plugins/host-inspector/report/fields.ts';
import type { RowOf } from '../../../plugins/host-inspector/report/model.ts';
import { reasonOf, shown, visible } from './cell.ts';

/** One condition, as people are told of it. */
export interface Finding {
  /** `unjudged`: no check of it applies to this node, so that it is not a problem, and nothing is known to be well either. */
  readonly tone: 'ok' | 'info' | 'problem' | 'unknown' | 'unjudged';
  /** The tone in a word. */
  readonly word: string;
  readonly type: string;
  readonly reason: string;
  readonly message: string;
  /** What to do. */
  readonly advice: string | undefined;
}

/** Nobody has to do anything about it. */
export function isQuiet({ tone }: Finding): boolean {
  return tone === 'ok' || tone === 'unjudged';
}

function isNotJudged(type: string, reason: string): boolean {
  const spec = hostConditions.find((each) => each.type === type);
  return spec !== undefined && reason !== spec.healthy.reason && [spec.notApplicableReason, ...(spec.moreNotApplicableReasons ?? [])].includes(reason);
}

type ConditionRow = RowOf<'conditions', 'list'>;

/** What needs somebody comes first, and what is well last; otherwise in the order of the table. */
const ORDER: readonly Finding['tone'][] = ['problem', 'info', 'unknown', 'ok', 'unjudged'];

export function findingsOf(list: Value<readonly ConditionRow[]>): readonly Finding[] {
  if (!shown(list)) return [{ tone: 'unknown', word: 'unknown', type: 'Conditions', reason: list.state, message: reasonOf(list), advice: undefined }];
  const findings = list.value.map(findingOf);
  return ORDER.flatMap((tone) => findings.filter((finding) => finding.tone === tone));
}

function findingOf({ type, status, reason, message, severity, advice }: ConditionRow): Finding {
  // The message of a condition ends with what to do about each of its reasons, the worst first: that stands by itself here.
  const end = advice === null ? -1 : message.indexOf(`. ${oneLine(advice)}`);
  const well = isNotJudged(type, reason) ? 'unjudged' as const : 'ok' as const;
  const tone = { True: severity === 'info' ? 'info' as const : 'problem' as const, False: well, Unknown: 'unknown' as const }[status];
  return {
    tone,
    word: { problem: 'problem', info: 'notice', unknown: 'unknown', ok: 'ok', unjudged: 'not judged' }[tone],
    type: visible(type), reason: visible(reason), message: visible(end < 0 ? message : message.slice(0, end)),
    advice: advice === null ? undefined : visible(end < 0 ? advice : message.slice(end + 2)),
  };
}
