import { resolve } from 'node:path';
import { ConfigError, UsageError } from '../plugins/core/errors.ts';
import type { MonitorDefinition } from '../plugins/core/monitor.ts';
import { runChild } from '../plugins/linux/child.ts';
import { liveNetworkSources } from '../plugins/network-verifier/live-sources.ts';
import { networkVerifier } from '../plugins/network-verifier/network-verifier.ts';
import { profiles, scopes } from '../plugins/network-verifier/scope.ts';
import { networkSelfTest } from '../plugins/network-verifier/self-test.ts';
import type { networkSettings } from '../plugins/network-verifier/settings.ts';
import { clusterOf } from './cluster.ts';
import { isFolder } from './is-folder.ts';
import type { Given } from './kube-node-ready/given.ts';
import { isToldAsKubeNodeReady } from './kube-node-ready/is-told.ts';
import type { MonitorParts } from './monitor-parts.ts';
import { oneOf, text } from './options.ts';
import { sparingly } from './spare-memory.ts';

const DEFAULT_RESOLV_CONF = '/etc/resolv.conf';

/** The network-verifier as its flags want it. Rejects with UsageError or ConfigError naming the flag. */
export async function networkVerifierOf({ args, log, env = {}, recorded }: MonitorParts): Promise<MonitorDefinition<typeof networkSettings>> {
  if (recorded !== undefined) throw new UsageError('network-verifier: a recording has no network to look at; leave --recording out');
  const scope = oneOf(text(args, 'scope') ?? 'host', scopes, '--scope');
  const profile = oneOf(text(args, 'profile') ?? 'generic', profiles, '--profile');
  const resolvConf = resolve(text(args, 'resolv-conf') ?? DEFAULT_RESOLV_CONF);
  if (isFolder(resolvConf)) throw new ConfigError('--resolv-conf', `${resolvConf} is a folder; give a file, e.g. ${DEFAULT_RESOLV_CONF}`);
  const run = sparingly(runChild);
  const sources = liveNetworkSources({ resolvConf, run, ...(await clusterOf(text(args, 'kubeconfig'), env, run)) });
  const definition = networkVerifier({ sources, scope, profile });
  const told = isToldAsKubeNodeReady(args, env) ? await (await import('./kube-node-ready/read.ts')).readKubeNodeReady(args, env, log) : undefined;
  return { ...definition, settings: told === undefined ? definition.settings : withDefaults(definition.settings, told), selfTest: networkSelfTest(scope) };
}

/** What kube-node-ready was told takes the place of our defaults, below configuration file and flags. Throws ConfigError. */
function withDefaults<T extends typeof networkSettings>(settings: T, given: Given): T {
  const changed = Object.entries(settings).map(([key, setting]) => {
    const found = given.settings[key];
    return [key, found === undefined ? setting : { ...setting, initial: setting.read(found.value, found.path) }];
  });
  return Object.fromEntries(changed) as T;
}
