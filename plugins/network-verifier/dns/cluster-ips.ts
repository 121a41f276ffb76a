import type { Attempt } from './ask-server.ts';
import { canonicalAddress } from './canonical-address.ts';
import { findingsOf } from './findings.ts';

/** What one server was asked. */
export interface AskedServer {
  /** `10.96.0.10:53` */
  readonly server: string;
  readonly attempts: readonly Attempt[];
}

type ClusterIps = ReadonlyMap<string, readonly string[]>;

/** Fills in what is expected, for all servers of one look. */
export type ExpectClusterIps = (asked: readonly AskedServer[]) => readonly AskedServer[];

/**
 * The name of a Service is to lead to the cluster IPs that the API server has told, where nothing else is expected. They are told every
 * few minutes, and a Service that was made anew in between has others: so where an answer is another, any will do until they are told
 * once more. Holds state.
 *
 * @param clusterIps by fully qualified name; a list of its own each time it is told
 */
export function createExpectClusterIps(clusterIps: ClusterIps): ExpectClusterIps {
  let doubts: ClusterIps = new Map();
  return (asked) => {
    const next = new Map<string, readonly string[]>();
    const expected = asked.map(({ server, attempts }) => ({
      server,
      attempts: [...Map.groupBy(attempts, (attempt) => attempt.asked)].flatMap(([{ name, expected: given }, ofName]) => {
        const told = given.length > 0 ? undefined : clusterIps.get(name);
        const compared = told && expecting(ofName, told);
        if (told === undefined || compared === undefined) return ofName;
        if (!isWrong(compared)) return compared;
        const key = `${server} ${name}`;
        const doubted = doubts.get(key) ?? told;
        next.set(key, doubted);
        return doubted === told ? ofName : compared;
      }),
    }));
    doubts = next;
    return expected;
  };
}

function expecting(attempts: readonly Attempt[], told: readonly string[]): readonly Attempt[] {
  const [first] = attempts;
  if (first === undefined) return attempts;
  const asked = { ...first.asked, expected: told.map(canonicalAddress) };
  return attempts.map((attempt) => ({ ...attempt, asked }));
}

function isWrong(attempts: readonly Attempt[]): boolean {
  return findingsOf(attempts, Infinity).some(({ fault }) => fault === 'wrong-answer');
}
