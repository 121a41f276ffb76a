import { type Verdict, partOf, problem, unknownOf } from '../../core/verdict.ts';
import type { InterfaceCounters } from '../../linux/proc/net-dev.ts';
import { NET_DEV } from './host-interfaces.ts';
import { type Compared, compare } from './marks.ts';

/** Of a few packets a few broken ones are many percent, and harm nobody. */
const FEWEST_ERRORS = 50n;

/**
 * Are too many packets broken on the wire? Drops do not count: a packet of a protocol that nobody here speaks is dropped as
 * well. Pure.
 *
 * @param memo what this gave for the same interface before
 */
export function judgeErrors(name: string, counters: InterfaceCounters, uptimeMs: number, percent: number, memo: unknown): Compared & { readonly verdicts: readonly Verdict[] } {
  const { receiveErrors, receivedPackets, sendErrors, sentPackets } = counters;
  const compared = compare(memo, { uptimeMs, counters: [receiveErrors, receivedPackets, sendErrors, sentPackets] });
  if (compared.wentBack) {
    return { ...compared, verdicts: ['received', 'sent'].map((way) => unknownOf(partOf(name, way), `${name}: a counter went back (/${NET_DEV})`)) };
  }
  const [inErrors = 0n, inPackets = 0n, outErrors = 0n, outPackets = 0n] = compared.growth?.counters ?? [];
  const ways = [
    { way: 'received', errors: inErrors, packets: inPackets },
    { way: 'sent', errors: outErrors, packets: outPackets },
  ];
  return {
    ...compared,
    verdicts: ways
      .filter(({ errors, packets }) => errors >= FEWEST_ERRORS && Number(errors) * 100 > percent * Number(errors + packets))
      .map(({ way }) => problem('InterfaceErrors', partOf(name, way), `${name}: more than ${percent}% of the packets ${way} have errors (/${NET_DEV})`)),
  };
}
