import type { IContainer, IPodSpec } from 'kubernetes-models/v1';
import type { OciProcess, Resources } from './oci-config.ts';

/** What containerd and CRI-O give to a container that drops nothing. */
const DEFAULT_CAPABILITIES = [
  'CHOWN', 'DAC_OVERRIDE', 'FSETID', 'FOWNER', 'MKNOD', 'NET_RAW', 'SETGID', 'SETUID', 'SETFCAP', 'SETPCAP', 'NET_BIND_SERVICE', 'SYS_CHROOT', 'KILL', 'AUDIT_WRITE',
];

type Capabilities = NonNullable<NonNullable<IContainer['securityContext']>['capabilities']>;

/** A user that is not root loses its own when the program is started, and keeps what it may inherit: nothing. */
export function capabilitiesOf({ add = [], drop = [] }: Capabilities, uid: number): OciProcess['capabilities'] {
  const kept = drop.includes('ALL') ? [] : DEFAULT_CAPABILITIES.filter((name) => !drop.includes(name));
  const bounding = [...new Set([...kept, ...add])].map((name) => `CAP_${name}`);
  const effective = uid === 0 ? bounding : [];
  return { bounding, effective, permitted: effective, inheritable: [], ambient: [] };
}

/** The container's word goes before the Pod's, and the Pod's before the image's. Kubelet refuses root where `runAsNonRoot` stands. */
export function userOf(pod: IPodSpec, { name, securityContext }: IContainer, imageUser: string): OciProcess['user'] {
  const [imageUid, imageGid] = imageUser.split(':').map(Number);
  const merged = { runAsUser: imageUid, runAsGroup: imageGid, ...defined(pod.securityContext), ...defined(securityContext) };
  const { runAsUser: uid = 0, runAsGroup: gid = 0, runAsNonRoot, fsGroup, supplementalGroups = [] } = merged;
  if (!Number.isSafeInteger(uid) || !Number.isSafeInteger(gid)) throw new Error(`${name}: user ${imageUser} of the image has no number`);
  if (runAsNonRoot === true && uid === 0) throw new Error(`${name}: may not run as root, and would`);
  if (fsGroup !== undefined) throw new Error(`${name}: fsGroup is not translated`);
  return { uid, gid, additionalGids: [...new Set([gid, ...supplementalGroups])] };
}

type PodSecurity = NonNullable<IPodSpec['securityContext']>;

function defined(context: Partial<PodSecurity> = {}): Partial<PodSecurity> {
  return Object.fromEntries(Object.entries(context).filter(([, value]) => value !== undefined));
}

/** As kubelet turns them into what the kernel knows: 1024 shares for a CPU, and a quota in each 100 ms; see kubelet's MilliCPUToShares and MilliCPUToQuota. */
export function resourcesOf({ requests = {}, limits = {} }: NonNullable<IContainer['resources']>): Resources {
  const unknown = [...Object.keys(requests), ...Object.keys(limits)].find((name) => name !== 'cpu' && name !== 'memory');
  if (unknown !== undefined) throw new Error(`${unknown} is not translated`);
  const [requested, limited, memory] = [requests['cpu'] ?? limits['cpu'], limits['cpu'], limits['memory']];
  const shares = requested === undefined ? 2 : Math.max(2, Math.floor((millicoresOf(requested) * 1_024) / 1_000));
  const quota = limited === undefined ? {} : { quota: Math.max(1_000, millicoresOf(limited) * 100), period: 100_000 };
  return {
    cpu: { shares, ...quota },
    ...(memory !== undefined && { memory: { limit: bytesOf(memory) } }),
    devices: [{ allow: false, access: 'rwm' }, ...SAFE_DEVICES],
  };
}

/** null, zero, full, tty, random, urandom; see the kernel's admin-guide/devices.txt. */
const SAFE_DEVICES = [[1, 3], [1, 5], [1, 7], [5, 0], [1, 8], [1, 9]].map(([major, minor]) => ({ allow: true, type: 'c', major, minor, access: 'rwm' }));

function millicoresOf(quantity: string | number): number {
  const [, digits, unit] = /^(\d+)(m?)$/.exec(String(quantity)) ?? [];
  if (digits === undefined) throw new Error(`CPU ${quantity} is not translated`);
  return Number(digits) * (unit === 'm' ? 1 : 1_000);
}

const UNITS: Readonly<Record<string, number>> = { '': 1, Ki: 2 ** 10, Mi: 2 ** 20, Gi: 2 ** 30 };

export function bytesOf(quantity: string | number): number {
  const [, digits, unit = ''] = /^(\d+)([KMG]i)?$/.exec(String(quantity)) ?? [];
  if (digits === undefined) throw new Error(`memory ${quantity} is not translated`);
  return Number(digits) * (UNITS[unit] ?? 1);
}
