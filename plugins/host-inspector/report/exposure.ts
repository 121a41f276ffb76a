import { readdirSync, readlinkSync } from 'node:fs';
import { codeOf } from '../../core/errors.ts';
import type { CertificateSearchOptions } from '../certificates/find.ts';
import { searchCertificates } from '../certificates/shared-search.ts';
import { readListening } from '../ports/listening.ts';
import { nameOwners, ownersOf } from '../ports/owners.ts';
import { createSlices } from '../../linux/slices.ts';
import { type Unread, hostPath } from '../../linux/read.ts';
import type { RowOf, SectionOf } from './model.ts';
import { toIso } from './node.ts';
import type { ReportScene } from './scene.ts';
import { stateOf, told, untold } from './values.ts';

type Gap = RowOf<'ports', 'gaps'>;
type CertificateRow = RowOf<'certificates', 'found'>;

const DAY_MS = 86_400_000;

/** A node that serves more has a program that opens them by the thousand: a list of them is none for people. */
const MOST_SOCKETS = 1_024;

/** Listening sockets of the host's network namespace, with whoever holds them where that can be seen. */
export async function readPorts({ root, signal }: ReportScene): Promise<SectionOf<'ports'>> {
  const { sockets: all, gaps } = readListening(root);
  const source = '/proc/1/net/{tcp,tcp6,udp,udp6}';
  const [first] = gaps;
  if (first !== undefined && all.length === 0) {
    const failure = untold('', source, stateOf(first.kind), first.message);
    return { listening: failure, gaps: told('', gaps.map(gapOf), source) };
  }
  const sockets = all.slice(0, MOST_SOCKETS);
  const hidden = whyOwnersHidden(root);
  const owners = hidden === undefined ? await ownersOf(root, sockets.flatMap(({ inodes }) => inodes), createSlices(signal)) : { byInode: new Map(), gap: hidden };
  const rows = sockets.map((socket): RowOf<'ports', 'listening'> => {
    const { protocol, family, address, port, scope, uid } = socket;
    return { protocol, family: family === 4 ? 'ipv4' : 'ipv6', address, port, scope, uid, process: nameOwners([socket], owners.byInode) || null };
  });
  const missing: readonly Gap[] = [
    ...gaps.map(gapOf),
    ...(owners.gap === undefined ? [] : [gapOf({ path: 'processes', ...owners.gap })]),
    ...(all.length > MOST_SOCKETS ? [{ subject: `sockets beyond ${MOST_SOCKETS}`, state: 'error' as const, message: 'left out' }] : []),
  ];
  return { listening: told('', rows, source), gaps: told('', missing, source) };
}

/** PID 1 stands for all others: where its links are closed to us, so are theirs, and a walk over all of them is spared. */
function whyOwnersHidden(root: string): Unread | undefined {
  const folder = hostPath(root, 'proc/1/fd');
  try {
    const [first] = readdirSync(folder);
    if (first !== undefined) readlinkSync(`${folder}/${first}`);
    return undefined;
  } catch (cause) {
    const isDenied = codeOf(cause) === 'EACCES' || codeOf(cause) === 'EPERM';
    return isDenied ? { kind: 'denied', message: 'processes of others (needs CAP_SYS_PTRACE)', cause } : undefined;
  }
}

function gapOf({ path, kind, message }: { readonly path: string } & Pick<Unread, 'kind' | 'message'>): Gap {
  return { subject: path, state: stateOf(kind), message };
}

/** Certificates of the node, the one that ends first in front. */
export async function readCertificates(scene: ReportScene): Promise<SectionOf<'certificates'>> {
  const { root, diskTimeoutMs: timeoutMs, run, signal, settings } = scene;
  // One that hangs costs a part of the time, and the others are still looked at.
  const options: CertificateSearchOptions = { timeoutMs: Math.ceil(timeoutMs / 4), patienceMs: timeoutMs, run, signal, more: settings.certificatePaths, ignore: settings.certificateIgnorePaths };
  const { certificates, gaps } = await searchCertificates(root, options);
  const nowMs = scene.nowMs();
  const rows = certificates.toSorted((a, b) => a.notAfterMs - b.notAfterMs).map(({ path, subject, use, renewal, notBeforeMs, notAfterMs }): CertificateRow => {
    const daysLeft = Math.floor((notAfterMs - nowMs) / DAY_MS);
    const status = statusOf(notBeforeMs, notAfterMs, nowMs, settings.certificateExpiringDays);
    return { path, subject, use, isNeeded: renewal !== 'not-needed', notBefore: toIso(notBeforeMs), notAfter: toIso(notAfterMs), daysLeft, status };
  });
  const first = rows.find(({ isNeeded }) => isNeeded);
  const source = 'files of certificates and kubeconfig files';
  return {
    found: told('', rows, source),
    soonest: first === undefined ? untold('days', source, 'unsupported', 'no certificate was found') : told('days', first.daysLeft, first.path),
    gaps: told('', gaps.map(gapOf), source),
  };
}

function statusOf(notBeforeMs: number, notAfterMs: number, nowMs: number, expiringDays: number): CertificateRow['status'] {
  if (nowMs >= notAfterMs) return 'expired';
  if (nowMs < notBeforeMs) return 'not-yet-valid';
  return notAfterMs - nowMs < expiringDays * DAY_MS ? 'expiring' : 'valid';
}
