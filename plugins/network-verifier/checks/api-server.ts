import type { Check, Reading } from '../../core/check.ts';
import { type Verdict, healthy, notApplicable, unknown } from '../../core/verdict.ts';
import type { ApiAccess } from '../../kube/access.ts';
import { endpointText } from '../attempt.ts';
import type { ApiAnswer, ApiServer } from '../api/api-server.ts';
import { createApiFinder } from '../api/find.ts';
import { type ApiJudging, type ApiPath, faultOf, judge } from '../api/judge.ts';
import type { NetworkSettings } from '../settings.ts';
import type { AttemptTally } from '../tally.ts';
import { type Findings, networkCheck } from './network-check.ts';
import type { CheckParts } from './parts.ts';

/** So many looks the answer to `/api` is good for: the token is accepted until it rotates, and what is asked costs the API server. */
const PROOF_LOOKS = 5;

/** Who was accepted, where, and for how many looks more that is good. */
interface Proof {
  readonly identity: string;
  readonly looksLeft: number;
}

/**
 * Can we work with the API server: TCP, TLS against the cluster's CA, `/readyz`, and that our token counts? One connection stays
 * open between the looks, so a minute costs one small request and every fifth one more.
 */
export function apiServer({ sources, scope, surroundings }: CheckParts): Check<NetworkSettings> {
  const find = createApiFinder(sources, surroundings);
  let proof: Proof | undefined;

  const look = async ({ api, access }: { readonly api: ApiServer; readonly access: ApiAccess }, judging: ApiJudging, tally: AttemptTally): Promise<Findings> => {
    const before = proof;
    proof = undefined;
    const ready = await getCounted(api, '/readyz', tally);
    const verdict = judge(api.url, '/readyz', ready, judging);
    const readings = readingsOf(api.url, ready);
    const isClosed = verdict.kind === 'problem' && verdict.reason === 'APIServerForbidden';
    if (verdict.kind !== 'healthy' && !isClosed) return { verdicts: [verdict], readings };
    const identity = JSON.stringify([api.url, ready.endpoint, access.token, access.certificate]);
    if (!isClosed && before?.identity === identity && before.looksLeft > 0) {
      proof = { identity, looksLeft: before.looksLeft - 1 };
      return { verdicts: [healthy], readings };
    }
    const signedIn = await getCounted(api, '/api', tally);
    const second = judge(api.url, '/api', signedIn, judging);
    if (second.kind === 'healthy') proof = { identity, looksLeft: PROOF_LOOKS - 1 };
    // Some clusters take the right to read /readyz away: who may read /api is served all the same.
    const without = isClosed && second.kind === 'healthy' ? [notApplicable('/readyz of the API server (needs the right to get it, as the ClusterRole system:public-info-viewer gives)')] : [];
    return { verdicts: [second, ...without], readings };
  };

  return networkCheck({
    name: 'api-server',
    condition: 'APIServerUnreachable',
    scope,
    async look({ settings, signal }, tally) {
      if (settings.apiServer === 'off') return { verdicts: [{ ...notApplicable('API server (switched off)'), reason: 'APIServerNotJudged' }] };
      const found = await find(settings, signal);
      if (found.kind === 'none') return { verdicts: [notApplicable('API server (no cluster here)')] };
      const { verdicts, readings = [] } = found.kind === 'ok' ? await look(found, { scope, isDnsJudged: settings.dns === 'on' }, tally) : { verdicts: [unknown(`API server: ${found.message}`, found.cause)] };
      const outlook = found.kind === 'ok' ? surroundings.outlook('API server', found.api.url) : '';
      return { verdicts: verdicts.map((verdict): Verdict => (verdict.kind === 'problem' ? { ...verdict, outlook } : verdict)), readings };
    },
  });
}

async function getCounted(api: ApiServer, path: ApiPath, tally: AttemptTally): Promise<ApiAnswer> {
  const answer = await api.get(path);
  const { outcome, endpoint } = answer;
  const found = outcome.kind === 'local' ? undefined : faultOf(path, outcome);
  tally.count('api-server', outcome, found && endpoint === undefined ? 'not-resolved' : found?.fault);
  return answer;
}

function readingsOf(url: string, { outcome, endpoint }: ApiAnswer): readonly Reading[] {
  if (outcome.kind !== 'ok' || endpoint === undefined) return [];
  const source = 'GET /readyz';
  return [
    { name: 'api_server_address', subject: url, value: endpointText(endpoint), unit: '', source },
    { name: 'api_server_latency', subject: url, value: Math.round(outcome.tookMs) / 1_000, unit: 'seconds', source },
  ];
}
