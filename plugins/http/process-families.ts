import { readFileSync } from 'node:fs';

import type { Family } from './family.ts';
import type { BuildInfo, ObservedMonitor } from './observed.ts';

/** This very program: what it is, what it costs, and whether its sockets are its own. Without what the kernel does not tell. */
export function processFamilies({ version, commit }: BuildInfo, monitors: readonly ObservedMonitor[]): readonly Family[] {
  const { user, system } = process.cpuUsage();
  const memory = memoryBytes();
  return [
    {
      name: 'npd_plugins_build_info',
      type: 'gauge',
      help: 'Always 1; version and commit of the program, and the Node.js that runs it.',
      samples: [{ labels: { version, commit, node_version: process.version }, value: 1 }],
    },
    {
      name: 'npd_plugins_socket_held',
      type: 'gauge',
      help: '1 while the public socket is ours, 0 while it is lost or another server answers there.',
      samples: monitors.map(({ name, socketState }) => ({ labels: { monitor: name }, value: Number(socketState() === 'held') })),
    },
    gauge('npd_plugins_process_resident_memory_bytes', 'Memory in use, the program file included (VmRSS).', memory.resident),
    gauge('npd_plugins_process_private_memory_bytes', 'Memory that only this process uses (RssAnon), without its children.', memory.private),
    gauge('npd_plugins_process_start_time_seconds', 'When the process began.', performance.timeOrigin / 1_000),
    {
      name: 'npd_plugins_process_cpu_seconds_total',
      type: 'counter',
      help: 'CPU time of the process, without its children.',
      samples: [{ labels: {}, value: (user + system) / 1e6 }],
    },
  ];
}

function gauge(name: string, help: string, value: number | undefined): Family {
  return { name, type: 'gauge', help, samples: value === undefined ? [] : [{ labels: {}, value }] };
}

/** Lines such as `RssAnon:     18236 kB`, see proc_pid_status(5). */
function memoryBytes(): { readonly resident: number | undefined; readonly private: number | undefined } {
  const text = statusText();
  const bytesOf = (key: string): number | undefined => {
    const kib = new RegExp(`^${key}:\\s+([0-9]{1,12}) kB$`, 'm').exec(text)?.[1];
    return kib === undefined ? undefined : Number(kib) * 1_024;
  };
  return { resident: bytesOf('VmRSS'), private: bytesOf('RssAnon') };
}

function statusText(): string {
  try {
    return readFileSync('/proc/self/status', 'utf8');
  } catch {
    // A container without /proc: its metrics lack two lines.
    return '';
  }
}
