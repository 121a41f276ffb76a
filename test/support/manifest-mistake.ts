import { assert } from 'chai';
import { type Editable, editable } from './manifest-edit.ts';
import { nameOf } from './manifest-objects.ts';
import { manifestProblems } from './manifest-rules.ts';

export interface Mistake {
  readonly name: string;
  readonly overlay: string;
  readonly plant: (manifest: Editable) => void;
  /** All that the rules say; CONFIG stands for the name of the ConfigMap. */
  readonly found: readonly string[];
}

/** Replaces members, whatever their types are. */
export function set(target: object | undefined, members: object): void {
  if (target === undefined) throw new Error('nothing to change');
  Object.assign(target, members);
}

/** Replaces one argument of a container by others. */
export function argument(manifest: Editable, where: string, from: string, to: readonly string[]): void {
  const container = manifest.container(where);
  const { args = [] } = container;
  assert.include(args, from);
  container.args = args.flatMap((arg) => (arg === from ? to : [arg]));
}

/** A test for each. */
export function findsEach(mistakes: readonly Mistake[]): void {
  for (const { name, overlay, plant, found } of mistakes) {
    it(name, async () => {
      const manifest = editable(overlay);
      const map = manifest.objects.find((object) => object.kind === 'ConfigMap');
      const config = map === undefined ? '' : nameOf(map);
      plant(manifest);
      assert.deepEqual(await manifestProblems(manifest.objects), found.map((text) => text.replace('CONFIG', config)));
    });
  }
}
