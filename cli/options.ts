import { normalize } from 'node:path/posix';

import { parseDurationMs } from '../plugins/core/decode.ts';
import { UsageError, quote } from '../plugins/core/errors.ts';
import type { OptionTable, ParsedArgs } from './command.ts';

/** Flags of every command. */
export const commonOptions = {
  'log-format': { type: 'string', value: 'auto|json|console', initial: 'auto', help: 'form of the log on standard error; env LOG_FORMAT' },
  'log-level': { type: 'string', value: 'debug|info|warn|error|silent', help: 'least level that is logged; env LOG_LEVEL' },
  'node-name': { type: 'string', value: 'NAME', help: "name of this node; env NODE_NAME, default the host's hostname" },
  help: { type: 'boolean', help: 'print this text' },
  version: { type: 'boolean', help: 'print version, commit and build date' },
} as const satisfies OptionTable;

/** Flags of the commands that look at a host. */
export const hostOptions = {
  'host-root': { type: 'string', value: 'DIR', initial: '/', help: "folder with the host's /proc and /sys" },
  config: { type: 'string', value: 'FILE', help: 'thresholds as JSON: {"host-inspector": {"diskAvailableMinPercent": 5}}' },
} as const satisfies OptionTable;

/** Flags of the gpu-monitor, for the commands that look at a host. */
export const gpuOptions = {
  'nvidia-smi': { type: 'string', value: 'PATH', help: 'gpu-monitor: the program to ask; default PATH and the places of the usual installers' },
  kmsg: { type: 'string', value: 'PATH', help: 'gpu-monitor: kernel log, the device or a file; default dev/kmsg below the host root' },
  'expect-gpus': { type: 'string', value: 'auto|none|N', help: 'gpu-monitor: how many GPUs this node must have' },
  'temp-threshold': { type: 'string', value: 'CELSIUS', help: "gpu-monitor: temperature that is too high, beside the device's own limits" },
  'memory-threshold': { type: 'string', value: 'PERCENT', help: 'gpu-monitor: GPU memory in use that is too much; not judged without it' },
  rollup: { type: 'string', value: 'NAME[,NAME]', help: 'gpu-monitor: also tell a condition over all others: gpu-healthy, accelerated-hardware-ready' },
} as const satisfies OptionTable;

/** Flags of the network-verifier, likewise. */
export const networkOptions = {
  'dns': { type: 'string', value: 'NAME[,NAME]', help: 'network-verifier: names that each name server is asked; default kubernetes.default.svc, in a cluster' },
  'name-server': { type: 'string', value: 'IP[:PORT][,...]', help: 'network-verifier: name servers to ask in place of those in resolv.conf' },
  'target': { type: 'string', value: 'TARGET[,TARGET]', help: 'network-verifier: what must be reached: HOST:PORT, tcp://HOST:PORT, http://... or https://...' },
  'quorum': { type: 'string', value: 'all|N', help: 'network-verifier: how many of the targets must be reached, e.g. 2, or "2 of 3" (default all)' },
  'peers': { type: 'string', value: 'NAME', help: 'network-verifier: headless Service of the verifiers of other nodes, of which some are tried' },
  'check-timeout': { type: 'string', value: 'DURATION', initial: '3s', help: 'network-verifier: how long one attempt may take' },
  'scope': { type: 'string', value: 'host|pod', initial: 'host', help: 'network-verifier: from where it looks; in a Pod it is called pod-network-verifier, and its conditions begin with Pod' },
  'profile': { type: 'string', value: 'generic|karpenter-aws', initial: 'generic', help: 'network-verifier: with karpenter-aws the condition over all others is NetworkingReady, by which nodes are replaced' },
  'kubeconfig': { type: 'string', value: 'FILE', help: 'network-verifier: the cluster whose API server is asked; default the one in which it runs as a Pod' },
  'resolv-conf': { type: 'string', value: 'FILE', initial: '/etc/resolv.conf', help: 'network-verifier: where the name servers stand' },
  'kube-node-ready': { type: 'string', value: 'FILE', help: 'network-verifier: configuration, Helm values or ConfigMap of kube-node-ready; env WORKER_CONFIG_PATH' },
} as const satisfies OptionTable;

/** For the commands that look at a host themselves. */
export const recordingOption = {
  recording: { type: 'string', value: 'NAME|DIR', help: 'look at a recorded host instead, of test/hosts or in a folder' },
} as const satisfies OptionTable;

/** The text of a string flag, or its default. */
export function text({ values }: ParsedArgs, name: string): string | undefined {
  const value = values[name];
  return typeof value === 'string' ? value : undefined;
}

/** Whether a boolean flag was given. */
export function flag({ values }: ParsedArgs, name: string): boolean {
  return values[name] === true;
}

/** A timer of Node.js that is set for longer than 2^31 ms (24 days) rings at once; nobody means more than a day. */
const LONGEST_MS = 24 * 3_600_000;

/** A duration flag in milliseconds, e.g. `--interval 5s`. Throws UsageError below `leastMs` and above a day. */
export function durationMs(args: ParsedArgs, name: string, initialMs: number, leastMs: number): number {
  const given = text(args, name);
  if (given === undefined) return initialMs;
  const ms = parseDurationMs(given, `--${name}`);
  if (ms < leastMs) throw new UsageError(`--${name}: expected at least ${leastMs / 1_000}s, got ${quote(given)}`);
  if (ms > LONGEST_MS) throw new UsageError(`--${name}: expected at most 24h, got ${quote(given)}`);
  return ms;
}

/** A whole number ≥ 1, e.g. `--count 3`; undefined if not given. */
export function count(args: ParsedArgs, name: string): number | undefined {
  const given = text(args, name);
  if (given === undefined) return undefined;
  if (!/^[1-9][0-9]{0,8}$/.test(given)) throw new UsageError(`--${name}: expected a whole number ≥ 1, got ${quote(given)}`);
  return Number(given);
}

/** One of a few words; throws UsageError naming them. */
export function oneOf<T extends string>(given: string, words: readonly T[], name: string): T {
  const found = words.find((word) => word === given);
  if (found === undefined) throw new UsageError(`${name}: expected one of ${words.join(', ')}, got ${quote(given)}`);
  return found;
}

/** How many names the path of a folder has that plugins may have to themselves: what lies at the top belongs to the whole system. */
const LEAST_NAMES = 2;

/**
 * Folders that plugins have to themselves, so that nobody else loses anything when they are shared. By absolute path: which one a
 * relative path means depends on where a container starts. Throws UsageError.
 */
export function ownFolders(given: readonly string[], name: string): readonly string[] {
  for (const path of given) {
    if (!path.startsWith('/')) throw new UsageError(`${name}: expected an absolute path, got ${quote(path)}`);
    if (normalize(path).split('/').filter(Boolean).length >= LEAST_NAMES) continue;
    throw new UsageError(`${name}: expected a folder that only plugins use, e.g. /var/run/npd, got ${quote(path)}, which the whole system uses`);
  }
  return [...new Set(given)];
}

/** `DIR[,DIR]`, see ownFolders; empty without the flag. */
export function folderList(args: ParsedArgs, name: string): readonly string[] {
  return ownFolders((text(args, name) ?? '').split(',').map((path) => path.trim()).filter((path) => path !== ''), `--${name}`);
}
