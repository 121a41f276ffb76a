import { flag, list, number, plain, text } from '../fields.ts';

export const serviceTable = {
  kubelet: flag('kubelet', 'whether a process of that name runs on the node'),
  runtime: text('Container runtime', 'containerd, cri-o, docker, k3s, rke2 or none: by its socket and process'),
  runtimeRunning: flag('Container runtime runs', 'whether its process is there; a shim does not count'),
  runtimes: list('Runtimes', 'every runtime of which something was found', {
    name: plain.text('Runtime', 'e.g. containerd'),
    socket: plain.optional(plain.text('Socket', 'path of its socket, if one is there')),
    isRunning: plain.optional(plain.flag('Runs', 'whether its process is there')),
  }),
  clockSynchronized: flag('Clock synchronized', 'by the kernel or the time daemon, not by the daemon being there'),
  timeDaemon: text('Time daemon', 'chronyd, ntpd, systemd-timesyncd or none'),
  journald: flag('journald', 'whether systemd-journald runs'),
  cron: flag('cron', 'whether cron or crond runs'),
  processes: list('Processes', 'services that were looked for', {
    name: plain.text('Name', 'of the process'),
    isRunning: plain.flag('Runs', 'whether a process of that name runs on the node'),
    pids: plain.count('Processes', 'how many'),
  }),
} as const;

export const securityTable = {
  selinux: text('SELinux', 'Enforcing, Permissive or Disabled'),
  apparmor: flag('AppArmor', 'whether it is enabled'),
  seccomp: flag('seccomp', 'whether this kernel has seccomp filters'),
  modules: text('Security modules', 'that the kernel has active, in order'),
  lockdown: text('Lockdown', 'none, integrity or confidentiality'),
  firewall: text('Firewall', 'firewalld, ufw, nftables, iptables or none: what is visible of it'),
  firewalld: flag('firewalld', 'whether its process runs'),
  ufw: flag('ufw', 'whether it is enabled in /etc/ufw/ufw.conf'),
  nftables: flag('nf_tables', 'whether the kernel has nf_tables'),
  kernelModules: list('Kernel modules', 'those that a Kubernetes node needs or may need', {
    name: plain.text('Module', 'e.g. overlay'),
    state: plain.oneOf(['loaded', 'built-in', 'absent', 'unknown'], 'State', 'loaded as a module, part of the kernel, or not there'),
  }),
  kernelModuleCount: number('count', 'Loaded modules', 'lines of /proc/modules'),
} as const;
