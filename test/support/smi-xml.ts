import { FIELDS } from '../../plugins/gpu-monitor/smi/fields.ts';
import type { FieldName } from '../../plugins/gpu-monitor/smi/record.ts';
import { addressOf, type Driver, type Family, type Leaf, leavesOf } from './smi-leaves.ts';

/**
 * Texts by field or by path below `<gpu>`. The path of a block replaces all of it (`temperature/`, since without the slash it is a field),
 * one that is not there is added, and undefined takes out. A field that this driver and family lack is refused.
 */
export type SmiChange = Readonly<Partial<Record<string, string | undefined>>>;

export interface SmiSample {
  readonly driver?: Driver;
  /** 1 to 16. */
  readonly gpus?: number;
  readonly family?: Family;
  /** What is not healthy of which GPU, from 0. */
  readonly change?: (gpu: number) => SmiChange;
  readonly withSupportedClocks?: boolean;
  readonly mig?: boolean;
}

const VERSIONS: Readonly<Record<Driver, readonly [driver: string, cuda: string, dtd: string]>> = {
  '418': ['418.226.00', '10.1', 'v10'],
  '470': ['470.256.02', '11.4', 'v11'],
  '525': ['525.147.05', '12.0', 'v12'],
  '535': ['535.230.02', '12.2', 'v12'],
  '550': ['550.163.01', '12.4', 'v12'],
  '570': ['570.195.03', '12.8', 'v12'],
  '580': ['580.105.08', '13.0', 'v13'],
  '595': ['595.91.07', '13.2', 'v13'],
  '610': ['610.20.01', '13.3', 'v13'],
};

/** The version that a sample of that generation tells. */
export function versionOf(driver: Driver): string {
  return VERSIONS[driver][0];
}

/** Hand-made `nvidia-smi -q -x` in the shape of a generation; by default of eight healthy H100 under 580. */
export function smiXml(sample: SmiSample = {}): string {
  const { driver = '580', gpus = 8, withSupportedClocks = true } = sample;
  const [version, cuda, dtd] = VERSIONS[driver];
  const header = [`timestamp>Sat Aug 15 12:00:00 2026</timestamp`, `driver_version>${version}</driver_version`, ...(driver === '610' ? [`kmd_version>${version}</kmd_version`] : []),
    `cuda_version>${cuda}</cuda_version`, `attached_gpus>${gpus}</attached_gpus`].map((line) => `\t<${line}>\n`).join('');
  const bodies = Array.from({ length: gpus }, (_, gpu) => `\t<gpu id="${addressOf(gpu)}">\n${rendered(changedLeaves(sample, gpu), [])}${withSupportedClocks ? CLOCKS : NO_CLOCKS}${LISTS}\t</gpu>\n\n`);
  return `<?xml version="1.0" ?>\n<!DOCTYPE nvidia_smi_log SYSTEM "nvsmi_device_${dtd}.dtd">\n<nvidia_smi_log>\n${header}${bodies.join('')}</nvidia_smi_log>\n`;
}

/** Leaves of one GPU of a sample, with its changes. */
export function changedLeaves({ driver = '580', family = 'datacenter', mig = false, change }: SmiSample, gpu: number): readonly Leaf[] {
  const healthy = leavesOf({ driver, family, isMig: mig }, gpu);
  return Object.entries(change?.(gpu) ?? {}).reduce(changed, healthy);
}

function changed(leaves: readonly Leaf[], [key, text]: readonly [string, string | undefined]): readonly Leaf[] {
  const isField = leaves.some(([, , field]) => field === key);
  if (!isField && key in FIELDS) throw new Error(`this sample has no field ${key}`);
  if (isField) return leaves.flatMap((leaf): readonly Leaf[] => (leaf[2] !== key ? [leaf] : text === undefined ? [] : [[leaf[0], text, leaf[2]]]));
  const path = key.replace(/\/$/, '');
  const isMeant = ([other]: Leaf): boolean => other === path || other.startsWith(`${path}/`);
  const first = leaves.findIndex(isMeant);
  const rest = leaves.filter((leaf) => !isMeant(leaf));
  return text === undefined ? rest : rest.toSpliced(first === -1 ? placeOf(leaves, path) : first, 0, [path, text]);
}

