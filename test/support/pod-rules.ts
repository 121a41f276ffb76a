import { spawnSync } from 'node:child_process';
import { mountNamespace } from './namespaces.ts';
import { configText, containersOf, deployManifest } from './manifest-objects.ts';
import type { PodOnNode } from './pod-on-node.ts';

/** What NPD's custom plugin monitor runs to learn of a condition. */
export interface PluginRule {
  readonly condition: string;
  readonly path: string;
  readonly args: readonly string[];
}

/** NPD's container, as far as the programs see it that its rules run. */
export interface RuleRunner extends AsyncDisposable {
  readonly run: (rule: PluginRule) => { readonly code: number | null; readonly stdout: string };
}

const NPD = 'node-problem-detector';
const FLAG = '--config.custom-plugin-monitor=';

/** The rules of all files that NPD of `deploy/<overlay>.yaml` loads for its custom plugin monitor, out of the ConfigMap. */
export function pluginRulesOf(overlay: string): readonly PluginRule[] {
  const objects = deployManifest(overlay);
  return containersOf(objects).filter(({ container }) => container.name === NPD).flatMap((placed) => {
    const files = (placed.container.args ?? []).filter((arg) => arg.startsWith(FLAG)).flatMap((arg) => arg.slice(FLAG.length).split(','));
    return files.flatMap((file) => (JSON.parse(configText(objects, placed, file) ?? '') as { readonly rules: readonly PluginRule[] }).rules);
  });
}

/** Its folders at the paths of its container, read-only where they are that, and dash as the shell, as Debian has it, which NPD's image is made of. */
export async function ruleRunner(pod: PodOnNode): Promise<RuleRunner> {
  const { volumeMounts = [] } = pod.containerOf(NPD);
  const shared = volumeMounts.filter(({ name, mountPath }) => pod.emptyDirs[name] !== undefined && mountPath.startsWith('/var/run/'));
  await using started = new AsyncDisposableStack();
  const namespace = started.use(await mountNamespace('private'));
  namespace.run('sh', '-ec', 'mount -t tmpfs tmpfs /run; mount --bind "$(command -v dash)" "$(readlink -f /bin/sh)"');
  for (const { name, mountPath, readOnly } of shared) {
    namespace.run('mkdir', '-p', mountPath);
    namespace.run('mount', '--bind', '-o', readOnly === true ? 'ro' : 'rw', pod.emptyDirs[name] ?? '', mountPath);
  }
  const stack = started.move();
  return {
    run({ path, args }) {
      const { status, stdout, error } = spawnSync('nsenter', ['--mount', '--target', String(namespace.pid), '--wd=/', '--', path, ...args], { encoding: 'utf8', env: {} });
      if (error !== undefined) throw error;
      return { code: status, stdout };
    },
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  };
}
