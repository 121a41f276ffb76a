import { chmodSync, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { startProcess, type LineProcess } from './host-process.ts';
import type { ManifestContainer, ManifestMount } from './host-overlay-manifest.ts';
import { writeProjected } from './pod-files.ts';

/** Where the recorder keeps what it gives to containers. */
export interface ContainerStage {
  /** A folder of the recorder; volumes lie below it, and all that follows does. */
  readonly folder: string;
  /** Paths of the node, and the files or folders of the recorder that containers get in their place. */
  readonly hostPaths: Readonly<Record<string, string>>;
  /** What is in the image, or is put into the container by its runtime. */
  readonly given: (container: ManifestContainer) => Readonly<Record<string, string>>;
  /** Files laid over the node that `/host` shows. */
  readonly onHost: Readonly<Record<string, string>>;
  readonly config: Readonly<Record<string, string>>;
}

/** Of the images, see Dockerfile.gpu and Dockerfile.node. */
const ENTRYPOINTS: Readonly<Record<string, readonly string[]>> = {
  'gpu-monitor': ['/usr/local/bin/npd-plugins', 'serve', 'gpu-monitor'],
  'node-plugins': ['/usr/local/bin/npd-plugins', 'serve'],
};

/** Paths of the node that a container gets as they are on this machine. */
const AS_IS = ['/etc/localtime', '/var/log'];

/**
 * Starts a container of a manifest as a process: its command and arguments, user, groups and mounts, no capability unless it is
 * privileged. It has a mount namespace and a root of its own, this machine's under an overlay, so that nothing is left behind;
 * the node's network and PIDs are its own, as the manifests have it, and the node's network is that of this process. Needs root; everything given must lie on the file system of `/`.
 */
export function startContainer(stage: ContainerStage, container: ManifestContainer, moreArgs: readonly string[], onLine: (line: string) => void): LineProcess {
  const { command, args, image, env } = container;
  const entrypoint = command.length > 0 ? command : ENTRYPOINTS[basename(image).split(':')[0] ?? ''];
  if (entrypoint === undefined) throw new Error(`${image}: entrypoint not known`);
  const scriptOf = (part: string): string => join(stage.folder, `${container.daemonSet}-${container.name}-${part}.sh`);
  const [own, inside] = [scriptOf('outside'), scriptOf('inside')];
  writeFileSync(own, outsideScript(stage, container, inside));
  writeFileSync(inside, insideScript(stage, container));
  const variables = Object.entries({ ...env, PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin' }).map(([name, value]) => `${name}=${value}`);
  return startProcess('unshare', ['--mount', 'env', '-i', ...variables, 'sh', '-e', own, ...entrypoint, ...args, ...moreArgs], onLine);
}

const DEVICES = ['null', 'zero', 'full', 'random', 'urandom'];

/** What a file system of others does below /tmp must not show in a recording: it is taken out first. The kernel log is one too, and stays. */
function outsideScript({ folder, onHost }: ContainerStage, { mounts }: ManifestContainer, inside: string): string {
  const root = '"$space/root"';
  const hostPath = mounts.find(({ kind, volume }) => kind === 'hostPath' && volume === '/')?.path;
  const host = hostPath === undefined ? [] : [
    `mkdir ${root}${hostPath}`,
    `mount --rbind / ${root}${hostPath}`,
    ...Object.entries(onHost).map(([path, source]) => `mount --bind '${source}' ${root}${hostPath}${path}`),
    `mount --bind "$space/mountinfo" ${root}${hostPath}/proc/1/mountinfo`,
    ...ownNetwork(`${root}${hostPath}`),
  ];
  return `
    cut -d' ' -f5 /proc/self/mountinfo | grep ^/tmp/ | grep -v '^${folder}/kmsg$' | tac | xargs -r umount -l
    grep -v ' - fuse kernel-log ' /proc/self/mountinfo > '${folder}/mountinfo'
    space='${folder}/space'
    mkdir -p "$space"
    mount -t tmpfs tmpfs "$space"
    mkdir "$space/upper" "$space/work" ${root}
    cp '${folder}/mountinfo' "$space/mountinfo"
    mount -t overlay overlay -o lowerdir=/,upperdir="$space/upper",workdir="$space/work" ${root}
    mount --rbind /proc ${root}/proc
    mount --rbind /sys ${root}/sys
    mount -t tmpfs dev ${root}/dev
    for device in ${DEVICES.join(' ')}; do touch ${root}/dev/$device; mount --bind /dev/$device ${root}/dev/$device; done
    mkdir ${root}/volumes
    mount --bind '${folder}' ${root}/volumes
    mount --bind '${folder}/kmsg' ${root}/volumes/kmsg
    ${host.join('\n    ')}
    exec chroot ${root} sh -e '/volumes/${basename(inside)}' "$@"`;
}

/** The node is in the network of the recorder: /proc and /sys of this machine show that of its first process. */
function ownNetwork(host: string): readonly string[] {
  return [
    `mount --bind /proc/$$/net ${host}/proc/1/net`,
    'mkdir "$space/sys"',
    'mount -t sysfs sysfs "$space/sys"',
    ...['class/net', 'devices/virtual/net'].map((folder) => `mount --bind "$space/sys/${folder}" ${host}/sys/${folder}`),
  ];
}

/** In the new root, since /var/run is a link to a path that is another outside. */
function insideScript(stage: ContainerStage, container: ManifestContainer): string {
  /** Where the recorder's folder is seen from inside: below the overlay its files would be copies. */
  const seen = (source: string): string => source.replace(`${stage.folder}/`, '/volumes/');
  const mounts = container.mounts.filter(({ volume }) => volume !== '/' && !AS_IS.includes(volume)).map((mount) => bind(seen(volumeOf(stage, mount)), mount.path, mount.isReadOnly));
  const given = Object.entries(stage.given(container)).map(([path, source]) => bind(seen(source), path, false));
  const groups = container.supplementalGroups.length === 0 ? '--clear-groups' : `--groups ${container.supplementalGroups.join(',')}`;
  const setpriv = container.isPrivileged ? '' : `setpriv --reuid ${container.user} --regid ${container.group} ${groups} --bounding-set=-all --inh-caps=-all --no-new-privs`;
  return `${[...mounts, ...given].join('\n')}\nexec ${setpriv} "$@"\n`;
}

/** A folder of the recorder for each volume: an emptyDir is everybody's, as kubelet makes it, and a hostPath root's. */
function volumeOf({ folder, hostPaths, config }: ContainerStage, { volume, kind, projected }: ManifestMount): string {
  const known = hostPaths[volume];
  if (known !== undefined) return known;
  const path = join(folder, 'volume', volume.replaceAll('/', '_'));
  if (existsSync(path)) return path;
  mkdirSync(path, { recursive: true });
  chmodSync(path, kind === 'emptyDir' ? 0o777 : 0o755);
  if (kind === 'configMap') for (const [file, text] of Object.entries(config)) writeFileSync(join(path, file), text);
  if (projected !== undefined) writeProjected(path, projected);
  return path;
}

function bind(source: string, target: string, isReadOnly: boolean): string {
  const make = `[ -e '${target}' ] || if [ -d '${source}' ]; then mkdir -p '${target}'; else mkdir -p "$(dirname '${target}')"; touch '${target}'; fi`;
  return `${make}\nmount --bind '${source}' '${target}'${isReadOnly ? `\nmount -o remount,bind,ro '${target}'` : ''}`;
}

/** The folder on this machine that containers see at that path of theirs. */
export function folderOf(stage: ContainerStage, container: ManifestContainer, path: string): string {
  const mount = container.mounts.find((one) => one.path === path);
  if (mount === undefined) throw new Error(`${container.name} has nothing mounted at ${path}`);
  return volumeOf(stage, mount);
}