/** Where an element goes that is not there: behind its neighbours, or as the last. */
function placeOf(leaves: readonly Leaf[], path: string): number {
  const block = path.slice(0, path.lastIndexOf('/') + 1);
  const last = block === '' ? -1 : leaves.findLastIndex(([other]) => other.startsWith(block));
  return last === -1 ? leaves.length : last + 1;
}

/** Elements of the leaves below `block`, each block once. */
function rendered(leaves: readonly Leaf[], block: readonly string[]): string {
  const indent = '\t'.repeat(block.length + 2);
  const lines: string[] = [];
  for (let index = 0; index < leaves.length; ) {
    const [path = '', text = ''] = leaves[index] ?? [];
    const names = path.split('/');
    const name = names[block.length] ?? '';
    const prefix = [...block, name].join('/');
    const inside = leaves.slice(index).findIndex(([other]) => !other.startsWith(`${prefix}/`));
    const count = inside === -1 ? leaves.length - index : inside;
    if (count === 0) lines.push(`${indent}<${name}>${text.replaceAll('&', '&amp;').replaceAll('<', '&lt;')}</${name}>\n`);
    else lines.push(`${indent}<${name}>\n${rendered(leaves.slice(index, index + count), [...block, name])}${indent}</${name}>\n`);
    index += Math.max(count, 1);
  }
  return lines.join('');
}

const CLOCKS = `\t\t<supported_clocks>
\t\t\t<supported_mem_clock>
\t\t\t\t<value>2619 MHz</value>
${Array.from({ length: 110 }, (_, step) => `\t\t\t\t<supported_graphics_clock>${1980 - 15 * step} MHz</supported_graphics_clock>\n`).join('')}\t\t\t</supported_mem_clock>
\t\t</supported_clocks>\n`;
const NO_CLOCKS = '\t\t<supported_clocks>N/A</supported_clocks>\n';
const LISTS = `\t\t<processes>
\t\t\t<process_info>
\t\t\t\t<pid>4242</pid>
\t\t\t\t<process_name>python3 --model a&amp;b</process_name>
\t\t\t\t<used_memory>512 MiB</used_memory>
\t\t\t</process_info>
\t\t</processes>
\t\t<accounted_processes>
\t\t</accounted_processes>\n`;

/** Hand-made `nvidia-smi --query-gpu=<columns> --format=csv,noheader` of the same sample. */
export function smiCsv(sample: SmiSample, columns: readonly string[]): string {
  const { driver = '580', gpus = 8 } = sample;
  const rows = Array.from({ length: gpus }, (_, gpu) => {
    const leaves = changedLeaves(sample, gpu);
    const frame: Readonly<Record<string, string>> = { driver_version: versionOf(driver), count: String(gpus), index: String(gpu), 'pci.bus_id': addressOf(gpu) };
    return columns.map((column) => frame[column] ?? cellOf(leaves, column)).join(', ');
  });
  return rows.map((row) => `${row}\n`).join('');
}

/** Fields that a sample has, for tests of each of them. */
export function fieldsIn(sample: SmiSample): readonly FieldName[] {
  return [...new Set(changedLeaves(sample, 0).flatMap(([, , field]) => field ?? []))];
}

const PLACEHOLDER = /^(?:Not Supported|Requested functionality has been deprecated|Unknown Error|GPU is lost|GPU requires reset|Insufficient Permissions|N\/A)$/;

/** Placeholders stand in brackets there, and degrees, widths and banks lose their unit. */
function cellOf(leaves: readonly Leaf[], column: string): string {
  const name = Object.entries(FIELDS).find(([, { csv }]) => csv.includes(column))?.[0] as FieldName | undefined;
  const text = leaves.find(([, , field]) => field !== undefined && field === name)?.[1].trim() ?? 'N/A';
  return PLACEHOLDER.test(text) ? `[${text}]` : text.replace(/^(-?[0-9]+)(?: C| bank\(s\)|x)$/, '$1');
}
