import type { SettingsTable } from '../../plugins/core/settings.ts';

/** The rows of a documentation table, made from the settings themselves. */
export function settingRows(table: SettingsTable): readonly string[] {
  return Object.entries(table).map(([key, { initial, help }]) => `| \`${key}\` | ${inWords(key, initial)} | ${help} |`);
}

function inWords(key: string, initial: unknown): string {
  if (Array.isArray(initial)) return initial.map((entry) => `\`${String(entry)}\``).join(', ');
  if (typeof initial !== 'number') return String(initial);
  if (key.endsWith('Percent')) return `${initial}%`;
  return key.endsWith('Bytes') ? sizeInWords(initial) : String(initial);
}

function sizeInWords(bytes: number): string {
  return bytes >= 2 ** 30 ? `${bytes / 2 ** 30}Gi` : `${bytes / 2 ** 20}Mi`;
}
