import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { clusterHere } from './cluster-here.ts';
import { fakeSmi, type FakeSmi } from './fake-smi.ts';
import { gpuHostTree } from './gpu-host.ts';
import { healthySmi } from './gpu-served.ts';
import { type RecordedMemory, recordedMemory } from './host-memory.ts';
import type { ManifestContainer } from './host-overlay-manifest.ts';
import { NODE_NAME } from './host-process.ts';
import { kernelLogMount } from './kernel-log-mount.ts';
import { KUBELET_FILES } from './oci-config.ts';
import { writeKubeletFiles } from './pod-files.ts';
import { smiXml } from './smi-xml.ts';

/** The node of a recording: this machine, with memory, a kernel log, GPUs, and a cluster of ours. */
export interface RecordedNode extends AsyncDisposable, RecordedMemory {
  readonly folder: string;
  readonly hostPaths: Readonly<Record<string, string>>;
  readonly onHost: Readonly<Record<string, string>>;
  readonly given: (container: ManifestContainer) => Readonly<Record<string, string>>;
  /** A row of the memory of the first GPU waits for a reset to be remapped, or none does. */
  readonly setRemapPending: (isPending: boolean) => void;
  /** A record of the kernel log. */
  readonly print: (text: string) => void;
  /** Whether the name server of the cluster answers, or is silent. */
  readonly setNameServer: (answers: boolean) => Promise<void>;
}

const GPUS = 8;

/** The cluster IP that the Service kube-dns has in clusters that kubeadm made. */
const NAME_SERVER = '10.96.0.10';

/**
 * Needs a network namespace of its own, see `clusterHere`.
 *
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
  const cluster = await clusterHere(NAME_SERVER);
  const kubelet = join(folder, 'kubelet');
  mkdirSync(kubelet);
  writeKubeletFiles(kubelet, NAME_SERVER, NODE_NAME);
  const ofKubelet = Object.fromEntries(KUBELET_FILES.map((path) => [path, join(kubelet, path)]));
  writeFileSync(program, `#!/bin/sh\nexec ${process.execPath} ${join(app, 'cli/main.ts')} "$@"\n`, { mode: 0o755 });
  let sequence = 0;

  const memory = recordedMemory(meminfo, vmstat);
  return {
    ...memory,
    folder,
    hostPaths: { '/dev/kmsg': kmsg },
    onHost: { '/proc/meminfo': meminfo, '/proc/vmstat': vmstat },
    given({ image, name }) {
      if (name === 'node-problem-detector') return { ...ofKubelet, '/node-problem-detector': hostBinary };
      const own = { ...ofKubelet, '/usr/local/bin/npd-plugins': program };
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
    async setNameServer(answers) {
      const manner = answers ? 'answers' : 'silent';
      await cluster.nameServer.behave({ udp: manner, tcp: manner });
    },
    async [Symbol.asyncDispose]() {
      await cluster[Symbol.asyncDispose]();
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
