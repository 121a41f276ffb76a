import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseCommandLine } from '../../cli/command-line.ts';
import type { ParsedArgs } from '../../cli/command.ts';
import { commands } from '../../cli/commands/index.ts';
import { configuredSettings, monitorByName, refuseForeignFlags, socketNameOf } from '../../cli/monitors.ts';
import { text } from '../../cli/options.ts';
import { UsageError, messageOf } from '../../plugins/core/errors.ts';
import { silentLogger } from '../../plugins/core/log.ts';
import { parseHttpAddress } from '../../plugins/http/address.ts';
import { TOKEN_FOLDER, type PlacedContainer, isInHostNetwork } from './manifest-objects.ts';

const ROOT = join(import.meta.dirname, '../..');

/** What our containers are made from; their manifests give only arguments. */
const DOCKERFILES: Readonly<Record<string, string>> = { 'gpu-monitor': 'Dockerfile.gpu', 'node-plugins': 'Dockerfile.node', 'pod-network-verifier': 'Dockerfile.node' };

/** NPD's ports, unless its arguments say otherwise (cmd/options/options.go). */
const NPD_PORTS: Readonly<Record<string, number>> = { port: 20_256, 'prometheus-port': 20_257 };

function npdPorts(args: readonly string[]): readonly number[] {
  return Object.entries(NPD_PORTS).map(([flag, usual]) => Number(args.find((arg) => arg.startsWith(`--${flag}=`))?.split('=')[1] ?? usual));
}

export interface ServedMonitor {
  readonly monitor: string;
  readonly socket: string;
  readonly statusDir: string | undefined;
  /** Types that it reports, by its condition table. */
  readonly conditions: readonly string[];
}

export interface Program {
  readonly monitors: readonly ServedMonitor[];
  /** Ports that it opens where its probes ask: on 127.0.0.1 in the network of the node, on every address in one of its own. */
  readonly ports: readonly number[];
  /** Paths that its probes may ask for. */
  readonly httpPaths: readonly string[];
  /** Folders and files that its arguments name, and those that its monitors read by themselves. */
  readonly paths: readonly string[];
}

/** What a container runs, by the program's own reader of command lines. Throws UsageError as the program would. */
export async function programOf(placed: PlacedContainer): Promise<Program> {
  const { container } = placed;
  const { name } = container;
  const args = argumentsOf(container);
  if (name === 'node-problem-detector') return { monitors: [], ports: npdPorts(args), httpPaths: ['/healthz'], paths: args.flatMap((arg) => (arg.startsWith('--config.') ? arg.split('=')[1]?.split(',') ?? [] : [])) };
  const [program, command = '', ...rest] = [...entryOf(container.command, name), ...args];
  if (program !== '/usr/local/bin/npd-plugins') throw new UsageError(`${String(program)} is not in the image`);
  const entry = commands.find((one) => one.name === command);
  if (entry === undefined) throw new UsageError(`no command ${command}`);
  const parsed = parseCommandLine(entry, await entry.load(), rest);
  if (command === 'inspect') return inspecting(parsed);
  if (command !== 'serve') return { monitors: [], ports: [], httpPaths: [], paths: parsed.positionals };
  refuseForeignFlags(parsed, parsed.positionals);
  return await serving(parsed, isInHostNetwork(placed.daemonSet) ? NODE_HOSTS : POD_HOSTS);
}

/** As kubelet hands them over: `$(NAME)` is a variable of the container, and stays as it is if there is none. */
function argumentsOf({ args = [], env = [] }: PlacedContainer['container']): readonly string[] {
  return args.map((arg) => arg.replaceAll(/\$\(([A-Za-z_]\w*)\)/g, (whole, name: string) => env.find((one) => one.name === name)?.value ?? whole));
}

function entryOf(command: readonly string[] | undefined, name: string): readonly string[] {
  if (command !== undefined) return command;
  const dockerfile = DOCKERFILES[name];
  if (dockerfile === undefined) throw new UsageError(`it is not known what the image of ${name} runs`);
  const [, entrypoint = '[]'] = /^ENTRYPOINT (\[.*\])$/m.exec(readFileSync(join(ROOT, dockerfile), 'utf8')) ?? [];
  return JSON.parse(entrypoint) as readonly string[];
}

/** In a container its log is what it prints: one document for Kubeowler, and nothing else. Throws UsageError for what would print more, or end. */
function inspecting(args: ParsedArgs): Program {
  if (text(args, 'format') !== 'kubeowler') throw new UsageError(`--format is ${String(text(args, 'format'))}, not kubeowler: its log would be no document of Kubeowler's`);
  if (text(args, 'stay') === undefined) throw new UsageError('without --stay it ends, and the kubelet starts it again and again');
  return { monitors: [], ports: [], httpPaths: [], paths: ['host-root', 'config'].flatMap((flag) => text(args, flag) ?? []) };
}

/** Addresses on which the kubelet's probes find what listens. */
const NODE_HOSTS: readonly string[] = ['127.0.0.1'];
const POD_HOSTS: readonly string[] = ['0.0.0.0', '::'];

async function serving(args: ParsedArgs, hosts: readonly string[]): Promise<Program> {
  const http = text(args, 'http');
  const address = http === undefined ? undefined : parseHttpAddress(http, '--http');
  const monitors = await Promise.all(args.positionals.map(async (asked) => {
    const definition = await monitorByName(asked, { args, log: silentLogger });
    // Flags that are settings; a file of settings lies in the container.
    configuredSettings({ ...args, values: { ...args.values, config: undefined } }, definition);
    const { name: monitor, specs } = definition;
    return { monitor, socket: `${text(args, 'socket-dir') ?? ''}/${socketNameOf(monitor)}`, statusDir: text(args, 'status-dir'), conditions: specs.map(({ type }) => type) };
  }));
  const ownFiles = args.positionals.includes('network-verifier') ? [TOKEN_FOLDER] : [];
  return {
    monitors,
    ports: address?.kind === 'tcp' && hosts.includes(address.host) ? [address.port] : [],
    httpPaths: ['/healthz', '/readyz'],
    paths: [...['host-root', 'socket-dir', 'state-dir', 'status-dir', 'share-dirs', 'config'].flatMap((flag) => text(args, flag)?.split(',') ?? []), ...ownFiles],
  };
}

/** The program of a container, or what is wrong with its arguments. */
export async function programOrProblem(placed: PlacedContainer): Promise<{ readonly program: Program } | { readonly problem: string }> {
  try {
    return { program: await programOf(placed) };
  } catch (error) {
    return { problem: `${placed.where}: ${messageOf(error)}` };
  }
}
