import { UsageError } from '../plugins/core/errors.ts';
import type { MonitorDefinition } from '../plugins/core/monitor.ts';
import type { SettingsOf, SettingsTable } from '../plugins/core/settings.ts';
import type { FilesystemProbe } from '../plugins/linux/filesystem-probe.ts';
import type { Context, ParsedArgs } from './command.ts';
import { filesystemProbe, hostRoot, monitorByName } from './monitors.ts';
import { text } from './options.ts';

/** The host that a command looks at: this machine, one whose root is mounted elsewhere, or a recording. */
export interface Host extends Disposable {
  readonly root: string;
  /** Asks its file systems; of one that hangs every monitor and the report know. */
  readonly probe: FilesystemProbe;
  readonly monitor: (name: string) => Promise<MonitorDefinition<SettingsTable>>;
  /** Milliseconds since 1970, by the host's clock. */
  readonly nowMs: () => number;
  /** Undefined for a live host. */
  readonly recording: { readonly node: string; readonly title: string } | undefined;
  /** What a monitor starts from where nothing else is known: of a recording, a look before. */
  readonly stateBefore: (definition: MonitorDefinition<SettingsTable>, configured: SettingsOf<SettingsTable>, bootId: string | undefined) => Promise<string | undefined>;
}

/** Flags that say where this machine is to be looked at. */
const PLACES = ['host-root', 'nvidia-smi', 'kmsg'];

/** `--host-root` or `--recording`. Throws UsageError or ConfigError for what the user can mend. */
export async function openHost(args: ParsedArgs, { log, env }: Pick<Context, 'log' | 'env'>): Promise<Host> {
  const name = text(args, 'recording');
  if (name === undefined) {
    const probe = filesystemProbe();
    const monitor: Host['monitor'] = async (wanted) => await monitorByName(wanted, { args, log, env, probe });
    return { root: hostRoot(args), probe, monitor, nowMs: Date.now, recording: undefined, stateBefore: async () => undefined, [Symbol.dispose]: () => {} };
  }
  const place = PLACES.find((flag) => text(args, flag) !== undefined);
  if (place !== undefined) throw new UsageError(`--${place} and --recording: give only one of them`);
  // The sidecar pays for no recording.
  const { openRecording } = await import('./recording.ts');
  const { lookBefore, replaying } = await import('./recording/replay.ts');
  const recording = openRecording(name);
  return {
    root: recording.root,
    probe: recording.probe,
    nowMs: recording.sources.wallMs,
    monitor: async (wanted) => replaying(await monitorByName(wanted, { args, log, recorded: recording }), recording),
    recording,
    stateBefore: async (definition, configured, bootId) => (bootId === undefined ? undefined : await lookBefore(definition, recording, configured, bootId)),
    [Symbol.dispose]: () => recording[Symbol.dispose](),
  };
}

/** What standard error says of it, so that nobody takes it for this machine. */
export function recordingNote({ title }: { readonly title: string }): string {
  return `recording of ${title}`;
}
