import { flag, list, number, plain, text } from '../fields.ts';

export const nodeTable = {
  name: text('Node', 'name of the node in Kubernetes'),
  hostname: text('Hostname', 'name of the host: /etc/hostname'),
  os: text('Operating system', 'PRETTY_NAME of os-release'),
  kernel: text('Kernel', 'release of the running kernel'),
  architecture: text('Architecture', 'of the running kernel, as uname -m prints it'),
  uptime: number('seconds', 'Uptime', 'seconds since boot, with the time asleep'),
  bootTime: text('Booted', 'when the host booted: RFC 3339, UTC'),
  bootId: text('Boot ID', 'made anew by the kernel at each boot'),
  timeZone: text('Time zone', "the host's, e.g. Europe/Berlin: /etc/localtime"),
  localTime: text('Local time', "when the look began, in the host's time zone: RFC 3339"),
  runtime: text('Container runtime', 'containerd, cri-o, docker, k3s, rke2 or none'),
  cgroupVersion: number('count', 'Cgroup version', '1 or 2: type of the file system at /sys/fs/cgroup'),
} as const;

export const conditionTable = {
  list: list('Conditions', 'one look, as the command check does: a finding that would have to last is told at once', {
    type: plain.text('Condition', 'type of the node condition'),
    status: plain.oneOf(['True', 'False', 'Unknown'], 'Status', 'True means that the problem is there'),
    reason: plain.text('Reason', 'one of a fixed list'),
    message: plain.text('Message', 'subject and limit'),
    severity: plain.optional(plain.oneOf(['info', 'warn'], 'Severity', 'of the reason, if it is a problem')),
    advice: plain.optional(plain.text('Advice', 'what to do, if it is a problem')),
  }),
} as const;

export const privilegeTable = {
  rung: text('Rung', 'none, or a: host root read-only, uid 0, no capability; b: and hostPID; c: and hostNetwork; d: and CAP_SYS_PTRACE; e: and CAP_SYSLOG with /dev/kmsg'),
  grants: list('Grants', 'what this container was given, and what each would add', {
    rung: plain.oneOf(['a', 'b', 'c', 'd', 'e'], 'Rung', 'where it belongs'),
    name: plain.text('Grant', 'e.g. hostPID'),
    state: plain.oneOf(['granted', 'missing', 'unknown'], 'State', 'whether it is there'),
    evidence: plain.text('Evidence', 'what proves it'),
    adds: plain.text('Adds', 'what can be told with it'),
  }),
  lxcfs: flag('Filtered /proc', 'whether LXCFS stands before files of /proc, whose numbers are then those of a container'),
} as const;
