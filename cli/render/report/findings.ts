import type { Value } from '../../../plugins/host-inspector/report/fields.ts';
import type { RowOf } from '../../../plugins/host-inspector/report/model.ts';
import { reasonOf, shown, visible } from './cell.ts';

/** One condition, as people are told of it. */
export interface Finding {
  readonly tone: 'ok' | 'info' | 'problem' | 'unknown';
  /** The tone in a word. */
  readonly word: string;
  readonly type: string;
  readonly reason: string;
  readonly message: string;
  /** What to do. */
  readonly advice: string | undefined;
}

type ConditionRow = RowOf<'conditions', 'list'>;

/** What needs somebody comes first, and what is well last; otherwise in the order of the table. */
const ORDER: readonly Finding['tone'][] = ['problem', 'info', 'unknown', 'ok'];

export function findingsOf(list: Value<readonly ConditionRow[]>): readonly Finding[] {
  if (!shown(list)) return [{ tone: 'unknown', word: 'unknown', type: 'Conditions', reason: list.state, message: reasonOf(list), advice: undefined }];
  const findings = list.value.map(findingOf);
  return ORDER.flatMap((tone) => findings.filter((finding) => finding.tone === tone));
}

function findingOf({ type, status, reason, message, severity, advice }: ConditionRow): Finding {
  const tone = { True: severity === 'info' ? 'info' as const : 'problem' as const, False: 'ok' as const, Unknown: 'unknown' as const }[status];
  return {
    tone,
    word: { problem: 'problem', info: 'notice', unknown: 'unknown', ok: 'ok' }[tone],
    type: visible(type), reason: visible(reason), message: visible(message),
    advice: advice === null ? undefined : visible(advice),
  };
}
