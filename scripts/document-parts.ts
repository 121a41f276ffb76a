import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ConditionSpec, EventSpec } from '../plugins/core/conditions.ts';
import type { SettingsTable } from '../plugins/core/settings.ts';
import { gpuConditions, gpuEvents } from '../plugins/gpu-monitor/conditions.ts';
import { rollUpNames } from '../plugins/gpu-monitor/roll-ups.ts';
import { gpuSettings } from '../plugins/gpu-monitor/settings.ts';
import { hostConditions, hostEvents } from '../plugins/host-inspector/conditions.ts';
import { hostSettings } from '../plugins/host-inspector/settings.ts';
import { KNOWN_KEYS } from '../cli/kube-node-ready/known-keys.ts';
import { networkConditions } from '../plugins/network-verifier/conditions.ts';
import { networkSettings } from '../plugins/network-verifier/settings.ts';
import { NETWORK_FAULTS } from '../test/support/network-faults.ts';
import { NETWORK_HARMLESS } from '../test/support/network-harmless.ts';
import { liveViewSample } from './live-view-sample.ts';
import { reportedReasons } from './npd-config-parts.ts';

/** A part of a document that is made from code. It stands between `<!-- name -->` and `<!-- /name -->`. */
export interface DocumentPart {
  /** From the project's root. */
  readonly file: string;
  readonly name: string;
  readonly lines: readonly string[];
}

/** What `kubectl describe node` printed while the overlay integrated was recorded. */
const DESCRIBED = readFileSync(join(import.meta.dirname, '../test/npd-host/npd-ext/overlays/describe-integrated.txt'), 'utf8');

/** Everything in the documents that is made from the condition tables, the settings and the live view. */
export function documentParts(): readonly DocumentPart[] {
  const conditions = [...hostConditions, ...gpuConditions(rollUpNames), ...networkConditions()];
  return [
    { file: 'README.md', name: 'kubectl-describe', lines: ['```', ...DESCRIBED.trimEnd().split('\n'), '```'] },
    { file: 'README.md', name: 'live-view', lines: ['```', ...liveViewSample(), '```'] },
    { file: 'README.md', name: 'conditions', lines: table(['condition', 'reason', 'what it reads', 'default limit', 'for', 'privilege', 'advice'], conditions.flatMap(conditionRows)) },
    { file: 'README.md', name: 'events', lines: [eventsLine([...hostEvents, ...gpuEvents])] },
    { file: 'docs/host-inspector.md', name: 'advice', lines: hostConditions.flatMap(({ reasons }) => reasons.map(({ reason, advice }) => `- **${reason}**: ${advice}`)) },
    { file: 'docs/host-inspector.md', name: 'settings', lines: table(['key', 'default', 'meaning'], settingRows(hostSettings)) },
    { file: 'docs/gpu-monitor.md', name: 'advice', lines: gpuConditions([]).flatMap(({ type, reasons }) => reasons.map(({ reason, advice }) => `- **${reason}** of ${type}: ${advice}`)) },
    { file: 'docs/gpu-monitor.md', name: 'events', lines: [eventsLine(gpuEvents)] },
    { file: 'docs/gpu-monitor.md', name: 'settings', lines: table(['key', 'default', 'meaning'], settingRows(gpuSettings)) },
    { file: 'docs/network-verifier.md', name: 'advice', lines: networkConditions().flatMap(({ reasons }) => reasons.map(({ reason, advice }) => `- **${reason}**: ${advice}`)) },
    { file: 'docs/network-verifier.md', name: 'faults', lines: table(['reason', 'of', 'faults'], networkConditions().flatMap(faultRows)) },
    { file: 'docs/network-verifier.md', name: 'harmless', lines: NETWORK_HARMLESS.map(({ what }) => `- ${what}`) },
    { file: 'docs/network-verifier.md', name: 'settings', lines: table(['key', 'default', 'meaning'], settingRows(networkSettings)) },
    { file: 'docs/network-verifier.md', name: 'kube-node-ready', lines: table(['kube-node-ready', 'here', 'note'], KNOWN_KEYS.map(({ key, ours, note }) => [`\`${key}\``, ours, note])) },
    { file: 'npd-config/README.md', name: 'host-inspector', lines: table(['condition', 'status', 'reason', 'meaning'], reportedReasons(hostConditions)) },
    { file: 'npd-config/README.md', name: 'gpu-monitor', lines: table(['condition', 'status', 'reason', 'meaning'], reportedReasons(gpuConditions([]))) },
    { file: 'npd-config/README.md', name: 'network-verifier', lines: table(['condition', 'status', 'reason', 'meaning'], reportedReasons(networkConditions())) },
  ];
}

