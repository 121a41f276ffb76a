import { readFileSync } from 'node:fs';
import { codeOf, messageOf } from '../../plugins/core/errors.ts';
import { textOfLogLine } from '../../plugins/linux/kmsg-record.ts';
import type { LogFollower } from '../../plugins/linux/log-follower.ts';
import { hostPath } from '../../plugins/linux/read.ts';

const LOG = 'dev/kmsg';

/**
 * Follows the kernel log of a recording: a short file on a disk of ours, so it needs no children, and a day of looks passes in
 * seconds. Its position is the number of lines that were read.
 */
export const recordedLog: LogFollower = {
  async read(root, position, take) {
    let text;
    try {
      text = readFileSync(hostPath(root, LOG), 'utf8');
    } catch (cause) {
      const kind = codeOf(cause) === 'ENOENT' ? 'absent' : 'failed';
      return { kind, message: `/${LOG}: ${kind === 'absent' ? 'is not in this recording; with the device of the host, CAP_SYSLOG and the right to open it, XIDs are judged' : (codeOf(cause) ?? messageOf(cause))}` };
    }
    const lines = text.split('\n').filter((line) => line !== '');
    // A host that recovers is composed anew: its driver was loaded again, and its log begins with that.
    const read = typeof position === 'number' && position <= lines.length ? position : 0;
    for (const line of lines.slice(read)) {
      const said = textOfLogLine(line);
      if (said !== undefined) take({ text: said });
    }
    return { kind: 'ok', lostCount: 0, position: lines.length };
  },
};
