import { mountProblems } from './manifest-mounts.ts';
import { npdProblems } from './manifest-npd.ts';
import type { Manifest } from './manifest-objects.ts';
import { portProblems } from './manifest-ports.ts';
import { schemaProblems } from './manifest-schema.ts';
import { securityProblems } from './manifest-security.ts';
import { workloadProblems } from './manifest-workload.ts';

/**
 * Everything that is wrong with what one overlay renders to, a sentence each; empty if all is well.
 *
 * @param privileged containers of ours that a component in use makes privileged
 */
export async function manifestProblems(objects: Manifest, privileged: readonly string[] = []): Promise<readonly string[]> {
  return [
    ...schemaProblems(objects),
    ...(await npdProblems(objects)),
    ...(await portProblems(objects)),
    ...(await mountProblems(objects)),
    ...securityProblems(objects, privileged),
    ...workloadProblems(objects),
  ];
}
