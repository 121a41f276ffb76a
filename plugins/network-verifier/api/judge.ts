import { isRecord } from '../../core/decode.ts';
import { type Healthy, type Problem, type Unknown, healthy, problem, unknownOf } from '../../core/verdict.ts';
import type { Fault, Local, Outcome } from '../attempt.ts';
import { faultOfStatus } from '../attempts/http-status.ts';
import { SCOPE_WORDS, type Scope, typeIn } from '../scope.ts';
import type { HttpAnswer } from '../sources.ts';
import type { ApiAnswer } from './api-server.ts';

const SUBJECT = 'API server';

/**
 * `/readyz` is for everybody, whether signed in or not; `/api` for those who are signed in (ClusterRoles system:public-info-viewer
 * and system:discovery), so it shows that the token counts.
 */
export type ApiPath = '/readyz' | '/api';

/** A fault of the API server, and how messages call it. */
export interface ApiFault {
  readonly fault: Fault;
  readonly message: string;
}

/** What is wrong with an answer, or undefined. Pure. */
export function faultOf(path: ApiPath, outcome: Exclude<Outcome<HttpAnswer>, Local>): ApiFault | undefined {
  if (outcome.kind === 'failed') return outcome;
  const { status, body } = outcome.value;
  const fault = faultOfStatus(status, 299);
  if (fault !== undefined) return fault;
  if (path === '/readyz') return body.trim() === 'ok' ? undefined : { fault: 'unexpected-status', message: 'another answer than ok' };
  return isApiVersions(body) ? undefined : { fault: 'malformed', message: 'no list of API versions' };
}

/** `{"kind":"APIVersions","versions":["v1"],...}`, see APIVersions in apimachinery's meta/v1. */
function isApiVersions(body: string): boolean {
  try {
    const content: unknown = JSON.parse(body);
    return isRecord(content) && content['kind'] === 'APIVersions';
  } catch {
    return false;
  }
}

const REASONS: Readonly<Record<Fault, string>> = {
  'timeout': 'APIServerTimeout',
  'silent': 'APIServerTimeout',
  'refused': 'APIServerConnectFailed',
  'unreachable': 'APIServerConnectFailed',
  'not-resolved': 'APIServerConnectFailed',
  'reset': 'APIServerConnectionReset',
  'untrusted': 'APIServerCertificateUntrusted',
  'expired': 'APIServerCertificateExpired',
  'wrong-name': 'APIServerCertificateNameMismatch',
  'tls': 'APIServerTLSFailed',
  'unauthorized': 'APIServerUnauthorized',
  'forbidden': 'APIServerForbidden',
  'throttled': 'APIServerThrottled',
  'server-error': 'APIServerUnhealthy',
  'unexpected-status': 'APIServerUnhealthy',
  'malformed': 'APIServerBadAnswer',
  // Of name servers, which no API server gives.
  'rcode-refused': 'APIServerBadAnswer',
  'server-failure': 'APIServerBadAnswer',
  'name-not-found': 'APIServerBadAnswer',
  'wrong-answer': 'APIServerBadAnswer',
};

/** From where it is asked, and is the check of the name servers switched on, so that their faults are told there? */
export interface ApiJudging {
  readonly scope: Scope;
  readonly isDnsJudged: boolean;
}

/** Of one answer. Pure; `outlook` is not in it. */
export function judge(url: string, path: ApiPath, { outcome, endpoint }: ApiAnswer, { scope, isDnsJudged }: ApiJudging): Healthy | Problem | Unknown {
  const what = `${SUBJECT} ${url} ${SCOPE_WORDS[scope]}: GET ${path}`;
  if (outcome.kind === 'local') return unknownOf(SUBJECT, `${what}: ${outcome.message}`, outcome.cause);
  const found = faultOf(path, outcome);
  if (found === undefined) return healthy;
  // It has a name, and a name server that fails is told by another check.
  const isOfName = endpoint === undefined;
  if (isOfName && found.fault !== 'not-resolved' && isDnsJudged) return unknownOf(SUBJECT, `${what}: ${found.message} (see ${typeIn(scope, 'ClusterDNSUnavailable')})`);
  return problem(REASONS[isOfName ? 'not-resolved' : found.fault], SUBJECT, `${what}: ${found.message}`);
}
