import { type Verdict, healthy, problem } from '../../core/verdict.ts';
import { type PortEntry, isListed } from './expected.ts';
import { type EphemeralPorts, isEphemeral } from './ephemeral.ts';
import { type OpenPort, describePort, keyOf } from './open-port.ts';

/** More are told as one, by their number: what opens a hundred ports would fill all messages. */
export const MOST_UNEXPECTED = 20;

/**
 * What listens and is on no list. Pure.
 *
 * A UDP socket on a port that the kernel gave it is a client that waits for answers (DNS, NTP, DHCP, mDNS), not a server: it
 * is left out. A TCP socket listens on such a port only if somebody means it to.
 *
 * @param before keys of those of the look before: of too many, those that stay are told one by one
 */
export function judgeExpected(open: readonly OpenPort[], expected: readonly PortEntry[], ephemeral: EphemeralPorts, before: ReadonlySet<string>): readonly OpenPort[] {
  const unexpected = open.flatMap((port): readonly OpenPort[] => {
    if (port.protocol === 'udp' && isEphemeral(ephemeral, port.port)) return [];
    const sockets = port.sockets.filter((socket) => !isListed(expected, socket));
    return sockets.length > 0 ? [{ ...port, sockets }] : [];
  });
  return unexpected.toSorted((a, b) => Number(before.has(keyOf(b))) - Number(before.has(keyOf(a))));
}

/** Pure. */
export function verdictsOf(unexpected: readonly OpenPort[]): readonly Verdict[] {
  if (unexpected.length === 0) return [healthy];
  const told = unexpected.slice(0, MOST_UNEXPECTED).map((port) => {
    return problem('UnexpectedListeningPort', subjectOf(port), `${describePort(port)}: it listens and is not among the expected ports`);
  });
  const rest = problem('UnexpectedListeningPort', 'further ports', `more than ${MOST_UNEXPECTED} ports listen that are not among the expected ones`);
  return unexpected.length > MOST_UNEXPECTED ? [...told, rest] : told;
}

/** What names it over time, also in a file of an earlier process. */
export function subjectOf(port: Pick<OpenPort, 'protocol' | 'port' | 'scope'>): string {
  return `port ${keyOf(port)}`;
}
