import { parseCount } from '../../core/decode.ts';
import { ParseError } from '../../core/errors.ts';
import { requireWholeText } from './whole-text.ts';

/** Sockets of one network namespace by protocol: `of('TCP', 'inuse')`, undefined where this kernel has none such. */
export interface Sockstat {
  readonly of: (protocol: string, name: string) => number | undefined;
}

/**
 * Parses /proc/<pid>/net/{sockstat,sockstat6}, see proc_pid_net(5) and net/ipv4/proc.c. `mem` counts pages, and it, `orphan`
 * and `sockets: used` are told for all namespaces or for one, depending on the kernel.
 *
 *     sockets: used 229
 *     TCP: inuse 4 orphan 0 tw 4 alloc 17 mem 1
 *
 * Throws ParseError.
 */
export function parseSockstat(text: string, file: string): Sockstat {
  const protocols = new Map<string, ReadonlyMap<string, number>>();
  for (const [index, line] of text.split('\n').slice(0, -1).entries()) {
    const where = `${file}:${index + 1}`;
    const [, protocol, pairs] = /^([A-Za-z]\w*):((?: [a-z]+ \d+)+)$/.exec(line) ?? [];
    if (protocol === undefined || pairs === undefined) throw new ParseError(where, '"<protocol>: <name> <n> ..."', line);
    const counts = [...pairs.matchAll(/ ([a-z]+) (\d+)/g)].map(([, name = '', count = '']) => [name, parseCount(count, where)] as const);
    protocols.set(protocol, new Map(counts));
  }
  requireWholeText(text, file);
  if (protocols.size === 0) throw new ParseError(file, 'a line for each protocol', text);
  return { of: (protocol, name) => protocols.get(protocol)?.get(name) };
}
