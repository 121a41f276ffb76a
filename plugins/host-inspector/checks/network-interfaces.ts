import type { Check, Look, Reading } from '../../core/check.ts';
import { isRecord } from '../../core/decode.ts';
import { type Verdict, healthy, notApplicable } from '../../core/verdict.ts';
import { parseUptimeMs } from '../../linux/proc/uptime.ts';
import { readText, valueOrThrow } from '../../linux/read.ts';
import { leftOut } from '../disk/left-out.ts';
import { judgeErrors } from '../network/errors.ts';
import { type HostInterface, type HostInterfaces, NET_CLASS, NET_DEV, readHostInterfaces } from '../network/host-interfaces.ts';
import { knownOf, withLinked } from '../network/known.ts';
import { flapping, hasLink, identityOf, judgeFlaps, judgeLink } from '../network/links.ts';
import type { HostSettings } from '../settings.ts';

/**
 * Do the host's network cards have their links, keep them, and bring packets over whole? Only interfaces of devices are
 * judged: those of Pods come and go, and bridges, tunnels and bonds are as well as what lies below them.
 */
export const networkInterfaces: Check<HostSettings> = {
  name: 'network-interfaces',
  condition: 'NetworkInterfaceDegraded',
  periodMs: 30_000,
  timeoutMs: 10_000,
  async look({ root, settings, memo, baseline, signal }) {
    const found = await readHostInterfaces(root, signal);
    if (found.kind === 'absent' || found.kind === 'denied') return { verdicts: [notApplicable(found.message)] };
    const uptimeMs = parseUptimeMs(valueOrThrow(readText(root, 'proc/uptime', { maxBytes: 4096 })));
    return judge(valueOrThrow(found), { uptimeMs, memo, baseline }, settings);
  },
};

interface Before {
  readonly uptimeMs: number;
  readonly memo: unknown;
  readonly baseline: unknown;
}

type Limits = Pick<HostSettings, 'interfaceErrorsMaxPercent' | 'interfaceLossesMax' | 'interfaceIgnore'>;

/** Pure. */
function judge({ interfaces, names, leftOut: count }: HostInterfaces, { uptimeMs, memo, baseline }: Before, limits: Limits): Look {
  const judged = interfaces.filter(({ name }) => !isIgnored(name, limits.interfaceIgnore));
  const known = knownOf(baseline);
  const isDevice = (name: string): boolean => names.all.has(name) && !names.virtual.has(name);
  const verdicts: Verdict[] = [];
  const next: Record<string, unknown> = {};
  for (const found of judged) {
    const identity = identityOf(found);
    const kept = isRecord(memo) && isRecord(memo[identity]) ? memo[identity] : {};
    const flaps = judgeFlaps(found, uptimeMs, limits.interfaceLossesMax, kept['flaps']);
    const errors = judgeErrors(found.name, found.counters, uptimeMs, limits.interfaceErrorsMaxPercent, kept['errors']);
    verdicts.push(...judgeLink(found, known.includes(identity), isDevice), ...(flaps.isFlapping ? [flapping(found.name, limits.interfaceLossesMax)] : []), ...errors.verdicts);
    next[identity] = { flaps: flaps.memo, errors: errors.memo };
  }
  const others = leftOut('network interfaces beyond those of 64 devices', count, NET_CLASS);
  const without = notApplicable('network interfaces (none of a device that is judged)');
  return {
    verdicts: [...(judged.length > 0 ? [healthy] : [without]), ...verdicts, ...others.verdicts],
    memo: next,
    baseline: withLinked(known, judged.filter((found) => hasLink(found) === true).map(identityOf)),
    readings: [...judged.flatMap(readingsOf), ...others.readings],
  };
}

/** `idrac`, or `usb*`. */
function isIgnored(name: string, ignored: readonly string[]): boolean {
  return ignored.some((pattern) => (pattern.endsWith('*') ? name.startsWith(pattern.slice(0, -1)) : name === pattern));
}

function readingsOf({ name: subject, counters, operState, isEnabled, linkChanges }: HostInterface): readonly Reading[] {
  const count = (name: string, value: bigint): Reading => ({ name: `interface_${name}`, subject, value: Number(value), unit: 'count', source: `/${NET_DEV}` });
  return [
    { name: 'interface_state', subject, value: isEnabled ? operState : 'disabled', unit: '', source: `${NET_CLASS}/${subject}/operstate` },
    ...(linkChanges === undefined ? [] : [{ name: 'interface_link_changes', subject, value: linkChanges, unit: 'count', source: `${NET_CLASS}/${subject}/carrier_changes` }]),
    count('received_packets', counters.receivedPackets),
    count('receive_errors', counters.receiveErrors),
    count('receive_drops', counters.receiveDrops),
    count('sent_packets', counters.sentPackets),
    count('send_errors', counters.sendErrors),
    count('send_drops', counters.sendDrops),
  ];
}
