import { messageOf } from '../../core/errors.ts';
import { parseNetDev, type InterfaceCounters } from '../../linux/proc/net-dev.ts';
import { parseNumberFile } from '../../linux/proc/sysctl.ts';
import { readText, valueOrThrow } from '../../linux/read.ts';
import { isVirtualFunction, readDeviceInterface, readInterfaceNames } from '../../linux/sys/network-interface.ts';
import type { RowOf, SectionOf } from './model.ts';
import { readSource, stateOf, told, untold } from './values.ts';

type InterfaceRow = RowOf<'network', 'interfaces'>;
type Gap = RowOf<'network', 'gaps'>;

/** Each Pod adds one, and they are the Pods'. */
const MOST_INTERFACES = 64;

/** Names that the drivers of Pod networks give to the host's ends of their cables. */
const OF_PODS = /^(?:veth|cali|lxc|eni|tap|vnet)/;

/**
 * Interfaces of the host: those of /sys, which shows the network namespace that it was mounted in, with the counters of PID
 * 1's table. Neither needs hostNetwork. First those of devices, then the others without the ends of Pods' cables.
 */
export function readNetwork(root: string): SectionOf<'network'> {
  const source = '/sys/class/net, /proc/1/net/dev';
  const names = readInterfaceNames(root);
  if (names.kind !== 'ok') {
    const failure = untold('', source, stateOf(names.kind), names.message);
    return { interfaces: failure, gaps: failure };
  }
  const { all, virtual } = names.value;
  const counters = readSource(root, 'proc/1/net/dev', parseNetDev);
  const order = [...all].toSorted();
  const ofPods = order.filter((name) => virtual.has(name) && OF_PODS.test(name));
  const wanted = [...order.filter((name) => !virtual.has(name)), ...order.filter((name) => virtual.has(name) && !OF_PODS.test(name))];
  const gaps: Gap[] = counters.outcome.kind === 'ok' ? [] : [{ subject: '/proc/1/net/dev', state: stateOf(counters.outcome.kind), message: counters.outcome.message }];
  const rows = wanted.slice(0, MOST_INTERFACES).flatMap((name): readonly InterfaceRow[] => {
    try {
      return rowOf(root, name, virtual.has(name), counters.outcome.kind === 'ok' ? counters.outcome.value.get(name) : undefined);
    } catch (cause) {
      gaps.push({ subject: name, state: 'error', message: messageOf(cause) });
      return [];
    }
  });
  const note = ofPods.length === 0 ? undefined : `without ${ofPods.length} of Pods`;
  if (wanted.length > MOST_INTERFACES) gaps.push({ subject: `interfaces beyond ${MOST_INTERFACES}`, state: 'error', message: 'left out' });
  return { interfaces: told('', rows, source, note), gaps: told('', gaps, source) };
}

/** Nothing if it has gone meanwhile. */
function rowOf(root: string, name: string, isVirtual: boolean, counted: InterfaceCounters | undefined): readonly InterfaceRow[] {
  const found = readDeviceInterface(root, name);
  if (found === undefined) return [];
  const mtu = readText(root, `sys/class/net/${name}/mtu`);
  return [{
    name,
    kind: isVirtual ? virtualKind(name, found.kind) : deviceKind(root, name),
    state: found.operState,
    address: found.address,
    mtu: mtu.kind === 'absent' ? null : parseNumberFile(valueOrThrow(mtu), `/sys/class/net/${name}/mtu`),
    carrierChanges: found.linkChanges ?? null,
    receivedBytes: count(counted?.receivedBytes),
    sentBytes: count(counted?.sentBytes),
    receiveErrors: count(counted?.receiveErrors),
    sendErrors: count(counted?.sendErrors),
    receiveDropped: count(counted?.receiveDrops),
    sendDropped: count(counted?.sendDrops),
  }];
}

function virtualKind(name: string, kind: string | undefined): string {
  return name === 'lo' ? 'loopback' : (kind ?? 'virtual');
}

function deviceKind(root: string, name: string): string {
  return isVirtualFunction(root, name) ? 'virtual function' : 'physical';
}

function count(counter: bigint | undefined): number | null {
  return counter === undefined ? null : Number(counter);
}