/** Puts the part's lines between its marks. Throws if the document has no such marks. */
export function withPart(text: string, { file, name, lines }: DocumentPart): string {
  const marked = new RegExp(`(<!-- ${name} -->\n).*?(<!-- /${name} -->)`, 's');
  if (!marked.test(text)) throw new Error(`${file}: no <!-- ${name} --> and <!-- /${name} -->`);
  return text.replace(marked, (_, begin: string, end: string) => `${begin}${lines.join('\n')}\n${end}`);
}

function eventsLine(events: readonly EventSpec[]): string {
  return `Events without a condition: ${events.map(({ reason, reads, meaning }) => `${reason} (${reads}): ${meaning}`).join('; ')}.`;
}

function table(heading: readonly string[], rows: readonly (readonly string[])[]): readonly string[] {
  return [`| ${heading.join(' | ')} |`, `|${'---|'.repeat(heading.length)}`, ...rows.map((cells) => `| ${cells.join(' | ')} |`)];
}

function conditionRows({ type, reasons, rollUpReason, rollUpOf = [] }: ConditionSpec): readonly (readonly string[])[] {
  const worst = rollUpReason === undefined ? [] : [[type, rollUpReason, rollUpOf.join(', '), 'one of them is True', 'as that one', 'a', 'See the condition that the message names.']];
  return [...worst, ...reasons.map(({ reason, reads, limit, raiseAfterMs, privilege, advice }) => [
    type, reason, reads, limit, durationInWords(raiseAfterMs), privilege, advice.replaceAll('|', '\\|'),
  ])];
}

/** Of the faults that tests bring about. */
function faultRows({ type, reasons }: ConditionSpec): readonly (readonly string[])[] {
  return reasons.map(({ reason }) => [`\`${reason}\``, type, NETWORK_FAULTS.filter((fault) => fault.condition === type && fault.reason === reason).map(({ what }) => what).join('; ')]);
}

function durationInWords(ms: number): string {
  if (ms === 0) return 'at once';
  return ms % 60_000 === 0 ? `${ms / 60_000} min` : `${ms / 1_000} s`;
}

function settingRows(settings: SettingsTable): readonly (readonly string[])[] {
  return Object.entries(settings).map(([key, { initial, help }]) => [`\`${key}\``, valueInWords(key, initial), help.replaceAll('|', '\\|')]);
}

/** The unit is part of the key: the value is written as the configuration file would have it. */
function valueInWords(key: string, value: unknown): string {
  if (Array.isArray(value)) return value.length === 0 ? 'none' : value.map((entry) => `\`${String(entry)}\``).join(', ');
  if (typeof value !== 'number') return value === '' ? 'none' : String(value);
  if (key.endsWith('Percent')) return `${value}%`;
  if (/(?:Timeout|Within|Latency|Ms)$/.test(key)) return value % 3_600_000 === 0 ? `${value / 3_600_000}h` : `${value / 1_000}s`;
  if (!key.endsWith('Bytes') || value === 0) return String(value);
  return value >= 2 ** 30 ? `${value / 2 ** 30}Gi` : `${value / 2 ** 20}Mi`;
}
