import type { Check, Reading } from '../../core/check.ts';
import { type Verdict, notApplicable, unknownOf } from '../../core/verdict.ts';
import { resolveName } from '../dns/resolve.ts';
import { SCOPE_WORDS } from '../scope.ts';
import type { NetworkSettings } from '../settings.ts';
import { PEERS, judgePeers, ownAddresses, peersAmong, sampleOf } from '../targets/peers.ts';
import { networkCheck } from './network-check.ts';
import type { CheckParts } from './parts.ts';

/** Of fewer, one that restarts is half. */
const FEWEST = 3;

/** Can some of the verifiers of other nodes be reached, chosen anew each time? Their connections prove the way between nodes. */
export function peers({ sources, scope, surroundings }: CheckParts, own: () => readonly string[] = ownAddresses): Check<NetworkSettings> {
  return networkCheck({
    name: PEERS,
    condition: 'NetworkTargetUnreachable',
    scope,
    async look({ settings, signal }, tally) {
      const { peers: service, peerPort: port, peerSample, checkTimeout: timeoutMs } = settings;
      if (service === '') return { verdicts: [notApplicable(`${PEERS} (none configured)`)] };
      const resolved = await resolveName(service, { sources, settings, signal });
      // Nobody is ready: in a new cluster this is the first node, and every other one waits for the same.
      if (resolved.kind === 'failed' && resolved.fault === 'not-resolved') return { verdicts: [notApplicable(`${PEERS} (${resolved.message})`)] };
      if (resolved.kind !== 'ok') return { verdicts: [unknownOf(PEERS, `${PEERS}: ${resolved.message} (${SCOPE_WORDS[scope]})`, resolved.cause)] };
      const found = peersAmong(resolved.value, own());
      const count: Reading = { name: 'peers_found', value: found.length, unit: 'count', source: `DNS: ${service}` };
      if (found.length < FEWEST) return { verdicts: [notApplicable(`${PEERS} (fewer than ${FEWEST} others at ${service})`)], readings: [count] };
      const chosen = sampleOf(found, peerSample, sources.random);
      const outcomes = await Promise.all(chosen.map(async (address) => await sources.connectTcp({ address, port }, { timeoutMs, signal })));
      for (const outcome of outcomes) tally.count('peer', outcome);
      const verdict: Verdict = judgePeers(outcomes, service, port, scope);
      if (verdict.kind !== 'unknown') surroundings.note('peer', service, verdict.kind === 'healthy');
      const reached: Reading = { name: 'peers_reached', value: outcomes.filter(({ kind }) => kind === 'ok').length, unit: 'count', source: 'TCP connection' };
      return { verdicts: [verdict], readings: [count, { name: 'peers_tried', value: chosen.length, unit: 'count', source: 'TCP connection' }, reached] };
    },
  });
}
