import type { IContainer, IPodSpec } from 'kubernetes-models/v1';
import { type Manifest, containersOf, daemonSetsOf, deployManifest, nameOf, podOf } from './manifest-objects.ts';

/** What a mistake is planted in: read from the file anew, so that nothing stays. */
export interface Editable {
  readonly objects: Manifest;
  /** By `npd-ext/gpu-monitor`. Throws if there is none. */
  readonly container: (where: string) => IContainer;
  /** Of a DaemonSet. Throws if there is none. */
  readonly pod: (name: string) => IPodSpec;
  /** Changes a file of the ConfigMap; throws if it does not hold `from`. */
  readonly file: (name: string, from: string, to: string) => void;
}

export function editable(overlay: string): Editable {
  const objects = deployManifest(overlay);
  return {
    objects,
    container: (where) => found(containersOf(objects).find((placed) => placed.where === where), where).container,
    pod: (name) => podOf(found(daemonSetsOf(objects).find((one) => nameOf(one) === name), name)),
    file(name, from, to) {
      const map = found(objects.find((one) => one.kind === 'ConfigMap'), 'ConfigMap');
      const text = found(map.kind === 'ConfigMap' ? map.data?.[name] : undefined, name);
      if (!text.includes(from)) throw new Error(`${name} does not hold ${from}`);
      Object.assign(found(map.kind === 'ConfigMap' ? map.data : undefined, name), { [name]: text.replace(from, to) });
    },
  };
}

function found<T>(value: T | undefined, what: string): T {
  if (value === undefined) throw new Error(`there is no ${what}`);
  return value;
}
