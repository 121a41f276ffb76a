import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fakeSmi, type FakeSmi } from './fake-smi.ts';
import { gpuHostTree } from './gpu-host.ts';
import { healthySmi } from './gpu-served.ts';
import { type RecordedMemory, recordedMemory } from './host-memory.ts';
import type { ManifestContainer } from './host-overlay-manifest.ts';
import { kernelLogMount } from './kernel-log-mount.ts';
import { smiXml } from './smi-xml.ts';

/** The node of a recording: this machine, with memory, a kernel log and GPUs of ours. */
export interface RecordedNode extends AsyncDisposable, RecordedMemory {
  readonly folder: string;
  readonly hostPaths: Readonly<Record<string, string>>;
  readonly onHost: Readonly<Record<string, string>>;
  readonly given: (container: ManifestContainer) => Readonly<Record<string, string>>;
  /** A row of the memory of the first GPU waits for a reset to be remapped, or none does. */
  readonly setRemapPending: (isPending: boolean) => void;
  /** A record of the kernel log. */
  readonly print: (text: string) => void;
}

const GPUS = 8;

/**
 * @param app a checkout of this project that nobody edits meanwhile
 */
export async function recordedNode(hostBinary: string, app: string): Promise<RecordedNode> {
  const folder = mkdtempSync(join(tmpdir(), 'npd-overlay-'));
  chmodSync(folder, 0o755);
  // What is made from here on lies below it, and so can be given to containers.
  process.env['TMPDIR'] = folder;
  const [meminfo, vmstat, kmsg, program] = ['meminfo', 'vmstat', 'kmsg', 'npd-plugins'].map((name) => join(folder, name)) as [string, string, string, string];
  const tree = gpuHostTree(GPUS);
  const smi = openToAll(fakeSmi(healthySmi(GPUS)));
  const log = await kernelLogMount(kmsg);
  writeFileSync(program, `#!/bin/sh\nexec ${process.execPath} ${join(app, 'cli/main.ts')} "$@"\n`, { mode: 0o755 });
  let sequence = 0;

  const memory = recordedMemory(meminfo, vmstat);
  return {
    ...memory,
    folder,
    hostPaths: { '/dev/kmsg': kmsg },
    onHost: { '/proc/meminfo': meminfo, '/proc/vmstat': vmstat },
    given({ image, name }) {
      if (name === 'node-problem-detector') return { '/node-problem-detector': hostBinary };
      const own = { '/usr/local/bin/npd-plugins': program };
      if (!/gpu-monitor:/.test(image)) return own;
      return {
        ...own,
        '/usr/bin/nvidia-smi': smi.path,
        [dirname(smi.path)]: dirname(smi.path),
        '/sys/bus/pci': join(tree.root, 'sys/bus/pci'),
        '/proc/driver': join(tree.root, 'proc/driver'),
      };
    },
    setRemapPending(isPending) {
      const change = (gpu: number): Readonly<Record<string, string>> => (isPending && gpu === 0 ? { remapPending: 'Yes' } : {});
      smi.become({ ...healthySmi(GPUS), xml: smiXml({ gpus: GPUS, change }) });
    },
    print(text) {
      sequence += 1;
      const sinceBootUs = Math.round(Number(readFileSync('/proc/uptime', 'utf8').split(' ')[0]) * 1_000_000);
      log.print(`3,${sequence},${sinceBootUs},-;${text}`);
    },
    async [Symbol.asyncDispose]() {
      await log[Symbol.asyncDispose]();
      smi[Symbol.dispose]();
      tree[Symbol.dispose]();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** The script notes its starts in its folder, also as another user. */
function openToAll(smi: FakeSmi): FakeSmi {
  chmodSync(dirname(smi.path), 0o777);
  return smi;
}
