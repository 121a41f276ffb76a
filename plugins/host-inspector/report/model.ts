import type { Table, TypeOf } from './fields.ts';
import { certificateTable, portTable } from './tables/exposure.ts';
import { conditionTable, nodeTable, privilegeTable } from './tables/node.ts';
import { filesystemTable, resourceTable } from './tables/resources.ts';
import { inventoryTable, kernelTable, networkTable, stabilityTable } from './tables/machine.ts';
import { securityTable, serviceTable } from './tables/services.ts';

/** Grows a number when a field goes, or means something else; new fields may come at any time. */
export const REPORT_API_VERSION = 'npd-plugins/v1';

export const REPORT_KIND = 'NodeReport';

/** One part of the report. */
export interface Section<T extends Table = Table> {
  /** For people. */
  readonly title: string;
  readonly help: string;
  readonly fields: T;
}

function section<T extends Table>(title: string, help: string, fields: T): Section<T> {
  return { title, help, fields };
}

/** Every section, in the order in which they are told. */
export const reportSections = {
  node: section('Node', 'what this node is', nodeTable),
  conditions: section('Conditions', 'what host-inspector makes of it, in one look', conditionTable),
  privileges: section('Privileges', 'what this container may see of the host', privilegeTable),
  resources: section('Resources', 'CPU, memory, swap, load and pressure', resourceTable),
  filesystems: section('Disks', 'file systems of the host', filesystemTable),
  services: section('Services', 'what should run on a node', serviceTable),
  security: section('Security', 'security modules, firewall, kernel modules', securityTable),
  kernel: section('Kernel', 'settings of the kernel', kernelTable),
  stability: section('Stability', 'what shows that a node is not well', stabilityTable),
  network: section('Network', 'interfaces of the host', networkTable),
  ports: section('Ports', 'listening sockets of the host', portTable),
  certificates: section('Certificates', 'certificates of the node and their ends', certificateTable),
  inventory: section('Inventory', 'the machine, read once per boot', inventoryTable),
} as const satisfies Readonly<Record<string, Section>>;

export type SectionName = keyof typeof reportSections;

/** What a section holds in the report. */
export type SectionOf<N extends SectionName> = TypeOf<(typeof reportSections)[N]['fields']>;

type Sections = { readonly [N in SectionName]: SectionOf<N> };

/** The whole node at one moment. Every value carries its unit, its source and its state. */
export interface NodeReport extends Sections {
  readonly apiVersion: typeof REPORT_API_VERSION;
  readonly kind: typeof REPORT_KIND;
  /** When the look began: RFC 3339, UTC. */
  readonly generatedAt: string;
  /** How long it took, in milliseconds. */
  readonly tookMs: number;
  readonly generator: { readonly name: 'npd-plugins'; readonly version: string };
  readonly summary: ReportSummary;
}

export interface ReportSummary {
  /** The worst of the conditions. */
  readonly status: 'ok' | 'problem' | 'unknown';
  /** How many conditions are a problem, and how many could not be told. */
  readonly problems: number;
  readonly unknown: number;
}

/** One row of a list, e.g. `RowOf<'filesystems', 'mounts'>`. */
export type RowOf<N extends SectionName, K extends keyof SectionOf<N>> = SectionOf<N>[K] extends { readonly value: readonly (infer R)[] | null } ? R : never;
