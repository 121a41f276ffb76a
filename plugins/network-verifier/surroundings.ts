import { LONGEST_ATTEMPT_MS } from './settings/attempts.ts';

/** What can be reached, in the words of messages. */
export type Kind = 'name server' | 'API server' | 'target' | 'service' | 'peer';

/** What all checks of this process found last: whether one failing thing is alone in it. */
export interface Surroundings {
  /**
   * `isOk` of what was tried last; `endpoint` where it is one, e.g. `10.96.0.1:443`. Whoever has answered can be reached, be the answer
   * wrong.
   */
  readonly note: (kind: Kind, name: string, isOk: boolean, endpoint?: string, hasAnswered?: boolean) => void;
  /** Node or target, which is likelier? One line for `Problem.outlook`; for what `kind` calls by `name`, which has failed. */
  readonly outlook: (kind: Kind, name: string) => string;
  /** Does what another kind of check tried at this endpoint fail? Then it is told there. */
  readonly failsElsewhere: (kind: Kind, endpoint: string) => boolean;
  /** Does anything of this kind fail? */
  readonly fails: (kind: Kind) => boolean;
  /** Can another of this kind be reached than the one that is called so? */
  readonly reachesAnother: (kind: Kind, name: string) => boolean;
  /** Has nothing of this kind been tried yet, or not for long? */
  readonly isUntried: (kind: Kind) => boolean;
  /** Cluster IPs of Services by fully qualified name, as the API server has told them. */
  readonly clusterIps: Map<string, readonly string[]>;
  /** Name servers that tell a name wrongly which the DNS check asks for, or do not know it: what they say of others is not relied upon. */
  readonly doubtfulServers: Set<string>;
}

interface Known {
  readonly kind: Kind;
  readonly isOk: boolean;
  readonly hasAnswered: boolean;
  readonly endpoint: string | undefined;
  readonly atMs: number;
  /** Of what fails: since when, look after look. */
  readonly failsSinceMs: number | undefined;
}

/** What was found longer ago says nothing about now: three looks. */
const GOOD_FOR_MS = 200_000;
const GOOD_FOR_SERVICES_MS = 1_000_000;

const WITH_ARTICLE: Readonly<Record<Kind, string>> = {
  'name server': 'a name server', 'API server': 'the API server', target: 'a target', service: 'a service', peer: 'a peer',
};

/**
 * What was well before something else began to fail tells nothing of that: Services are tried every five minutes, and an outage is told
 * after two. But in one look of all checks a failed attempt ends later than a good one, by all that an attempt may take and a little more.
 */
const SAME_TIME_MS = LONGEST_ATTEMPT_MS + 2_000;

/** @param nowMs monotonic */
export function createSurroundings(nowMs: () => number): Surroundings {
  const known = new Map<string, Known>();
  /** Addresses of peers come and go for months, so what is too old is not kept. */
  const fresh = (): readonly (readonly [string, Known])[] => {
    const atMs = nowMs();
    for (const [key, { kind, atMs: thenMs }] of known) {
      if (atMs - thenMs > (kind === 'service' ? GOOD_FOR_SERVICES_MS : GOOD_FOR_MS)) known.delete(key);
    }
    return [...known];
  };
  return {
    clusterIps: new Map(),
    doubtfulServers: new Set(),
    note(kind, name, isOk, endpoint, hasAnswered = isOk) {
      fresh();
      const [key, atMs] = [`${kind} ${name}`, nowMs()];
      known.set(key, { kind, isOk, hasAnswered, endpoint, atMs, failsSinceMs: isOk ? undefined : known.get(key)?.failsSinceMs ?? atMs });
    },
    outlook(kind, name) {
      const [entries, own] = [fresh(), `${kind} ${name}`];
      const { hasAnswered = false, failsSinceMs = -Infinity } = known.get(own) ?? {};
      const others = entries.flatMap(([key, one]) => {
        // Beside one that answers wrong, another that does so is no better.
        const isOk = hasAnswered && one.kind === kind ? one.isOk : one.hasAnswered;
        return key !== own && !isOnThisNode(one) && (!isOk || one.atMs >= failsSinceMs - SAME_TIME_MS) ? [{ kind: one.kind, isOk }] : [];
      });
      return judgeOutlook(kind, others, hasAnswered);
    },
    failsElsewhere: (kind, endpoint) => fresh().some(([, one]) => one.kind !== kind && one.endpoint === endpoint && !one.isOk),
    fails: (kind) => fresh().some(([, one]) => one.kind === kind && !one.isOk),
    reachesAnother: (kind, name) => fresh().some(([key, one]) => one.kind === kind && one.hasAnswered && key !== `${kind} ${name}`),
    isUntried: (kind) => fresh().every(([, one]) => one.kind !== kind),
  };
}

/**
 * A name server that forwards, as NodeLocal DNSCache and systemd-resolved do, listens at an address of this machine (RFC 1122, 3.2.1.3)
 * or of its link (RFC 3927), and answers from its memory while the network of the node is down.
 */
function isOnThisNode({ kind, endpoint = '' }: Known): boolean {
  return kind === 'name server' && /^(?:127\.|169\.254\.|\[::1\]:)/.test(endpoint);
}

/** `a`, `a and b`, `a, b and c` */
function listed(words: readonly string[]): string {
  return words.length < 2 ? words.join() : `${words.slice(0, -1).join(', ')} and ${words.at(-1)}`;
}

/** Something is there that speaks, and says the wrong thing. */
export function answersWrong(kind: Kind): string {
  return `but it answers: likelier this ${kind} than this node`;
}

/** Pure: of one that failed, beside these others. @param hasAnswered it has, so packets get there and back, only the answer is wrong */
export function judgeOutlook(kind: Kind, others: readonly Pick<Known, 'kind' | 'isOk'>[], hasAnswered = false): string {
  if (hasAnswered && others.every(({ isOk }) => !isOk)) return answersWrong(kind);
  if (others.length === 0) return 'nothing else was tried yet, so node and target cannot be told apart';
  if (others.every(({ isOk }) => !isOk)) return 'and nothing else can be reached: likelier this node than what it asks';
  const same = others.filter((one) => one.kind === kind);
  const reachedCount = same.filter(({ isOk }) => isOk).length;
  if (reachedCount > 0) {
    const which = same.length === 1 ? 'the other' : reachedCount === same.length ? 'every other' : 'another';
    return `but ${which} ${kind} can be reached: likelier this ${kind} than this node`;
  }
  const rest = listed([...new Set(others.filter(({ isOk }) => isOk).map((one) => WITH_ARTICLE[one.kind]))].toSorted());
  return same.length > 0
    ? `and no other ${kind} either, but ${rest} can be reached: likelier the ${kind}s than this node`
    : `but ${rest} can be reached: likelier this ${kind} than this node`;
}
