import type { AttemptLimits, Endpoint, Outcome } from '../attempt.ts';
import type { AskDns, DnsAnswer, NetworkSources, RecordType } from '../sources.ts';

export interface WhatToAsk extends Pick<NetworkSources, 'askDns' | 'nowMs'> {
  readonly server: Endpoint;
  /** With the dot at its end. */
  readonly name: string;
}

/** What one server knows of a name. */
export interface Addresses {
  /** IPv4 first. */
  readonly addresses: readonly string[];
  /** There is something of this name, if no address. */
  readonly isThere: boolean;
}

/** Asks one name server for the addresses of both families at once, over UDP, and over TCP where they do not fit. */
export async function askForAddresses({ askDns, nowMs, server, name }: WhatToAsk, limits: AttemptLimits): Promise<Outcome<Addresses>> {
  const answers = await Promise.all((['A', 'AAAA'] as const).map((type) => askWhole({ askDns, nowMs, server, name }, type, limits)));
  const local = answers.find(({ kind }) => kind === 'local');
  if (local?.kind === 'local') return local;
  const known = answers.flatMap((answer) => (answer.kind === 'ok' ? [answer.value] : []));
  const addresses = known.flatMap((answer) => answer.addresses);
  const failed = answers.find(({ kind }) => kind === 'failed');
  // An answer for one family is as good as two, as long as it is one.
  if (failed?.kind === 'failed' && addresses.length === 0) return failed;
  const tookMs = Math.max(...answers.map((answer) => (answer.kind === 'local' ? 0 : answer.tookMs)));
  return { kind: 'ok', tookMs, value: { addresses, isThere: known.some(({ rcode }) => rcode === 'NOERROR') } };
}

async function askWhole({ askDns, nowMs, server, name }: WhatToAsk, type: RecordType, limits: AttemptLimits): ReturnType<AskDns> {
  const startMs = nowMs();
  const answer: Outcome<DnsAnswer> = await askDns({ server, transport: 'UDP', name, type }, limits);
  if (answer.kind !== 'ok' || !answer.value.isTruncated) return answer;
  return await askDns({ server, transport: 'TCP', name, type }, { ...limits, timeoutMs: limits.timeoutMs - (nowMs() - startMs) });
}
