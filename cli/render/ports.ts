import { oneLine } from '../../plugins/core/text.ts';
import type { Listening, ListeningSocket } from '../../plugins/host-inspector/ports/listening.ts';
import { type Owners, type SocketOwner, nameOwners } from '../../plugins/host-inspector/ports/owners.ts';
import { version } from '../version.ts';
import { renderHeader } from './describe.ts';
import { table } from './table.ts';

/** What `ports` found on a node. */
export interface PortReport {
  readonly node: string;
  readonly at: Date;
  readonly listening: Listening;
  readonly owners: Owners;
  /** What is said of data that are not of the machine in front of you. */
  readonly note: string | undefined;
}

/** Who has the socket open: as in the report of `inspect`, a value is null unless its state is `ok`. */
type Processes =
  | { readonly value: readonly SocketOwner[]; readonly unit: ''; readonly source: string; readonly state: 'ok'; readonly message?: string }
  | { readonly value: null; readonly unit: ''; readonly source: string; readonly state: 'denied' | 'error'; readonly message: string };

function processesOf({ inodes }: ListeningSocket, { byInode, gap }: Owners): Processes {
  const value = [...new Map(inodes.flatMap((inode) => byInode.get(inode) ?? []).map((owner) => [owner.pid, owner])).values()];
  const source = '/proc/<pid>/fd';
  if (value.length > 0) return { value, unit: '', source, state: 'ok' };
  if (gap === undefined) return { value, unit: '', source, state: 'ok', message: 'no process has it open: the kernel itself listens' };
  return { value: null, unit: '', source, state: gap.kind === 'denied' ? 'denied' : 'error', message: gap.message };
}

/** One JSON document; `apiVersion` grows when a field goes, or means something else. */
export function renderPortsJson({ node, at, listening: { sockets, gaps }, owners, note }: PortReport): string {
  const document = {
    apiVersion: 'npd-plugins/v1',
    kind: 'ListeningPorts',
    node,
    ...(note !== undefined && { note }),
    generatedAt: at.toISOString(),
    generator: { name: 'npd-plugins', version: version() },
    sockets: sockets.map((socket) => {
      const { protocol, family, address, port, scope, uid } = socket;
      return { protocol, family: family === 4 ? 'ipv4' : 'ipv6', address, port, scope, uid, processes: processesOf(socket, owners) };
    }),
    gaps: gaps.map(({ path, kind, message }) => ({ path, kind, message })),
  };
  return `${JSON.stringify(document, null, 2)}\n`;
}

/** A table for people; what was not to be seen is said once, below it. */
export function renderPortsText({ node, listening: { sockets, gaps }, owners, note }: PortReport): string {
  const rows = sockets.map((socket) => {
    const { protocol, address, port, scope, uid } = socket;
    const { value } = processesOf(socket, owners);
    const who = value === null ? '' : nameOwners([socket], owners.byInode) || '(kernel)';
    return [protocol, address, String(port), scope, String(uid), who];
  });
  const notes = [...gaps.map(({ message }) => `Not read: ${message}`), ...(owners.gap === undefined ? [] : [`Not seen: ${owners.gap.message}`])];
  const ports = sockets.length === 0 ? 'Ports:  <none>\n' : `Ports:\n${table(['Protocol', 'Address', 'Port', 'Scope', 'User', 'Process'], rows)}`;
  return `${renderHeader(node, note)}${ports}${notes.map((line) => `${oneLine(line)}\n`).join('')}`;
}

/** What the open-ports collector wrote of a node: its name, then TCP ports that can be reached from outside, each once. */
export function renderPortsPlain({ node, listening: { sockets } }: PortReport): string {
  const ports = sockets.filter(({ protocol, scope }) => protocol === 'tcp' && scope !== 'loopback').map(({ port }) => port);
  return `${oneLine(node)}\n${[...new Set(ports)].map((port) => `${port}\n`).join('')}`;
}
