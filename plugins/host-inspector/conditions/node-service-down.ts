import type { ConditionSpec, ReasonSpec } from '../../core/conditions.ts';

const MINUTE_MS = 60_000;

/** Both are restarted when they are updated, which takes some minutes on a slow node. */
const PATIENCE = { severity: 'warn', raiseAfterMs: 5 * MINUTE_MS, clearAfterMs: MINUTE_MS } as const satisfies Partial<ReasonSpec>;

/** What makes a machine a node does not run. */
export const nodeServiceDown: ConditionSpec = {
  type: 'NodeServiceDown',
  polarity: 'problem',
  reasons: [
    {
      ...PATIENCE,
      reason: 'KubeletDown',
      reads: '/proc/<pid>/{comm,stat,status,cgroup}, /proc/uptime',
      limit: 'no process of kubelet (k3s, kubelite) where one was seen or Pods have a cgroup, or none that lasts a minute',
      advice: 'See why with `journalctl -u kubelet -n 100` (its unit may be k3s, k3s-agent, rke2-server, rke2-agent or snap.microk8s.daemon-kubelite).',
      privilege: 'a',
    },
    {
      ...PATIENCE,
      reason: 'ContainerRuntimeDown',
      reads: '/proc/<pid>/{comm,stat,status,cgroup}, /proc/uptime',
      limit: 'no process of the runtime that was seen (containerd, crio, cri-dockerd with dockerd), or none that lasts a minute',
      advice: 'See why with `systemctl status containerd` (or crio, docker, cri-docker) and its journal; running containers go on, none can be started.',
      privilege: 'a',
    },
  ],
  healthy: { reason: 'NodeServicesRun', message: 'no service of the node is down' },
  unknownReason: 'NodeServicesUnknown',
  notApplicableReason: 'NoNodeServices',
};
