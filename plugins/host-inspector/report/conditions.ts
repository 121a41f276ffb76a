import type { ConditionSpec } from '../../core/conditions.ts';
import type { Condition } from '../../core/status.ts';
import type { ReportSummary, SectionOf } from './model.ts';
import { told } from './values.ts';

/** The conditions with what their table adds. Pure. */
export function reportConditions(conditions: readonly Condition[], specs: readonly ConditionSpec[]): SectionOf<'conditions'> {
  const rows = conditions.map(({ type, status, reason, message }) => {
    const isProblem = status === 'True';
    const spec = isProblem ? specs.find((each) => each.type === type)?.reasons.find((each) => each.reason === reason) : undefined;
    return { type, status, reason, message, severity: spec?.severity ?? null, advice: spec?.advice ?? null };
  });
  return { list: told('', rows, 'host-inspector') };
}

/** True means the problem is there, for every condition of this monitor. Pure. */
export function summaryOf(conditions: readonly Condition[]): ReportSummary {
  const count = (status: Condition['status']): number => conditions.filter((condition) => condition.status === status).length;
  const [problems, unknown] = [count('True'), count('Unknown')];
  const worst = unknown > 0 || conditions.length === 0 ? 'unknown' : 'ok';
  return { status: problems > 0 ? 'problem' : worst, problems, unknown };
}
