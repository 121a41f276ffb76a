/** A file of an image: a pattern for its path, and why it is there. */
export interface Content {
  readonly path: RegExp;
  readonly why: string;
}

const LIB = 'usr/lib/(?:x86_64|aarch64)-linux-gnu';

/** Everything that can be run or loaded, each with its reason; docs/images.md has the table for people. */
export const PROGRAMS: readonly Content[] = [
  { path: /^usr\/local\/bin\/node$/, why: 'Node.js, which runs the program' },
  { path: /^usr\/local\/bin\/npd-plugins$/, why: 'the entry point: starts the program with Node.js' },
  { path: /^usr\/bin\/dash$/, why: 'sh, which starts children that must not hold Node.js up (plugins/linux/atomic-file.ts, child-oom.ts), and the entry point' },
  { path: /^usr\/bin\/stat$/, why: 'asks file systems that may not answer (plugins/linux/filesystem-ask.ts), where links on a disk lead (disk-link.ts), and log files' },
  { path: /^usr\/bin\/head$/, why: 'reads the state from a disk that may not answer (plugins/linux/atomic-file.ts)' },
  { path: /^usr\/bin\/dd$/, why: 'writes the state, and reads log files (plugins/linux/atomic-file.ts, log-file.ts)' },
  { path: /^usr\/bin\/mv$/, why: 'puts the written state in its place' },
  { path: /^usr\/bin\/rm$/, why: 'removes a state that could not be written whole' },
  { path: /^usr\/bin\/mkdir$/, why: 'makes the folder of the state' },
  { path: /^usr\/bin\/chgrp$/, why: 'gives shared folders to the group of the plugins (plugins/linux/shared-folder.ts)' },
  { path: /^usr\/bin\/chmod$/, why: 'opens shared folders for that group' },
  { path: /^usr\/sbin\/adjtimex$/, why: 'asks the kernel whether its clock is synchronized (plugins/linux/kernel-clock.ts)' },
  { path: /^usr\/bin\/ls$/, why: 'lists folders that may lie on a disk (plugins/linux/disk-file.ts); for a person with kubectl exec: is the socket there?' },
  { path: /^usr\/bin\/cat$/, why: 'reads files that may lie on a disk (plugins/linux/disk-file.ts); for a person with kubectl exec' },
  { path: /^usr\/bin\/test$/, why: 'for a person with kubectl exec: test -S as the deployment guide has it' },
];

export interface Library extends Content {
  /** The name that programs ask for. */
  readonly name: string;
  /** Nothing in the image asks for it: it is there for what NVIDIA's tools mount. */
  readonly isForGuests?: true;
}

export const LIBRARIES: readonly Library[] = [
  { name: 'ld-linux-*.so', path: new RegExp(`^${LIB}/ld-linux-(?:x86-64\\.so\\.2|aarch64\\.so\\.1)$`), why: 'the loader' },
  library('libc.so.6', 'all programs'),
  library('libm.so.6', 'Node.js, nvidia-smi, adjtimex'),
  library('libdl.so.2', 'Node.js, nvidia-smi'),
  library('libpthread.so.0', 'Node.js, nvidia-smi'),
  { ...library('librt.so.1', 'libnvidia-ml.so.1 of older drivers'), isForGuests: true },
  library('libgcc_s.so.1', 'Node.js'),
  library('libstdc++.so.6', 'Node.js'),
  library('libatomic.so.1', 'Node.js'),
  library('libselinux.so.1', 'ls, mkdir, mv, stat'),
  library('libpcre2-8.so.0', 'libselinux'),
  library('libacl.so.1', 'mv'),
  library('libattr.so.1', 'mv, libacl'),
];

/** The file itself may carry a longer number than the name that is asked for. */
function library(name: string, why: string): Library {
  return { name, path: new RegExp(`^${LIB}/${name.replaceAll(/[.+]/g, '\\$&')}(?:\\.[\\d.]+)?$`), why };
}

/** All else but folders. */
export const OTHER_FILES: readonly Content[] = [
  { path: /^usr\/lib\/npd-plugins\/npd-plugins\.mjs$/, why: 'the program' },
  { path: /^usr\/lib\/npd-plugins\/chunks\/[\w-]+\.mjs$/, why: 'its parts' },
  { path: /^usr\/lib\/npd-plugins\/LICENSES\.txt$/, why: 'licences of the packages inside it' },
  { path: /^usr\/share\/doc\/(?:npd-plugins|nodejs)\/copyright$/, why: 'our licence, and the one of Node.js' },
  { path: /^usr\/share\/doc\/[a-z\d.+-]+\/copyright$/, why: "licences of Debian's packages" },
  { path: /^usr\/share\/doc\/[a-z\d.+-]+$/, why: 'a link to the folder of the package that holds the licence' },
  { path: /^usr\/share\/common-licenses\/[\w.-]+$/, why: 'licences that those refer to' },
  { path: /^var\/lib\/dpkg\/status\.d\/[a-z\d.+-]+$/, why: 'what scanners read: which package, which version, sums of its files' },
  { path: /^(?:etc\/os-release|usr\/lib\/os-release|etc\/debian_version)$/, why: "scanners and NVIDIA's container tools ask which system it is" },
  { path: /^etc\/(?:passwd|group|nsswitch\.conf)$/, why: 'names of the three users, and that /etc/hosts goes before DNS' },
  { path: /^etc\/ld\.so\.conf(?:\.d\/(?:x86_64|aarch64)-linux-gnu\.conf)?$/, why: "where libraries lie, for the host's ldconfig that NVIDIA's container tools run" },
  { path: /^(?:bin|sbin|lib|lib64)$/, why: 'links to below usr, as Debian has them' },
  { path: /^usr\/lib64\/ld-linux-x86-64\.so\.2$/, why: 'the loader, where programs for amd64 look for it' },
  { path: /^usr\/lib\/ld-linux-aarch64\.so\.1$/, why: 'the loader, where programs for arm64 look for it' },
  { path: /^usr\/bin\/sh$/, why: 'a link to dash' },
  { path: /^usr\/lib\/(?:x86_64|aarch64)-linux-gnu\/lib(?:stdc\+\+|atomic|pcre2-8|acl|attr)\.so\.\d$/, why: 'a link to the library with the longer number' },
  { path: /^var\/run$/, why: 'a link to /run' },
];

/** Empty folders, where manifests, runtimes and NVIDIA's tools mount something. */
export const MOUNT_POINTS: readonly string[] = [
  'dev', 'home/kubernetes/bin/nvidia', 'host/usr', 'proc', 'root', 'run/npd', 'run/nvidia/driver', 'run/secrets/kubernetes.io/serviceaccount', 'sys', 'tmp', 'usr/local/nvidia', 'var/lib/npd-plugins',
];
