import { type Manifest, type PlacedContainer, containersOf, daemonSetsOf, nameOf, placeOf, podOf } from './manifest-objects.ts';
import { programOrProblem } from './manifest-program.ts';

/** Who reads a mount that no argument names. A mount that is in neither has no reader. */
const READERS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'node-problem-detector': {
    '/var/run/npd': "socketAddress, or a rule's arguments, of the files in /config",
    '/var/run/npd-bridge': "a rule's arguments, of the files in /config",
    '/var/run/secrets/kubernetes.io/serviceaccount': 'client-go, which publishes conditions and events',
    '/dev/kmsg': 'kernel-monitor.json, whose plugin is kmsg',
    '/var/log': 'monitors that follow a log file (plugin filelog), as npd-ext mounts it',
    '/etc/localtime': "Go's time package, for time stamps of the log",
  },
  'gpu-monitor': {
    '/dev': 'nvidia-smi: /dev/nvidiactl, /dev/nvidia0 and so on',
    '/dev/kmsg': '--kmsg, by its default',
    '/host/usr': 'where nvidia-smi is looked for: usr/bin below /host',
    '/home/kubernetes/bin/nvidia': 'where nvidia-smi is looked for: GKE',
    '/run/nvidia/driver': 'where nvidia-smi is looked for: the driver root of the GPU Operator',
  },
};

/** Each volume is mounted, each mount is read by somebody, and each folder that an argument names lies in a mount. */
export async function mountProblems(objects: Manifest): Promise<readonly string[]> {
  const containers = containersOf(objects);
  return [
    ...(await Promise.all(containers.map(containerProblems))).flat(),
    ...daemonSetsOf(objects).flatMap((daemonSet) => {
      const mounted = containers.filter((placed) => placed.daemonSet === daemonSet).flatMap(({ container }) => container.volumeMounts ?? []);
      const volumes = podOf(daemonSet).volumes ?? [];
      return [
        ...volumes.filter(({ name }) => !mounted.some((mount) => mount.name === name)).map(({ name }) => `${nameOf(daemonSet)}: nobody mounts the volume ${name}`),
        ...mounted.filter((mount) => !volumes.some(({ name }) => name === mount.name)).map(({ name }) => `${nameOf(daemonSet)}: there is no volume ${name}`),
      ];
    }),
  ];
}

async function containerProblems(placed: PlacedContainer): Promise<readonly string[]> {
  const read = await programOrProblem(placed);
  if ('problem' in read) return [read.problem];
  const { paths } = read.program;
  const { container, where } = placed;
  const isRead = (mountPath: string): boolean => paths.some((path) => path === mountPath || path.startsWith(`${mountPath}/`)) || READERS[container.name]?.[mountPath] !== undefined;
  return [
    ...(container.volumeMounts ?? []).filter(({ mountPath }) => !isRead(mountPath)).map(({ mountPath }) => `${where}: nobody reads ${mountPath}`),
    ...paths.filter((path) => placeOf(placed, path) === undefined).map((path) => `${where}: ${path} is not mounted`),
  ];
}
