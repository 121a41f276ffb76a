import { NOT_A_DISK, SHARES } from '../plugins/host-inspector/settings/disk.ts';
import { isOptionName } from './record-options.ts';

/**
 * Replaces what tells whose machine it is. Nothing is searched for: whatever is not known to stand on every machine is
 * replaced, so that a kind of name that nobody thought of is replaced, too. The same thing gets the same placeholder,
 * and the format stays what the kernel writes.
 */
export interface Mask {
  /** `/srv/acme/db` becomes `/srv/folder-1/folder-2`. */
  readonly path: (path: string) => string;
  readonly fsType: (type: string) => string;
  /** Source of a mount: a device, a share, or a word. */
  readonly source: (source: string, fsType: string) => string;
  /** Mount options, joined by commas. */
  readonly options: (options: string) => string;
  readonly address: (address: string) => string;
  readonly hardwareAddress: (address: string) => string;
  readonly bootId: (id: string) => string;
  readonly networkDevice: (name: string) => string;
  readonly process: (name: string) => string;
  readonly hostname: (name: string) => string;
  /** Kernel release: it stays up to the first word that no well-known distribution uses; from there on it is its builder's own. */
  readonly release: (release: string) => string;
  /** What was replaced, as it stood there. */
  readonly replaced: () => readonly string[];
}

/** Folders that every node may have, by the names that the file hierarchy, the kernel, kubelet and the runtimes give them. */
const FOLDERS = new Set(`
  bin boot dev efi etc export home lib lib64 local log lost+found media mnt nfs opt proc root run sbin share shm snap srv storage sys
  tmp usr user var volumes data disk disks backup cache spool ssd
  binfmt_misc bpf cgroup config connections debug devpts efivars fs fuse hugepages kernel mqueue net netns pstore pts security selinux
  sunrpc rpc_pipefs tracing tracefs unified systemd resources credentials lock
  blkio cpu cpu,cpuacct cpuacct cpuacct,cpu cpuset devices freezer hugetlb memory misc net_cls net_cls,net_prio net_prio perf_event pids rdma
  cni containerd containers crio docker empty-dir etc-hosts io.containerd.grpc.v1.cri io.containerd.runtime.v2.task
  io.containerd.snapshotter.v1.overlayfs k8s.io kubelet kubernetes merged overlay overlay2 overlay-containers overlay-images plugins pods
  work diff rootfs sandboxes snapshots upper userdata volume-subpaths
  kubernetes.io~configmap kubernetes.io~csi kubernetes.io~downward-api kubernetes.io~empty-dir kubernetes.io~local-volume
  kubernetes.io~nfs kubernetes.io~projected kubernetes.io~secret
  init.scope system.slice runtime.slice user.slice machine.slice kubepods kubepods.slice besteffort burstable guaranteed
  kubepods-besteffort.slice kubepods-burstable.slice kubepods-guaranteed.slice
  containerd.service crio.service cri-docker.service docker.service kubelet.service sshd.service ssh.service cron.service dbus.service
  systemd-journald.service systemd-logind.service systemd-networkd.service systemd-resolved.service systemd-udevd.service
`.trim().split(/\s+/));

const FS_TYPES = new Set([...NOT_A_DISK, ...SHARES, 'bcachefs', 'btrfs', 'ext2', 'ext3', 'ext4', 'exfat', 'f2fs', 'fuseblk', 'overlay', 'vfat', 'xfs', 'zfs']);

/** Names of devices that say nothing but their kind and number. */
const DEVICE = /^(?:[hsv]d[a-z]{1,3}\d*|xvd[a-z]+\d*|nvme\d+n\d+(?:p\d+)?|mmcblk\d+(?:p\d+)?|md\d+(?:p\d+)?|dm-\d+|loop\d+|zram\d+|ram\d+|sr\d+|pmem\d+|root|fuse)$/;

