import type { Reading } from '../../core/check.ts';
import { partOf } from '../../core/verdict.ts';
import type { Attempt } from './ask-server.ts';
import type { Finding } from './findings.ts';
import type { Plan } from './names.ts';

/** Of one server: its slowest answer over each transport, and addresses that are wrong, which may change too often for a message. */
export function readingsOf({ server, attempts, findings }: { readonly server: string; readonly attempts: readonly Attempt[]; readonly findings: readonly Finding[] }): readonly Reading[] {
  const latencies = [...Map.groupBy(attempts, ({ transport }) => transport)].flatMap(([transport, ofTransport]) => {
    const tookMs = ofTransport.flatMap(({ outcome }) => (outcome.kind === 'ok' ? [outcome.tookMs] : []));
    if (tookMs.length === 0) return [];
    return [{ name: 'dns_latency', subject: partOf(server, transport), value: Math.round(Math.max(...tookMs) * 10) / 10_000, unit: 'seconds', source: `DNS over ${transport}, the slowest answer` }];
  });
  const wrong = findings.filter(({ fault }) => fault === 'wrong-answer').flatMap((finding) => finding.attempts.flatMap(({ asked, transport, outcome }) => {
    if (outcome.kind !== 'ok' || outcome.value.addresses.length === 0) return [];
    return [{ name: 'dns_wrong_answer', subject: `${asked.name} of ${server}`, value: outcome.value.addresses.join(', '), unit: '', source: `DNS over ${transport}` }];
  }));
  return [...latencies, ...wrong];
}

/** Addresses among the names. */
export function readingsOfPlan({ namedServers }: Plan): readonly Reading[] {
  return namedServers.map((server) => ({ name: 'dns_name_is_address', subject: server.address, value: true, unit: '', source: 'dnsNames' }));
}
