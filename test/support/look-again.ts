import type { Check, Look } from '../../plugins/core/check.ts';
import { silentLogger } from '../../plugins/core/log.ts';
import { runCheck } from '../../plugins/core/run-check.ts';
import { defaultsOf } from '../../plugins/core/settings.ts';
import type { Verdict } from '../../plugins/core/verdict.ts';
import { type HostSettings, hostSettings } from '../../plugins/host-inspector/settings.ts';
import { type HostTree, hostTree } from './host-tree.ts';

/** Looks at a host again and again with one check, which gets back what it kept as the state file would give it. */
export interface Looker {
  /** At this uptime of the host, with settings other than the usual ones. */
  readonly look: (uptimeSeconds: number, settings?: Partial<HostSettings>) => Promise<Look>;
  /** What is not healthy, without the error behind an unknown. */
  readonly told: (uptimeSeconds: number, settings?: Partial<HostSettings>) => Promise<readonly Verdict[]>;
  /** The host boots: only the baseline is left. */
  readonly reboot: () => void;
  readonly kept: () => { readonly memo: unknown; readonly baseline: unknown };
}

export function looker(host: HostTree, check: Check<HostSettings>): Looker {
  let [memo, baseline]: unknown[] = [];
  const look: Looker['look'] = async (uptimeSeconds, settings = {}) => {
    host.write('proc/uptime', `${uptimeSeconds.toFixed(2)} 0.00\n`);
    const scene = { root: host.root, settings: { ...defaultsOf(hostSettings), ...settings }, memo, baseline, signal: new AbortController().signal, log: silentLogger };
    const seen = await runCheck(check, scene);
    if (seen.memo !== undefined) memo = JSON.parse(JSON.stringify(seen.memo));
    if (seen.baseline !== undefined) baseline = JSON.parse(JSON.stringify(seen.baseline));
    return seen;
  };
  return {
    look,
    async told(uptimeSeconds, settings) {
      const { verdicts } = await look(uptimeSeconds, settings);
      return verdicts.filter(({ kind }) => kind !== 'healthy').map((verdict) => {
        const { cause: _, ...rest } = { cause: undefined, ...verdict };
        return rest;
      });
    },
    reboot: () => (memo = undefined),
    kept: () => ({ memo, baseline }),
  };
}

/** For the tests of one `describe`: each begins with a healthy host of its own, at which nobody has looked. Outside of any it would do so for every test there is. */
export function eachWithHost(check: Check<HostSettings>, begin: (host: HostTree, looks: Looker) => void): void {
  let host: HostTree;
  beforeEach(() => {
    host = hostTree();
    begin(host, looker(host, check));
  });
  afterEach(() => host[Symbol.dispose]());
}