/** Sources that are no device and no server, but the name that somebody gave to a file system of the kernel. */
const SOURCES = new Set(['none', 'udev', 'systemd-1', 'shm', 'cgroup', 'cgroup2', 'cgmfs', 'overlay', 'gvfsd-fuse', 'lxcfs', 'nsfs', 'rootfs']);

/** Options with a value that is a word of the kernel's own. */
const PLAIN_OPTION = /^(?:name=systemd|errors=[a-z-]+|data=[a-z]+|gmode=[a-z]+|compress(?:-force)?=[a-z]+:?\d*|space_cache=v\d|mode=\d+|xino=\w+|redirect_dir=\w+|index=\w+|metacopy=\w+|nfs_export=\w+|uuid=(?:on|off|null|auto)|iocharset=[\w-]+|codepage=\d+|shortname=\w+|proto=[a-z0-9]+|sec=[a-z0-9]+|vers=[\d.]+|local_lock=[a-z]+|logbsize=\d+k|cache=[a-z]+|trans=[a-z]+|huge=[a-z]+|hidepid=\w+|noquota|[a-z0-9_]+=-?\d+[kmg]?)$/i;

const NETWORK_DEVICE = /^(?:lo|eth\d+|en[opsx]?[0-9a-f]{1,4}(?:[sfnpdi]\d+)*|ens\d+|bond\d+|br\d+|docker0|cni0|cbr0|flannel\.\d+|cilium_\w+|wlan\d+|\*)$/;
const PROCESSES = new Set(['systemd', 'init', 'kubelet', 'kubelite', 'k3s', 'k3s-server', 'k3s-agent', 'containerd', 'dockerd', 'cri-dockerd', 'crio', 'kube-proxy', 'sshd', 'systemd-journal', 'systemd-udevd', 'dbus-daemon', 'chronyd', 'node-problem-de']);
const RELEASE_WORD = /^(?:\d+|rc\d+|generic|default|virtual|virt|cloud|amd64|arm64|x86_64|aarch64|aws|azure|gcp|gke|oracle|fc\d+|el\d+(?:_\d+)?(?:uek)?|amzn\d+|cos|flatcar|talos|rt|lts|bpo|deb\d+|lowlatency)$/;

const UUID = /[0-9a-f]{8}([-_])[0-9a-f]{4}\1[0-9a-f]{4}\1[0-9a-f]{4}\1[0-9a-f]{12}/gi;
const DIGEST = /(?<![0-9a-z])(?:[0-9a-f]{64}|[0-9a-f]{32})(?![0-9a-z])/gi;
const IPV4 = /^\d{1,3}(?:\.\d{1,3}){3}$/;
const WITHOUT_PLACE: ReadonlySet<string> = new Set(['0.0.0.0', '127.0.0.1', '::', '::1', '00:00:00:00:00:00', 'ff:ff:ff:ff:ff:ff']);

