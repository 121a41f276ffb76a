import type { Value } from '../../../plugins/host-inspector/report/fields.ts';
import { type NodeReport, type SectionName, reportSections } from '../../../plugins/host-inspector/report/model.ts';
import { cellOf, duration, moment, shown } from './cell.ts';
import { type Fact, factsOf } from './facts.ts';
import { type Finding, findingsOf } from './findings.ts';
import { type OutlineTable, tableOf } from './lists.ts';

/** What people are told of a report, in the order in which they are told, whatever the form: text, Markdown and HTML only set it. */
export interface Outline {
  readonly node: string;
  /** Operating system, kernel, age: what the node is, in a line. */
  readonly identity: readonly string[];
  readonly status: { readonly tone: 'ok' | 'problem' | 'unknown'; readonly text: string };
  /** The worst first. */
  readonly findings: readonly Finding[];
  readonly sections: readonly OutlineSection[];
  /** When and by what the node was looked at. */
  readonly origin: string;
}

export interface OutlineSection {
  readonly name: SectionName;
  readonly title: string;
  readonly help: string;
  readonly facts: readonly Fact[];
  readonly tables: readonly OutlineTable[];
}

/** After the conditions, which are the findings: what people look for first. */
export const SECTION_ORDER = [
  'resources', 'filesystems', 'services', 'security', 'kernel', 'stability', 'certificates', 'network', 'ports', 'inventory', 'node', 'privileges',
] as const satisfies readonly SectionName[];

/** Pure. */
export function outlineOf(report: NodeReport): Outline {
  const { node, summary } = report;
  return {
    // A heading: why there is no name stands in the section.
    node: shown(node.name) ? cellOf(node.name).text : 'without a name',
    identity: [
      ...[node.os, node.kernel, node.architecture].flatMap((value) => (shown(value) ? [cellOf(value).text] : [])),
      ...(shown(node.uptime) ? [`up ${duration(node.uptime.value ?? 0)}`] : []),
    ],
    status: { tone: summary.status, text: statusText(summary) },
    findings: findingsOf(report.conditions.list),
    sections: SECTION_ORDER.map((name) => sectionOf(name, report)),
    origin: `Looked at ${moment(report.generatedAt)}, in ${report.tookMs} ms, by ${report.generator.name} ${report.generator.version}`,
  };
}

function statusText({ problems, unknown }: NodeReport['summary']): string {
  const parts = [
    ...(problems > 0 ? [`${problems} ${problems === 1 ? 'problem' : 'problems'}`] : []),
    ...(unknown > 0 ? [`${unknown} could not be told`] : []),
  ];
  return parts.length === 0 ? 'no problems found' : parts.join(', ');
}

function sectionOf(name: SectionName, report: NodeReport): OutlineSection {
  const { title, help, fields } = reportSections[name];
  const values = report[name] as Readonly<Record<string, Value>>;
  const lists = Object.entries(fields).filter(([, { columns }]) => columns !== undefined);
  return {
    name, title, help,
    facts: factsOf(name, fields, values),
    tables: lists.flatMap(([key, field]) => tableOf(name, key, field, values[key]) ?? []),
  };
}
