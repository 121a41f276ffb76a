import type { Reading } from '../../core/check.ts';
import { messageOf } from '../../core/errors.ts';
import type { Logger } from '../../core/log.ts';
import { type NetCounters, parseNetCounters } from '../../linux/proc/net-counters.ts';
import { type Sockstat, parseSockstat } from '../../linux/proc/sockstat.ts';
import { parseSoftnetStat } from '../../linux/proc/softnet-stat.ts';
import { readText } from '../../linux/read.ts';

/** Group and name of counters in a file, and what the reading of each is called. */
type Names = Readonly<Record<string, readonly [group: string, name: string]>>;

export const NETSTAT_READINGS: Names = {
  listen_overflows: ['TcpExt', 'ListenOverflows'],
  listen_drops: ['TcpExt', 'ListenDrops'],
  listen_request_queue_drops: ['TcpExt', 'TCPReqQFullDrop'],
  tcp_memory_pressures: ['TcpExt', 'TCPMemoryPressures'],
};

const SNMP_READINGS: Names = {
  tcp_segments_sent: ['Tcp', 'OutSegs'],
  tcp_segments_sent_again: ['Tcp', 'RetransSegs'],
  tcp_resets_sent: ['Tcp', 'OutRsts'],
  udp_receive_buffer_errors: ['Udp', 'RcvbufErrors'],
  udp_send_buffer_errors: ['Udp', 'SndbufErrors'],
};

const SOCKSTAT_READINGS: Names = {
  tcp_sockets: ['TCP', 'inuse'],
  tcp_orphans: ['TCP', 'orphan'],
  tcp_time_wait: ['TCP', 'tw'],
  tcp_memory_pages: ['TCP', 'mem'],
  udp_sockets: ['UDP', 'inuse'],
};

const SOCKSTAT6_READINGS: Names = { tcp6_sockets: ['TCP6', 'inuse'], udp6_sockets: ['UDP6', 'inuse'] };

/** Counters of a file as readings, those that this kernel has. Pure. */
export function readingsIn(file: string, counters: NetCounters | Sockstat, names: Names): readonly Reading[] {
  return Object.entries(names).flatMap(([name, [group, key]]) => {
    const value = counters.of(group, key);
    return value === undefined ? [] : [{ name, value: Number(value), unit: 'count', source: `/${file}` }];
  });
}

/** What the host's network stack counts, for people: nothing is judged by it, so what cannot be read is left out. */
export function readStackReadings(root: string, log: Logger): readonly Reading[] {
  const files: Readonly<Record<string, (text: string, file: string) => readonly Reading[]>> = {
    'proc/1/net/snmp': (text, file) => readingsIn(file, parseNetCounters(text, `/${file}`), SNMP_READINGS),
    'proc/1/net/sockstat': (text, file) => readingsIn(file, parseSockstat(text, `/${file}`), SOCKSTAT_READINGS),
    'proc/1/net/sockstat6': (text, file) => readingsIn(file, parseSockstat(text, `/${file}`), SOCKSTAT6_READINGS),
    'proc/1/net/softnet_stat': softnetReadings,
  };
  return Object.entries(files).flatMap(([file, parse]) => {
    try {
      const text = readText(root, file);
      return text.kind === 'ok' ? parse(text.value, file) : [];
    } catch (cause) {
      log.debug({ file: `/${file}`, problem: messageOf(cause) }, 'not told');
      return [];
    }
  });
}

function softnetReadings(text: string, file: string): readonly Reading[] {
  const cpus = parseSoftnetStat(text, `/${file}`);
  const sum = (name: string, key: 'dropped' | 'squeezed'): Reading => ({ name, value: cpus.reduce((total, cpu) => total + cpu[key], 0), unit: 'count', source: `/${file}` });
  return [sum('softnet_drops', 'dropped'), sum('softnet_squeezes', 'squeezed')];
}
