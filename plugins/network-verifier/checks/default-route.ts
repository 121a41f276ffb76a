import type { Check, Reading } from '../../core/check.ts';
import { messageOf } from '../../core/errors.ts';
import { type Problem, type Verdict, healthy, notApplicable, problem, unknownOf } from '../../core/verdict.ts';
import { type Route, readDefaultRoutes } from '../../linux/proc/net-route.ts';
import { type Outcome, valueOrThrow } from '../../linux/read.ts';
import { readMtu } from '../../linux/sys/interface-mtu.ts';
import { type Scope, SCOPE_WORDS } from '../scope.ts';
import type { NetworkSettings } from '../settings.ts';
import { type Findings, networkCheck } from './network-check.ts';
import type { CheckParts } from './parts.ts';

const SUBJECT = 'default route';

/** Of one interface. */
const MTU = 'MTU';

/** Is there a way to everywhere else, and do packets of the usual size pass its interface? Sends nothing; judged only where it is set. */
export function defaultRoute({ scope }: Pick<CheckParts, 'scope'>): Check<NetworkSettings> {
  return networkCheck({
    name: 'default-route',
    condition: 'NetworkTargetUnreachable',
    scope,
    look({ root, settings }) {
      if (settings.defaultRoute === 'off' && settings.minMtu === 0) return { verdicts: [notApplicable(`${SUBJECT} (switched off)`)] };
      // In a Pod PID 1 may be one of another namespace: of the node, or of a sandbox.
      const found = valueOrThrow(readDefaultRoutes(root, scope === 'host' ? '1' : 'self'));
      const names = [...new Set(inUse(found).map((route) => route.interface))].toSorted();
      const mtus = new Map(settings.minMtu === 0 ? [] : names.map((name) => [name, mtuOf(root, name)]));
      return judge(found, mtus, { ...settings, scope });
    },
  });
}

/** Of one interface: what cannot be understood of it leaves the others alone. */
function mtuOf(root: string, name: string): Outcome<number> {
  try {
    return readMtu(root, name);
  } catch (cause) {
    return { kind: 'failed', message: messageOf(cause), cause };
  }
}

/** Of each family those that packets take: the lowest metric. */
function inUse(routes: readonly Route[]): readonly Route[] {
  return routes.filter(({ destination, metric }) => routes.every((other) => other.destination !== destination || other.metric >= metric));
}

interface Judging extends Pick<NetworkSettings, 'defaultRoute' | 'minMtu'> {
  readonly scope: Scope;
}

/** Pure. */
function judge(routes: readonly Route[], mtus: ReadonlyMap<string, Outcome<number>>, judging: Judging): Findings {
  return {
    verdicts: [judgeRoutes(routes, judging), ...judgeMtus(routes, mtus, judging)],
    readings: [...inUse(routes).map(routeReading), ...[...mtus].flatMap(mtuReading)],
  };
}

function judgeRoutes(routes: readonly Route[], { defaultRoute: wanted, scope }: Judging): Verdict {
  if (wanted === 'off') return notApplicable(`${SUBJECT} (switched off)`);
  if (routes.length > 0) return healthy;
  return ours(problem('DefaultRouteMissing', SUBJECT, `${SUBJECT}: none of IPv4 or IPv6 (${SCOPE_WORDS[scope]})`));
}

function judgeMtus(routes: readonly Route[], mtus: ReadonlyMap<string, Outcome<number>>, { minMtu, scope }: Judging): readonly Verdict[] {
  if (minMtu === 0) return [notApplicable(`${MTU} (minMtu is not set)`)];
  if (routes.length === 0) return [notApplicable(`${MTU} (no ${SUBJECT})`)];
  return [...mtus].map(([name, mtu]) => judgeMtu(name, mtu, minMtu, scope));
}

function judgeMtu(name: string, mtu: Outcome<number>, minMtu: number, scope: Scope): Verdict {
  const subject = `${MTU} of ${name}`;
  if (mtu.kind !== 'ok') return unknownOf(subject, `${subject}: ${mtu.message}`, mtu.cause);
  if (mtu.value >= minMtu) return healthy;
  return ours(problem('MTUTooSmall', subject, `${subject}: below ${minMtu} bytes (${SCOPE_WORDS[scope]})`));
}

/** No other machine has a part in it. */
function ours(found: Problem): Problem {
  return { ...found, outlook: 'so it is this node, whatever else can be reached' };
}

function routeReading({ destination, interface: name, gateway }: Route): Reading {
  return { name: 'default_route', subject: destination, value: gateway === undefined ? name : `${name} via ${gateway}`, unit: '', source: '/proc/net/route, /proc/net/ipv6_route' };
}

function mtuReading([name, mtu]: readonly [string, Outcome<number>]): readonly Reading[] {
  return mtu.kind === 'ok' ? [{ name: 'interface_mtu', subject: name, value: mtu.value, unit: 'bytes', source: `/sys/class/net/${name}/mtu` }] : [];
}
