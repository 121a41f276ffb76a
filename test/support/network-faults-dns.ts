import type { Behaviour } from './dns-server.ts';
import { PLACES } from './fault-world.ts';
import { type FaultRow, type NetworkFault, SHORT } from './network-fault.ts';

type Transport = 'UDP' | 'TCP';

const OTHER = 'but the other name server can be reached: likelier this name server than this node';
const NONE = 'and no other name server either, but a peer, a service, a target and the API server can be reached: likelier the name servers than this node';

const NO_MESSAGE = 'an answer that is no DNS message, or is cut short';
const LATE = 'answers take longer than 0.05 s';

function finding(address: string, transport: Transport, words: string): string {
  return `name server ${address}:53 over ${transport} FROM: ${words}`;
}

function UDP(words: string): string {
  return `${finding(PLACES.dns, 'UDP', words)}, ${OTHER}`;
}

function TCP(words: string): string {
  return `${finding(PLACES.dns, 'TCP', words)}, ${OTHER}`;
}

/** Of both name servers; a condition has room for so many outlooks. */
function ALL(words: Partial<Readonly<Record<Transport, string>>>, room = Infinity): string {
  const findings = [PLACES.dns, PLACES.otherDns].flatMap((address) => Object.entries(words).map(([transport, text]) => finding(address, transport as Transport, text)));
  return findings.map((text, index) => (index < room ? `${text}, ${NONE}` : text)).join('; ');
}

function all(behaviour: Partial<Behaviour>): NetworkFault['begin'] {
  return async ({ dns, otherDns }) => void (await Promise.all([dns, otherDns].map(async (one) => await one.behave(behaviour))));
}

/** The targets and peers that have names. */
const NAMED = { unknown: ['NetworkTargetUnreachable'] } as const;

