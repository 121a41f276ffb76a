import { chmodSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { openRecording } from '../../cli/recording.ts';
import { type Folder, temporaryFolder } from './eventually.ts';
import type { Mount } from './oci-config.ts';

/** A node with GPUs, as a container sees it to which NVIDIA's container toolkit gave them all. */
export interface GpuNode extends Disposable {
  /** Its /sys, with the GPUs on the PCI bus and the driver's module. */
  readonly sysMounts: readonly Mount[];
  /** nvidia-smi where the toolkit puts it. */
  readonly smiMounts: readonly Mount[];
  /** What nvidia-smi answers from its next start on: that of a recorded host. */
  readonly become: (host: string) => void;
}

/** Where the answers lie in the container. */
const ANSWERS = '/tmp/answers';

/** Needs only what the image has: its shell and `cat`. */
const SCRIPT = `#!/bin/sh
case "$*" in
  '-q -x') exec cat ${ANSWERS}/query.xml ;;
  'nvlink -s') exec cat ${ANSWERS}/nvlink.txt ;;
esac
echo "Invalid combination of input arguments. Please run 'nvidia-smi -h' for help."
exit 2
`;

/** @param host a recorded one of test/hosts, whose GPUs are on the bus from beginning to end */
export function gpuNode(host: string): GpuNode {
  const folder = temporaryFolder();
  chmodSync(folder.path, 0o755);
  const recording = openRecording(host);
  const answers = folder.file('answers');
  mkdirSync(answers);
  // The runtime mounts the control groups there.
  mkdirSync(join(recording.root, 'sys/fs/cgroup'), { recursive: true });
  chmodSync(join(recording.root, '..'), 0o755);
  writeFileSync(folder.file('nvidia-smi'), SCRIPT);
  chmodSync(folder.file('nvidia-smi'), 0o755);
  answerAs(host, answers, folder);
  const bind = (destination: string, source: string): Mount => ({ destination, type: 'bind', source, options: ['rbind', 'rprivate', 'ro'] });
  return {
    sysMounts: [
      bind('/sys', join(recording.root, 'sys')),
      { destination: '/sys/fs/cgroup', type: 'cgroup', source: 'cgroup', options: ['nosuid', 'noexec', 'nodev', 'relatime', 'ro'] },
    ],
    smiMounts: [bind('/usr/bin/nvidia-smi', folder.file('nvidia-smi')), bind(ANSWERS, answers)],
    become: (next) => answerAs(next, answers, folder),
    [Symbol.dispose]() {
      recording[Symbol.dispose]();
      folder[Symbol.dispose]();
    },
  };
}

function answerAs(host: string, answers: string, folder: Folder): void {
  using recording = openRecording(host);
  for (const file of ['query.xml', 'nvlink.txt']) {
    const draft = folder.file(file);
    writeFileSync(draft, readFileSync(join(recording.root, '../smi', file)));
    chmodSync(draft, 0o644);
    renameSync(draft, join(answers, file));
  }
}
