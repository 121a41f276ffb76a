import { resolve } from 'node:path';
import { ConfigError, UsageError } from '../../plugins/core/errors.ts';
import { silentLogger } from '../../plugins/core/log.ts';
import { withoutEvents } from '../../plugins/core/monitor.ts';
import type { NodeReport } from '../../plugins/host-inspector/report/model.ts';
import { writeFileAtomically } from '../../plugins/linux/atomic-file.ts';
import { collectNode, inventoryOf } from '../collect-node.ts';
import type { Command, Context, ParsedArgs } from '../command.ts';
import { EXIT, exitCodeOf } from '../exit-code.ts';
import { openHost, recordingNote } from '../host.ts';
import { configuredSettings } from '../monitors.ts';
import { durationMs, flag, hostOptions, oneOf, recordingOption, text } from '../options.ts';
import { type ReportFormat, renderReport, reportFormats } from '../render/report/formats.ts';
import { THIS_BOOT, singleLook } from '../single-look.ts';
import { memorySparer } from '../spare-memory.ts';

const MONITOR = 'host-inspector';

const DEFAULT_TIMEOUT_MS = 30_000;
const LEAST_TIMEOUT_MS = 1_000;
const WRITE_DEADLINE_MS = 5_000;

/** What ends sooner is started anew more and more slowly by the kubelet. */
const LEAST_STAY_MS = 600_000;
const LONGEST_TIMER_MS = 24 * 3_600_000;

/** The full node report, once. */
export const inspect: Command = {
  details: [
    'Every value tells where it comes from, and why it is not there if it is not. The form of json is docs/node-report.schema.json.',
    'kubeowler is the one line that a Kubeowler collects from the log of its node inspector: nothing else is printed, and the exit code is 0.',
  ],
  options: {
    ...hostOptions,
    ...recordingOption,
    'format': { type: 'string', value: reportFormats.join('|'), initial: 'text', help: 'form of the report' },
    'output': { type: 'string', value: 'FILE', help: 'write it there, as a whole, instead of to standard output' },
    'state-dir': { type: 'string', value: 'DIR', help: 'keeps the inventory of the machine for the rest of the boot' },
    'timeout': { type: 'string', value: 'DURATION', initial: '30s', help: 'the report is made by then, with whatever is there' },
    'stay': { type: 'string', value: 'DURATION|forever', help: 'sleep for this long before it ends: in a DaemonSet, which starts anew what has ended' },
    'inventory': { type: 'boolean', help: 'print only what systeminformation says of this machine, as JSON' },
  },
  logLevel: 'error',
  async run(args, context) {
    if (flag(args, 'inventory')) return await printInventory(context);
    const format = oneOf(text(args, 'format') ?? 'text', reportFormats, '--format');
    const stayMs = stayOf(args);
    // Whoever reads that line has standard error in it.
    const quiet = format === 'kubeowler' ? { ...context, log: silentLogger, complain: () => true } : context;
    let report;
    try {
      report = await makeReport(args, quiet, format);
      await write(args, context, await renderReport(report, format));
    } catch (error) {
      // A node whose log is empty is left out; for one that tells its trouble Kubeowler gives up all the others.
      if (format === 'kubeowler' && !(error instanceof UsageError) && !(error instanceof ConfigError)) return EXIT.internal;
      throw error;
    }
    if (stayMs !== undefined) await stay(stayMs, context.signal);
    return format === 'kubeowler' ? EXIT.ok : exitCodeOf(report.conditions.list.value ?? []);
  },
};

async function makeReport(args: ParsedArgs, context: Context, format: ReportFormat): Promise<NodeReport> {
  const timeoutMs = durationMs(args, 'timeout', DEFAULT_TIMEOUT_MS, LEAST_TIMEOUT_MS);
  using host = await openHost(args, context);
  const definition = withoutEvents(await host.monitor(MONITOR));
  const configured = configuredSettings(args, definition);
  if (host.recording !== undefined) context.complain(`npd-plugins: ${recordingNote(host.recording)}\n`);
  const monitor = singleLook({ definition, configured, root: host.root, log: context.log, savedState: await host.stateBefore(definition, configured, THIS_BOOT) });
  try {
    return await collectNode(args, context, host, configured, {
      conditions: { ready: async () => await monitor.start(), now: monitor.conditions },
      timeoutMs,
      // Kubeowler's document has no field for the machine, and its container no memory for a second program.
      inventory: format === 'kubeowler' ? undefined : inventoryOf(args, context),
    });
  } finally {
    monitor.close();
  }
}

/** Milliseconds, Infinity, or undefined without the flag. */
function stayOf(args: ParsedArgs): number | undefined {
  const given = text(args, 'stay');
  if (given === undefined) return undefined;
  return given === 'forever' ? Infinity : durationMs(args, 'stay', 0, LEAST_STAY_MS);
}

/** Sleeps, with as little memory as there can be, until the time is over or somebody tells it to end. */
async function stay(forMs: number, signal: AbortSignal): Promise<void> {
  memorySparer()();
  // A timer keeps the process; of Infinity Node.js would make 1 ms.
  const end = Promise.withResolvers<void>();
  const timer = setInterval(() => (forMs === Infinity ? undefined : end.resolve()), Math.min(forMs, LONGEST_TIMER_MS));
  signal.addEventListener('abort', () => end.resolve(), { once: true });
  if (signal.aborted) end.resolve();
  await end.promise;
  clearInterval(timer);
}

async function printInventory({ out }: Context): Promise<number> {
  const { askSysteminformation } = await import('../../plugins/host-inspector/report/inventory-child.ts');
  out(`${JSON.stringify(await askSysteminformation())}\n`);
  return EXIT.ok;
}

async function write(args: ParsedArgs, { out }: Context, rendered: string): Promise<void> {
  const file = text(args, 'output');
  if (file === undefined) return out(rendered);
  const written = await writeFileAtomically(resolve(file), rendered, { timeoutMs: WRITE_DEADLINE_MS });
  if (written.kind !== 'ok') throw new ConfigError('--output', written.message);
}
