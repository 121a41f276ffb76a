import type { Context, ParsedArgs } from '../command.ts';
import { text } from '../options.ts';

/** Environment variables of kube-node-ready that concern checks, or lead to its file. */
export const CHECK_VARIABLES: readonly string[] = ['DNS_TEST_DOMAINS', 'CLUSTER_DNS_IP', 'CHECK_TIMEOUT', 'ENABLE_CONNECTIVITY_MATRIX', 'WORKER_CONFIG_PATH'];

/** Whether there is anything of kube-node-ready to be read: a sidecar that has nothing to do with it pays nothing for its tables. */
export function isToldAsKubeNodeReady(args: ParsedArgs, env: Context['env']): boolean {
  return text(args, 'kube-node-ready') !== undefined || CHECK_VARIABLES.some((name) => (env[name] ?? '') !== '');
}
