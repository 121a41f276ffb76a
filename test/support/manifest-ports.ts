import type { IProbe } from 'kubernetes-models/v1';
import { type Manifest, type PlacedContainer, containersOf, isInHostNetwork } from './manifest-objects.ts';
import { programOrProblem } from './manifest-program.ts';

/** Probes ask for what the container opens, on 127.0.0.1 in the network of the node and else on the address of the Pod, and no port of the node is opened twice. */
export async function portProblems(objects: Manifest): Promise<readonly string[]> {
  const opened: { readonly where: string; readonly port: number }[] = [];
  const problems: string[] = [];
  for (const placed of containersOf(objects)) {
    const read = await programOrProblem(placed);
    if ('problem' in read) continue;
    const { ports, httpPaths } = read.program;
    problems.push(...(httpPaths.length === 0 ? unasked(placed) : probeProblems(placed, ports, httpPaths)), ...declared(placed, ports));
    for (const port of isInHostNetwork(placed.daemonSet) ? ports : []) {
      const other = opened.find((one) => one.port === port);
      if (other !== undefined) problems.push(`${placed.where}: opens port ${port}, as ${other.where} does`);
      opened.push({ where: placed.where, port });
    }
  }
  return problems;
}

/** The scheduler knows of a port only what is declared: without it a second Pod comes to the node, and fails at its start. */
function declared({ daemonSet, container, where }: PlacedContainer, ports: readonly number[]): readonly string[] {
  const found = (container.ports ?? []).map(({ containerPort, hostPort, hostIP }) => (hostPort === undefined && hostIP === undefined ? `${containerPort}` : `${hostIP}:${hostPort}:${containerPort}`));
  const wanted = ports.map((port) => (isInHostNetwork(daemonSet) ? `127.0.0.1:${port}:${port}` : `${port}`));
  return found.join() === wanted.join() ? [] : [`${where}: declares the ports ${found.join()}, and opens ${wanted.join()}`];
}

/** What serves no HTTP, as an init container or a report, has nobody to answer. */
function unasked({ container, where }: PlacedContainer): readonly string[] {
  return (['livenessProbe', 'readinessProbe', 'startupProbe'] as const).filter((kind) => container[kind] !== undefined).map((kind) => `${where}: nobody answers its ${kind}`);
}

const OF_POD = "the Pod's address";

function probeProblems({ daemonSet, container, isInit, where }: PlacedContainer, ports: readonly number[], paths: readonly string[]): readonly string[] {
  if (isInit) return [];
  const wanted = container.name === 'node-problem-detector' ? { livenessProbe: '/healthz', readinessProbe: '/healthz' } : { livenessProbe: '/healthz', readinessProbe: '/readyz' };
  return Object.entries(wanted).flatMap(([kind, path]) => {
    const { httpGet } = (container[kind as keyof typeof container] as IProbe | undefined) ?? {};
    if (httpGet === undefined) return [`${where}: no ${kind}`];
    return [
      ...(httpGet.host === (isInHostNetwork(daemonSet) ? '127.0.0.1' : undefined) ? [] : [`${where}: ${kind} asks ${httpGet.host ?? OF_POD}, HTTP is on ${isInHostNetwork(daemonSet) ? '127.0.0.1' : OF_POD}`]),
      ...(ports.includes(Number(httpGet.port)) ? [] : [`${where}: ${kind} asks port ${httpGet.port}, which the container does not open`]),
      ...(httpGet.path === path && paths.includes(path) ? [] : [`${where}: ${kind} asks for ${httpGet.path ?? '/'}, not ${path}`]),
    ];
  });
}
