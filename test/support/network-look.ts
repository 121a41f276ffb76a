import type { Check, Look } from '../../plugins/core/check.ts';
import { silentLogger } from '../../plugins/core/log.ts';
import { runCheck } from '../../plugins/core/run-check.ts';
import { defaultsOf } from '../../plugins/core/settings.ts';
import type { Verdict } from '../../plugins/core/verdict.ts';
import { createHttp } from '../../plugins/network-verifier/attempts/http.ts';
import { connectTcp } from '../../plugins/network-verifier/attempts/tcp.ts';
import { askDns } from '../../plugins/network-verifier/dns/ask.ts';
import { type NetworkSettings, networkSettings } from '../../plugins/network-verifier/settings.ts';
import type { NetworkSources } from '../../plugins/network-verifier/sources.ts';
import { testCa } from './tls-certificates.ts';

/** Sources of a test, whose attempts are real; `close` ends the connections that are kept. */
export interface TestSources extends Disposable {
  readonly sources: NetworkSources;
}

/** Without more: outside of a cluster, without a name server, and with hosts(5) that is empty. */
export function testSources(more: Partial<NetworkSources> = {}): TestSources {
  const { getHttp, close } = createHttp();
  const sources: NetworkSources = {
    askDns,
    connectTcp,
    getHttp,
    readResolvConf: async () => ({ kind: 'absent', message: '/etc/resolv.conf: no such file or directory' }),
    resolvConf: '/etc/resolv.conf',
    cluster: () => ({ kind: 'none', message: 'KUBERNETES_SERVICE_HOST is not set' }),
    readHosts: async () => ({ kind: 'ok', value: '' }),
    isInCluster: false,
    nowMs: () => performance.now(),
    random: () => 0,
    ...more,
  };
  return { sources, [Symbol.dispose]: close };
}

/** Of these, what trusts the certificates of tests; give the address of a name server of the test as setting `nameServers`. */
export function localSources(): NetworkSources {
  const { sources } = testSources({ readHosts: () => Promise.resolve({ kind: 'ok', value: '127.0.0.1 localhost\n' }) });
  return { ...sources, getHttp: async (request, limits) => await sources.getHttp({ ...request, tls: { ca: testCa, ...request.tls } }, limits) };
}

/** One look, with these settings over the defaults; what it throws becomes unknown, as in a monitor. */
export async function lookOnce(check: Check<NetworkSettings>, settings: Partial<NetworkSettings> = {}, signal = new AbortController().signal): Promise<Look> {
  return await runCheck(check, { root: '/', settings: { ...defaultsOf(networkSettings), ...settings }, signal, log: silentLogger, memo: undefined });
}

/** Without their outlooks and causes. */
export function bare(verdicts: readonly Verdict[]): readonly Verdict[] {
  return verdicts.map((verdict) => {
    if (verdict.kind === 'problem') {
      const { outlook: _, ...rest } = verdict;
      return rest;
    }
    return verdict.kind === 'unknown' ? { kind: verdict.kind, ...(verdict.subject !== undefined && { subject: verdict.subject }), message: verdict.message } : verdict;
  });
}

/** What a look says, without causes: `healthy`, `unknown: message`, `TCPConnectFailed: message, outlook`. */
export function toldBy({ verdicts }: Look): readonly string[] {
  return verdicts.map((verdict) => {
    if (verdict.kind === 'healthy') return verdict.kind;
    if (verdict.kind !== 'problem') return `${verdict.kind}: ${verdict.message}`;
    return `${verdict.reason}: ${[verdict.message, ...(verdict.outlook === undefined ? [] : [verdict.outlook])].join(', ')}`;
  });
}