/** Placeholders are numbered per kind in the order in which they come. */
export function createMask(): Mask {
  const placeholders = new Map<string, Map<string, string>>();
  const originals = new Set<string>();

  function standIn(kind: string, original: string, make: (index: number) => string): string {
    const known = placeholders.get(kind) ?? new Map<string, string>();
    placeholders.set(kind, known);
    const placeholder = known.get(original) ?? make(known.size + 1);
    known.set(original, placeholder);
    if (placeholder !== original) originals.add(original);
    return placeholder;
  }

  const word = (kind: string, original: string): string => standIn(kind, original, (index) => `${kind}-${index}`);
  const last = (index: number, digits: number): string => index.toString(16).padStart(digits, '0');
  const bootId = (id: string): string => {
    const placeholder = standIn('uuid', id.toLowerCase().replaceAll('_', '-'), (index) => `00000000-0000-4000-8000-${last(index, 12)}`);
    return id.includes('_') ? placeholder.replaceAll('-', '_') : placeholder;
  };
  const ids = (text: string): string =>
    text.replaceAll(UUID, bootId).replaceAll(DIGEST, (id) => standIn(`id${id.length}`, id, (index) => last(index, id.length)));

  /** A component that consists of ids and the words around them in the names of Pods and containers. */
  function component(name: string): string {
    const masked = ids(name);
    if (name === '' || FOLDERS.has(name) || /^\d{1,9}$/.test(name)) return name;
    const isPod = /^(?:kubepods(?:-besteffort|-burstable)?-)?(?:pod)?[0-9a-f]{8}[-_]0000[-_]4000[-_]8000[-_][0-9a-f]{12}(?:\.slice)?$/.test(masked);
    const isContainer = /^(?:(?:cri-containerd|crio|docker|crio-conmon)-)?0{20}[0-9a-f]+(?:\.scope)?$/.test(masked);
    const isUser = /^user(?:@|-)\d{1,9}\.(?:slice|service)$/.test(name);
    return isPod || isContainer || isUser ? masked : word('folder', name);
  }

  const path = (text: string): string => text.split('/').map(component).join('/');
  const address = (text: string): string => {
    if (WITHOUT_PLACE.has(text)) return text;
    // RFC 5737 and RFC 3849: addresses for documentation.
    const isV4 = IPV4.test(text);
    return standIn(isV4 ? 'ipv4' : 'ipv6', text, (index) => (isV4 ? `192.0.2.${index % 255}` : `2001:db8::${last(index, 1)}`));
  };

  function source(text: string, fsType: string): string {
    if (text === '' || text === fsType || SOURCES.has(text)) return text;
    const [, device] = /^\/dev\/([^/]+)$/.exec(text) ?? [];
    if (device !== undefined) return DEVICE.test(device) ? text : `/dev/${word('device', device)}`;
    if (text.startsWith('/dev/mapper/')) return `/dev/mapper/${word('volume', text)}`;
    if (text.startsWith('/dev/')) return `/dev/${word('device', text)}`;
    if (text.startsWith('//')) return `//${word('server', text)}/share`;
    const [, server, folder] = /^(\[[^\]]+\]|[^:/]+(?::\d+)?(?:,[^/]*)?):(\/.*)$/.exec(text) ?? [];
    if (server !== undefined && folder !== undefined) return `${IPV4.test(server) ? address(server) : word('server', server)}:${path(folder)}`;
    return text.startsWith('/') ? path(text) : word('source', text);
  }

  function option(text: string): string {
    const at = text.indexOf('=');
    if (at === -1) return isOptionName(text) ? text : word('option', text);
    const [key, value] = [text.slice(0, at), text.slice(at + 1)];
    if (!isOptionName(key)) return word('option', text);
    if (PLAIN_OPTION.test(text) && !/^(?:user|domain|pass|secret)/.test(key)) return text;
    if (key.endsWith('addr')) return `${key}=${address(value)}`;
    if (value.startsWith('/')) return `${key}=${value.split(':').map(path).join(':')}`;
    return `${key}=${word('value', value)}`;
  }

  return {
    path,
    fsType: (type) => (FS_TYPES.has(type) ? type : word('filesystem', type)),
    source,
    options: (text) => text.split(',').map(option).join(','),
    address,
    hardwareAddress: (text) => (WITHOUT_PLACE.has(text) ? text : standIn('mac', text, (index) => `02:00:00:00:${last(index >> 8, 2)}:${last(index & 0xff, 2)}`)),
    bootId,
    networkDevice: (name) => (NETWORK_DEVICE.test(name) ? name : word('link', name)),
    process: (name) => (PROCESSES.has(name) ? name : word('process', name)),
    hostname: (name) => standIn('node', name, (index) => `worker-${index}`),
    release(text) {
      const parts = text.split(/([-+.~])/);
      const own = parts.findIndex((part, index) => index % 2 === 0 && part !== '' && !RELEASE_WORD.test(part));
      return own === -1 ? text : parts.slice(0, own).join('') + standIn('release', parts.slice(own).join(''), () => 'local');
    },
    replaced: () => [...originals],
  };
}
