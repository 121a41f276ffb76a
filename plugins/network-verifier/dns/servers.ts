import type { Outcome as ReadOutcome } from '../../linux/read.ts';
import { type ResolvConf, parseResolvConf } from '../../linux/etc/resolv-conf.ts';
import type { Endpoint } from '../attempt.ts';
import type { NetworkSettings } from '../settings.ts';
import type { NetworkSources } from '../sources.ts';
import { parseServerAddress } from './server-address.ts';

/** Who is to be asked, and how names are completed. */
export type NameServers =
  | (Pick<ResolvConf, 'search' | 'ndots' | 'badNameServers'> & { readonly kind: 'ok'; readonly servers: readonly Endpoint[] })
  /** There is none; what a libc does then, asking this machine, nobody means. */
  | { readonly kind: 'none'; readonly message: string }
  | { readonly kind: 'unreadable'; readonly message: string; readonly cause?: unknown };

export interface World {
  readonly sources: Pick<NetworkSources, 'readResolvConf' | 'resolvConf'>;
  readonly settings: Pick<NetworkSettings, 'nameServers'>;
  readonly signal: AbortSignal;
}

/** The ones that are configured, else those of resolv.conf(5) as it is now. Never rejects. */
export async function readNameServers({ sources: { readResolvConf, resolvConf }, settings: { nameServers }, signal }: World): Promise<NameServers> {
  const given = nameServers.flatMap((text) => parseServerAddress(text) ?? []);
  return nameServersOf(await sharedRead(readResolvConf, signal), resolvConf, given);
}

/** Pure. @param file for messages */
function nameServersOf(read: ReadOutcome<string>, file: string, given: readonly Endpoint[]): NameServers {
  const { nameServers, search, ndots, badNameServers } = parseResolvConf(read.kind === 'ok' ? read.value : '');
  // Without the file names are asked for as they are.
  if (given.length > 0) return { kind: 'ok', servers: given, search, ndots, badNameServers: [] };
  if (read.kind === 'denied' || read.kind === 'failed') return { kind: 'unreadable', message: read.message, cause: read.cause };
  if (nameServers.length > 0) return { kind: 'ok', servers: nameServers.flatMap((text) => parseServerAddress(text) ?? []), search, ndots, badNameServers };
  if (read.kind === 'absent') return { kind: 'none', message: read.message };
  return { kind: 'none', message: `no name server in ${file}${badNameServers.length > 0 ? ' that is an IP address' : ''}` };
}

type Read = (signal: AbortSignal) => Promise<ReadOutcome<string>>;

/** Under way now, by the look that waits for it. */
const underWay = new WeakMap<AbortSignal, Map<Read, Promise<ReadOutcome<string>>>>();

/** Each reading starts a program, so attempts of one look that need the same file at the same time wait for the same one. */
export function sharedRead(read: Read, signal: AbortSignal): Promise<ReadOutcome<string>> {
  const ofLook = underWay.get(signal) ?? new Map<Read, Promise<ReadOutcome<string>>>();
  underWay.set(signal, ofLook);
  const known = ofLook.get(read);
  if (known !== undefined) return known;
  const reading = read(signal).finally(() => ofLook.delete(read));
  ofLook.set(read, reading);
  return reading;
}
