import type { Check, Look } from '../../plugins/core/check.ts';
import { silentLogger } from '../../plugins/core/log.ts';
import { runCheck } from '../../plugins/core/run-check.ts';
import { defaultsOf } from '../../plugins/core/settings.ts';
import { createHttp } from '../../plugins/network-verifier/attempts/http.ts';
import { connectTcp } from '../../plugins/network-verifier/attempts/tcp.ts';
import { askDns } from '../../plugins/network-verifier/dns/ask.ts';
import { type NetworkSettings, networkSettings } from '../../plugins/network-verifier/settings.ts';
import type { NetworkSources } from '../../plugins/network-verifier/sources.ts';
import { testCa } from './tls-certificates.ts';

/**
 * Real attempts, outside of a cluster, that trust the certificates of tests. Give the address of a name server of the test as setting
 * `nameServers`: resolv.conf names none.
 */
export function localSources(): NetworkSources {
  const { getHttp } = createHttp();
  return {
    askDns,
    connectTcp,
    getHttp: async (request, limits) => await getHttp({ ...request, tls: { ca: testCa, ...request.tls } }, limits),
    readResolvConf: () => Promise.resolve({ kind: 'ok', value: '' }),
    resolvConf: '/etc/resolv.conf',
    readHosts: () => Promise.resolve({ kind: 'ok', value: '127.0.0.1 localhost\n' }),
    cluster: () => ({ kind: 'none', message: 'no cluster here' }),
    isInCluster: false,
    nowMs: () => performance.now(),
    random: Math.random,
  };
}

/** One look, with these settings over the defaults; what it throws becomes unknown, as in a monitor. */
export async function lookOver(check: Check<NetworkSettings>, settings: Partial<NetworkSettings> = {}, signal = new AbortController().signal): Promise<Look> {
  return await runCheck(check, { root: '/', settings: { ...defaultsOf(networkSettings), ...settings }, memo: undefined, signal, log: silentLogger });
}

/** What a look says, without causes: `healthy`, `unknown: message`, `TCPConnectFailed: message, outlook`. */
export function toldBy({ verdicts }: Look): readonly string[] {
  return verdicts.map((verdict) => {
    if (verdict.kind === 'healthy') return verdict.kind;
    if (verdict.kind !== 'problem') return `${verdict.kind}: ${verdict.message}`;
    return `${verdict.reason}: ${[verdict.message, ...(verdict.outlook === undefined ? [] : [verdict.outlook])].join(', ')}`;
  });
}
