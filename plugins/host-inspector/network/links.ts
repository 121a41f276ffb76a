import { isCount, isRecord } from '../../core/decode.ts';
import { type Verdict, problem } from '../../core/verdict.ts';
import type { DeviceInterface } from '../../linux/sys/network-interface.ts';
import { NET_CLASS } from './host-interfaces.ts';

/** Losses of the link that are that old no longer count. */
const WINDOW_MS = 10 * 60_000;

/** Drivers, switches and whoever configures the interfaces take links down and up while a machine starts. */
const SETTLED_AFTER_MS = 10 * 60_000;

/** One look in 30 s makes twenty within the window. */
const MOST_RECENT = 32;

/** Has it got a link that works? Undefined where nobody wants one, or the driver does not tell. */
export function hasLink({ isEnabled, operState }: DeviceInterface): boolean | undefined {
  if (!isEnabled) return undefined;
  if (operState === 'up') return true;
  return operState === 'down' || operState === 'lowerlayerdown' ? false : undefined;
}

/** The same interface under the same name: a card that was replaced, or got another name, is another one. */
export function identityOf({ name, address }: DeviceInterface): string {
  return `${name} ${address}`;
}

/**
 * A link that is lost. What never had one, such as a port without a cable, misses nothing, and what was taken down on
 * purpose neither. Pure.
 *
 * @param hadLink in this boot, or in an earlier one
 * @param isDevice is this the name of an interface of a device? One that is a part of such, as where a virtual machine's
 * driver hides a virtual function behind its own interface, comes and goes as that one likes.
 */
export function judgeLink(found: DeviceInterface, hadLink: boolean, isDevice: (name: string) => boolean): readonly Verdict[] {
  const { name, master, bondStatus } = found;
  if (!hadLink || hasLink(found) !== false || bondStatus !== undefined || (master !== undefined && isDevice(master))) return [];
  const part = master === undefined ? '' : ` (part of ${master})`;
  const message = `${name}${part}: enabled, but without the link that it had before (${NET_CLASS}/${name}/operstate)`;
  // Teams show of themselves nothing but their ports.
  return [master?.startsWith('team') === true ? problem('BondDegraded', name, message) : problem('InterfaceDown', name, message)];
}

/** What is kept of one interface between two looks. */
export interface Flaps {
  readonly isFlapping: boolean;
  readonly memo: unknown;
}

/**
 * How often the link was lost within ten minutes. Over the limit it counts as flapping until it is below half of it, so that
 * one at the limit does not come and go. Pure.
 */
export function judgeFlaps({ linkChanges, isEnabled }: DeviceInterface, uptimeMs: number, most: number, memo: unknown): Flaps {
  if (linkChanges === undefined) return { isFlapping: false, memo: undefined };
  const before = decode(memo);
  const isComparable = before !== undefined && linkChanges >= before.changes && isEnabled && uptimeMs >= SETTLED_AFTER_MS;
  if (!isComparable) return { isFlapping: false, memo: { changes: linkChanges, recent: [], isFlapping: false } };
  const grown = linkChanges - before.changes;
  const recent = [...before.recent, ...(grown > 0 ? [[uptimeMs, grown] as const] : [])]
    .filter(([atMs]) => atMs > uptimeMs - WINDOW_MS && atMs <= uptimeMs)
    .slice(-MOST_RECENT);
  // A loss, and that it comes back, are two changes.
  const losses = recent.reduce((sum, [, changes]) => sum + changes, 0) / 2;
  const isFlapping = losses > (before.isFlapping ? most / 2 : most);
  return { isFlapping, memo: { changes: linkChanges, recent, isFlapping } };
}

/** The finding for an interface of which `judgeFlaps` says so. Pure. */
export function flapping(name: string, most: number): Verdict {
  return problem('InterfaceFlapping', name, `${name}: lost its link more than ${most} times within ten minutes (${NET_CLASS}/${name}/carrier_changes)`);
}

interface Memo {
  readonly changes: number;
  readonly recent: readonly (readonly [atMs: number, changes: number])[];
  readonly isFlapping: boolean;
}

function decode(memo: unknown): Memo | undefined {
  if (!isRecord(memo) || !isCount(memo['changes']) || !Array.isArray(memo['recent'])) return undefined;
  const recent = memo['recent'].flatMap((entry: unknown): readonly (readonly [number, number])[] => {
    const [atMs, changes] = Array.isArray(entry) ? (entry as readonly unknown[]) : [];
    return isCount(atMs) && isCount(changes) ? [[atMs, changes]] : [];
  });
  return { changes: memo['changes'], recent, isFlapping: memo['isFlapping'] === true };
}
