import { type DiskFileOptions, listDiskFolder } from './disk-file.ts';

/** Where kubelet keeps the logs of containers, one folder for each Pod of the node: `<namespace>_<name>_<uid>`. */
const FOLDER = 'var/log/pods';

/** Neither a namespace nor a name may hold an underscore. */
const POD_FOLDER = /^([a-z0-9-]{1,63})_([a-z0-9.-]{1,253})_([0-9a-f-]{32,36})$/;

/** After a disk that did not answer, which may hold the child for ever. */
const REST_MS = 10 * 60_000;

let restUntilMs = -Infinity;

/**
 * `namespace/name` of the node's Pods by UID, static ones included, from the names of the folders with their logs: the API server
 * need not be asked. Empty where there is no such folder or it cannot be listed: names are a convenience. Never rejects.
 */
export async function readPodNames(root: string, options: DiskFileOptions, nowMs = performance.now.bind(performance)): Promise<ReadonlyMap<string, string>> {
  if (nowMs() < restUntilMs) return new Map();
  const listed = await listDiskFolder(root, FOLDER, options);
  if (listed.kind === 'failed' && options.signal?.aborted !== true) restUntilMs = nowMs() + REST_MS;
  return listed.kind === 'ok' ? podNames(listed.value) : new Map();
}

/** Pure. */
export function podNames(folders: readonly string[]): ReadonlyMap<string, string> {
  return new Map(folders.flatMap((folder) => {
    const [, namespace, name, uid] = POD_FOLDER.exec(folder) ?? [];
    return uid === undefined ? [] : [[uid, `${namespace}/${name}`]] as const;
  }));
}
