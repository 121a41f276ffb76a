import { ParseError } from '../../core/errors.ts';
import { requireWholeText } from './whole-text.ts';

/** Counters of one file by group and name: `of('TcpExt', 'ListenOverflows')`, undefined where this kernel has none such. */
export interface NetCounters {
  readonly of: (group: string, name: string) => bigint | undefined;
}

/**
 * Parses /proc/<pid>/net/{snmp,netstat}, see proc_pid_net(5), RFC 1213 and Documentation/networking/snmp_counter.rst: for
 * each group a line of names and a line of numbers, of which one in `Tcp` may be -1.
 *
 *     Tcp: RtoAlgorithm RtoMin RtoMax MaxConn ActiveOpens ...
 *     Tcp: 1 200 120000 -1 3556 ...
 *
 * Which groups and names there are differs from kernel to kernel. Throws ParseError.
 */
export function parseNetCounters(text: string, file: string): NetCounters {
  const lines = text.split('\n');
  if (lines.length % 2 === 0 || lines.length < 3) requirePairs(text, file);
  const groups = new Map<string, ReadonlyMap<string, bigint>>();
  for (let index = 0; index + 1 < lines.length; index += 2) {
    const [group, counters] = parsePair(lines[index] ?? '', lines[index + 1] ?? '', `${file}:${index + 2}`);
    groups.set(group, counters);
  }
  requireWholeText(text, file);
  return { of: (group, name) => groups.get(group)?.get(name) };
}

function requirePairs(text: string, file: string): never {
  requireWholeText(text, file);
  throw new ParseError(file, 'lines of names and of numbers in turn', text);
}

function parsePair(names: string, numbers: string, where: string): readonly [string, ReadonlyMap<string, bigint>] {
  const [group = '', ...columns] = names.split(' ');
  const [same = '', ...values] = numbers.split(' ');
  const isSane = /^[A-Za-z]\w*:$/.test(group) && same === group && values.length === columns.length
    && columns.every((name) => /^[A-Za-z]\w*$/.test(name)) && values.every((value) => /^-?\d{1,20}$/.test(value));
  if (!isSane) throw new ParseError(where, `"${group.slice(0, 20)} <${columns.length} numbers>"`, numbers);
  return [group.slice(0, -1), new Map(columns.map((name, index) => [name, BigInt(values[index] ?? '')]))];
}