export const dnsFaults: readonly FaultRow[] = [
  ['a name server is silent over UDP', 'DNSTimeout', UDP('no answer within 0.4 s'), ({ dns }) => dns.behave({ udp: 'silent' }), SHORT],
  ['nobody listens on UDP port 53', 'DNSRefused', UDP('connection refused'), ({ dns }) => dns.behave({ udp: 'closed' })],
  ['a name server answers SERVFAIL', 'DNSServerFailure', UDP('return code SERVFAIL'), ({ dns }) => dns.behave({ udp: 'SERVFAIL', tcp: 'SERVFAIL' })],
  ['a name server answers REFUSED', 'DNSRefused', UDP('return code REFUSED'), ({ dns }) => dns.behave({ udp: 'REFUSED', tcp: 'REFUSED' })],
  ['a name server answers another return code', 'DNSServerFailure', UDP('return code FORMERR'), ({ dns }) => dns.behave({ udp: 'FORMERR', tcp: 'FORMERR' })],
  ['a name server does not know a name of the cluster', 'DNSNameNotFound', UDP('NXDOMAIN for kubernetes.default.svc.cluster.local A+AAAA'), ({ dns }) => dns.behave({ udp: 'NXDOMAIN', tcp: 'NXDOMAIN' }), NAMED],
  ['a name has no address', 'DNSWrongAnswer', UDP('no address for kubernetes.default.svc.cluster.local A+AAAA'), ({ rename, dns }) => rename([dns], { 'kubernetes.default.svc.cluster.local': [] })],
  ['a name has another address than the cluster IP', 'DNSWrongAnswer', UDP('another address than 10.96.0.1 for kubernetes.default.svc.cluster.local A'), ({ rename, dns }) => rename([dns], { 'kubernetes.default.svc.cluster.local': ['10.96.0.99'] }), { lastsMs: 600_000 }],
  ['a name has the address 0.0.0.0', 'DNSWrongAnswer', UDP('an address that is none (all zeros) for kubernetes.default.svc.cluster.local A'), ({ rename, dns }) => rename([dns], { 'kubernetes.default.svc.cluster.local': ['0.0.0.0'] }), { settings: { services: [] } }],
  ['an answer is truncated and TCP is silent', 'DNSTimeout', TCP('a connection and no answer within 0.4 s'), ({ dns }) => dns.behave({ udp: 'truncated', tcp: 'silent' }), SHORT],
  ['an answer is truncated and nobody listens on TCP', 'DNSRefused', TCP('connection refused'), ({ dns }) => dns.behave({ udp: 'truncated', tcp: 'closed' })],
  ['an answer is no DNS message', 'DNSMalformedAnswer', UDP(NO_MESSAGE), ({ dns }) => dns.behave({ udp: 'garbage' })],
  ['an answer is cut short', 'DNSMalformedAnswer', UDP(NO_MESSAGE), ({ dns }) => dns.behave({ udp: 'cut-short' })],
  ['an answer promises records that are not there', 'DNSMalformedAnswer', UDP(NO_MESSAGE), ({ dns }) => dns.behave({ udp: 'promises' })],
  ['answers are to other questions', 'DNSMalformedAnswer', UDP('only answers to other questions'), ({ dns }) => dns.behave({ udp: 'other-question' }), SHORT],
  ['answers have another ID', 'DNSMalformedAnswer', UDP('only answers to other questions'), ({ dns }) => dns.behave({ udp: 'other-id' }), SHORT],
  ['a name server answers late', 'DNSSlow', `${TCP(LATE)}; ${UDP(LATE)}`, ({ dns }) => dns.behave({ delayMs: 150 }), { settings: { dnsMaxLatency: '50ms' }, lastsMs: 360_000 }],
  ['a name server is silent over TCP', 'DNSTimeout', TCP('a connection and no answer within 0.4 s'), ({ dns }) => dns.behave({ tcp: 'silent' }), SHORT],
  ['nobody listens on TCP port 53', 'DNSRefused', TCP('connection refused'), ({ dns }) => dns.behave({ tcp: 'closed' })],
  ['a name server resets over TCP', 'DNSRefused', TCP('connection cut off before an answer'), ({ dns }) => dns.behave({ tcp: 'reset' })],
  ['a name server hangs up over TCP', 'DNSRefused', TCP('connection cut off before an answer'), ({ dns }) => dns.behave({ tcp: 'hangs-up' })],
  ['half an answer over TCP, and no more', 'DNSTimeout', TCP('a connection and no answer within 0.4 s'), ({ dns }) => dns.behave({ tcp: 'half-silent' }), SHORT],
  ['half an answer over TCP, and the end', 'DNSMalformedAnswer', TCP(NO_MESSAGE), ({ dns }) => dns.behave({ tcp: 'half' })],
  ['an answer over TCP is no DNS message', 'DNSMalformedAnswer', TCP(NO_MESSAGE), ({ dns }) => dns.behave({ tcp: 'garbage' })],
  ['a name server answers SERVFAIL over TCP alone', 'DNSServerFailure', TCP('return code SERVFAIL'), ({ dns }) => dns.behave({ tcp: 'SERVFAIL' })],
  ['a name server answers REFUSED over TCP alone', 'DNSRefused', TCP('return code REFUSED'), ({ dns }) => dns.behave({ tcp: 'REFUSED' })],
  ['a name is not found over TCP alone', 'DNSWrongAnswer', TCP('no address, though over UDP there is one for kubernetes.default.svc.cluster.local A'), ({ dns }) => dns.behave({ tcp: 'NXDOMAIN' })],
  ['packets to one name server are lost', 'DNSTimeout', `${TCP('no connection within 0.4 s')}; ${UDP('no answer within 0.4 s')}`, ({ cutOff }) => cutOff(PLACES.dns, 'lost'), SHORT],
  ['there is no way to one name server', 'DNSTimeout', `${TCP('no route to the host')}; ${UDP('no route to the host')}`, ({ cutOff }) => cutOff(PLACES.dns, 'unreachable')],
  ['all name servers are silent', 'DNSTimeout', ALL({ TCP: 'a connection and no answer within 0.4 s', UDP: 'no answer within 0.4 s' }, 3), all({ udp: 'silent', tcp: 'silent' }), { ...SHORT, ...NAMED }],
  ['no name server listens', 'DNSRefused', ALL({ TCP: 'connection refused', UDP: 'connection refused' }), all({ udp: 'closed', tcp: 'closed' }), { lastsMs: 1_200_000, unknown: ['NetworkTargetUnreachable', 'ServiceDiscoveryFailed'] }],
  ['all name servers answer SERVFAIL', 'DNSServerFailure', ALL({ UDP: 'return code SERVFAIL' }), all({ udp: 'SERVFAIL', tcp: 'SERVFAIL' }), NAMED],
  ['packets to all name servers are lost', 'DNSTimeout', ALL({ TCP: 'no connection within 0.4 s', UDP: 'no answer within 0.4 s' }, 3), ({ cutOff }) => [PLACES.dns, PLACES.otherDns].forEach((address) => cutOff(address, 'lost')), { ...SHORT, ...NAMED }],
];
