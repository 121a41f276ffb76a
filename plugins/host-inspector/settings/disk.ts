import { countSetting, durationSetting, listSetting, percentSetting, sizeSetting } from '../../core/settings.ts';

/** Memory, kernel interfaces and images: full by nature, or not a disk. */
export const NOT_A_DISK: readonly string[] = [
  'autofs', 'binfmt_misc', 'bpf', 'cgroup', 'cgroup2', 'configfs', 'debugfs', 'devpts', 'devtmpfs', 'efivarfs', 'erofs',
  'fusectl', 'fuse.lxcfs', 'fuse.gvfsd-fuse', 'fuse.portal', 'hugetlbfs', 'iso9660', 'mqueue', 'nsfs', 'proc', 'pstore',
  'ramfs', 'rpc_pipefs', 'securityfs', 'selinuxfs', 'squashfs', 'sysfs', 'tmpfs', 'tracefs', 'udf',
];

/** Shares: full for every node at once, and no node gets better by being drained. */
export const SHARES: readonly string[] = [
  '9p', 'afs', 'beegfs', 'ceph', 'cifs', 'fuse.ceph', 'fuse.cephfs', 'fuse.gcsfuse', 'fuse.glusterfs', 'fuse.s3fs',
  'fuse.sshfs', 'gfs2', 'gpfs', 'lustre', 'nfs', 'nfs4', 'smb3', 'virtiofs', 'wekafs',
];

/** kubelet's --root-dir: its default, and those of k0s and MicroK8s. */
const KUBELET_ROOTS: readonly string[] = ['/var/lib/kubelet', '/var/lib/k0s/kubelet', '/var/snap/microk8s/common/var/lib/kubelet'];

/** kubelet's own lines, to compare with: nodefs.available 10%, imagefs.available 15%, nodefs.inodesFree 5%. */
export const diskSettings = {
  imagefsAvailableMinPercent: percentSetting(16, 'least space available on the file system that holds container images (kubelet evicts at 15)'),
  nodefsAvailableMinPercent: percentSetting(12, "least space available on kubelet's own file system (kubelet evicts at 10)"),
  diskAvailableMinPercent: percentSetting(5, 'least space available on any other file system'),
  diskAvailableEnoughBytes: sizeSetting(20 * 2 ** 30, 'on any other file system this much is enough, whatever the percentage'),
  nodefsInodesFreeMinPercent: percentSetting(6, 'least inodes free on the file systems of kubelet and of images (kubelet evicts at 5)'),
  diskInodesFreeMinPercent: percentSetting(3, 'least inodes free on any other file system'),
  diskFillsWithin: durationSetting(4 * 3_600_000, 'a disk that at the pace of the last hour is full so soon is told of before; 0 to never tell'),
  // The count has every command that did not end well in it, and `smartctl -x` of an exporter each minute makes some with each look.
  diskErrorsMax: countSetting(100, 'most failed commands of a SCSI disk within ten minutes'),
  diskIgnoreTypes: listSetting([...NOT_A_DISK, ...SHARES], 'file system types that are not judged'),
  diskIgnoreUnder: listSetting(
    ['/boot', '/dev', '/proc', '/sys', '/run', ...KUBELET_ROOTS.flatMap((root) => [`${root}/pods`, `${root}/plugins`]), '/var/lib/docker/overlay2', '/snap'],
    "mount points at or below these are not judged: volumes of Pods are the Pods' business",
  ),
};
