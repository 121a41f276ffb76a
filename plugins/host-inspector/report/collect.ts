import { messageOf } from '../../core/errors.ts';
import { hostConditions } from '../conditions.ts';
import { NO_DISKS, lookAtDisks } from './disk-looks.ts';
import { readCertificates, readPorts } from './exposure.ts';
import { readFilesystems } from './filesystems.ts';
import type { Table } from './fields.ts';
import { readInventory } from './inventory.ts';
import { readKernel } from './kernel.ts';
import { type NodeReport, REPORT_API_VERSION, REPORT_KIND, type SectionName, type SectionOf, reportSections } from './model.ts';
import { readNetwork } from './network.ts';
import { readNode, toIso } from './node.ts';
import { reportPrivileges } from './privileges.ts';
import { walkProcesses } from './processes.ts';
import { lookAtCpus, readResources } from './resources.ts';
import { reportConditions, summaryOf } from './conditions.ts';
import type { ReportOptions, ReportScene } from './scene.ts';
import { readSecurity } from './security.ts';
import { SERVICE_NAMES, readServices } from './services.ts';
import { readStability } from './stability.ts';
import { allUntold } from './values.ts';

/** What is left of the time for whatever has to be told after a disk did not answer. */
const DISK_SHARE = 0.6;

/**
 * The whole node at one moment. Never rejects, and settles soon after `timeoutMs`: a part that fails or is late says so, and
 * keeps nothing else from being told.
 */
export async function collectReport(options: ReportOptions): Promise<NodeReport> {
  const startedMs = options.nowMs();
  const [begunMs, deadline] = [performance.now(), AbortSignal.timeout(options.timeoutMs)];
  const signal = options.signal === undefined ? deadline : AbortSignal.any([options.signal, deadline]);
  const scene: ReportScene = { ...options, signal, startedMs, diskTimeoutMs: Math.max(1, Math.floor(options.timeoutMs * DISK_SHARE)) };
  const sections = await readSections(scene);
  return {
    apiVersion: REPORT_API_VERSION,
    kind: REPORT_KIND,
    generatedAt: toIso(startedMs),
    tookMs: Math.round(performance.now() - begunMs),
    generator: { name: 'npd-plugins', version: options.version },
    summary: summaryOf(options.conditions.now()),
    ...sections,
  };
}

type Sections = { readonly [N in SectionName]: SectionOf<N> };

async function readSections(scene: ReportScene): Promise<Sections> {
  const { root, conditions, signal } = scene;
  // Before anything else is done, or our own work would be what they are busy with.
  const cpus = await lookAtCpus(scene);
  const looked = untilAborted(conditions.ready(), signal);
  // Nothing of these waits for anything else: a disk that does not answer keeps none of the others.
  const filesystems = guarded('filesystems', signal, () => readFilesystems(scene));
  const ports = guarded('ports', signal, () => readPorts(scene));
  const certificates = guarded('certificates', signal, () => readCertificates(scene));
  const inventory = guarded('inventory', signal, () => readInventory(scene));
  const [disks = NO_DISKS, counts] = await Promise.all([untilAborted(lookAtDisks(scene), signal), walkProcesses(root, SERVICE_NAMES, signal)]);
  const security = guarded('security', signal, () => readSecurity(scene, disks, counts));
  await looked;
  const known = conditions.now();
  const services = await guarded('services', signal, () => readServices(counts, disks, known.find(({ type }) => type === 'ClockUnsynchronized')));
  return {
    node: await guarded('node', signal, () => readNode(scene, disks, services.runtime)),
    conditions: reportConditions(known, hostConditions),
    privileges: await guarded('privileges', signal, () => reportPrivileges(scene)),
    resources: await guarded('resources', signal, () => readResources(root, cpus)),
    filesystems: await filesystems,
    services,
    security: await security,
    kernel: await guarded('kernel', signal, () => readKernel(root)),
    stability: await guarded('stability', signal, () => readStability(root, counts, disks)),
    network: await guarded('network', signal, () => readNetwork(root)),
    ports: await ports,
    certificates: await certificates,
    inventory: await inventory,
  };
}

/** What throws, or is not there in time, is told in every field of its section. */
async function guarded<N extends SectionName>(name: N, signal: AbortSignal, read: () => SectionOf<N> | Promise<SectionOf<N>>): Promise<SectionOf<N>> {
  try {
    const section = await untilAborted(Promise.resolve(read()), signal);
    return section ?? untoldSection(name, 'no answer in time');
  } catch (cause) {
    return untoldSection(name, messageOf(cause));
  }
}

function untoldSection<N extends SectionName>(name: N, message: string): SectionOf<N> {
  const fields: Table = reportSections[name].fields;
  return allUntold(fields, 'error', message) as SectionOf<N>;
}

/** Undefined if the signal comes first; what comes later is of no use to anybody. */
async function untilAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T | undefined> {
  const aborted = Promise.withResolvers<undefined>();
  const onAbort = (): void => aborted.resolve(undefined);
  // What was asked for at the very end gets a turn to answer, since much of it waits for nothing.
  if (signal.aborted) setImmediate(onAbort);
  else signal.addEventListener('abort', onAbort, { once: true });
  try {
    return await Promise.race([promise, aborted.promise]);
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
}
