import { accessSync, constants, existsSync, readdirSync } from 'node:fs';
import { resolve } from 'node:path';
import { ConfigError } from '../plugins/core/errors.ts';
import type { MonitorDefinition } from '../plugins/core/monitor.ts';
import { gpuMonitor } from '../plugins/gpu-monitor/gpu-monitor.ts';
import { readInventory } from '../plugins/gpu-monitor/inventory/read-inventory.ts';
import { ALL_VISIBLE, type GpuVisibility, givenBy } from '../plugins/gpu-monitor/inventory/visibility.ts';
import { type RollUp, rollUpNames } from '../plugins/gpu-monitor/roll-ups.ts';
import type { gpuSettings } from '../plugins/gpu-monitor/settings.ts';
import { createSmiReader } from '../plugins/gpu-monitor/smi/reader.ts';
import { createSmiLocator } from '../plugins/gpu-monitor/smi/locate.ts';
import { runChild } from '../plugins/linux/child.ts';
import { createLogFollower } from '../plugins/linux/log-file.ts';
import type { ParsedArgs } from './command.ts';
import { isFolder } from './is-folder.ts';
import type { MonitorParts } from './monitor-parts.ts';
import { oneOf, text } from './options.ts';
import { sparingly } from './spare-memory.ts';

/** The gpu-monitor as its flags want it. Throws UsageError or ConfigError naming the flag. */
export function gpuMonitorOf({ args, log, env = {}, recorded }: MonitorParts): MonitorDefinition<typeof gpuSettings> {
  const given = fileGiven(args, 'nvidia-smi', 'the program itself, e.g. /usr/bin/nvidia-smi');
  const path = fileGiven(args, 'kmsg', 'the device or a file, e.g. /dev/kmsg');
  const smi = createSmiReader({
    inventory: readInventory,
    log,
    ...(given !== undefined && { given }),
    ...(recorded === undefined ? { run: sparingly(runChild), locate: createSmiLocator({ path: env['PATH'] }) } : { run: recorded.runSmi, locate: recorded.locateSmi }),
  });
  return gpuMonitor({
    sources: {
      smi,
      kernelLog: recorded === undefined || path !== undefined ? createLogFollower({ path }) : recorded.kernelLog,
      inventory: readInventory,
      visibility: () => (recorded === undefined ? visibilityHere(env['NVIDIA_VISIBLE_DEVICES']) : ALL_VISIBLE),
    },
    rollUps: rollUpsOf(args),
  });
}

/** `--rollup gpu-healthy,accelerated-hardware-ready` */
function rollUpsOf(args: ParsedArgs): readonly RollUp[] {
  const names = (text(args, 'rollup') ?? '').split(',').map((name) => name.trim()).filter((name) => name !== '');
  return [...new Set(names.map((name) => oneOf(name, rollUpNames, '--rollup')))];
}

/** A path that need not be there yet: a driver's container may bring it later, and until then the conditions say that it is missing. */
function fileGiven(args: ParsedArgs, flag: string, remedy: string): string | undefined {
  const given = text(args, flag);
  if (given === undefined) return undefined;
  const path = resolve(given);
  if (isFolder(path)) throw new ConfigError(`--${flag}`, `${path} is a folder; give ${remedy}`);
  return path;
}

/** What may be seen where we run, since nvidia-smi runs there, too. */
function visibilityHere(visibleDevices: string | undefined): GpuVisibility {
  return { given: givenBy(visibleDevices), nodes: usableNodes(), hasControlNode: existsSync('/dev/nvidiactl') };
}

function usableNodes(): ReadonlySet<number> | undefined {
  try {
    return new Set(readdirSync('/dev').flatMap((name) => {
      const [, minor] = /^nvidia(\d{1,3})$/.exec(name) ?? [];
      return minor !== undefined && isUsable(`/dev/${name}`) ? [Number(minor)] : [];
    }));
  } catch {
    return undefined;
  }
}

/** The kernel answers by the rights of the container, too (device cgroup). To open it would start the GPU. */
function isUsable(path: string): boolean {
  try {
    accessSync(path, constants.R_OK | constants.W_OK);
    return true;
  } catch {
    return false;
  }
}
