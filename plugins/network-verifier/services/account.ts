import type { ApiServer } from '../api/api-server.ts';
import type { AttemptTally } from '../tally.ts';
import { type Told, type Untold, askForEndpoints, askForService } from './ask.ts';
import type { Endpoints } from './endpoint-slices.ts';
import type { ServiceEntry } from './entry.ts';
import type { Service } from './service.ts';

/** What the API server says of one Service. */
export interface Account {
  readonly entry: ServiceEntry;
  readonly told: Told<Service>;
  /** As it is, or while the API server does not tell as it was last. */
  readonly service: Service | undefined;
  readonly endpoints: Told<Endpoints>;
}

export interface AccountParts {
  readonly api: Pick<ApiServer, 'get'>;
  readonly tally: AttemptTally;
  /** Monotonic, milliseconds. */
  readonly nowMs: number;
}

/** Asks for Services, and remembers what was told. */
export type AskAbout = (parts: AccountParts, entries: readonly ServiceEntry[]) => Promise<readonly Account[]>;

/**
 * So long a good answer will do: looks that come sooner than usual, since a name or a way fails, cost the API server nothing then.
 * Less than it takes until a finding is raised, so that a Service which was deleted is then known to be.
 */
const GOOD_FOR_MS = 170_000;

/** An API server that does not serve us is asked once a look; what hangs would take the time of all of it. */
export function createAskAbout(): AskAbout {
  let memory = new Map<string, { readonly account: Account; readonly atMs: number }>();

  const askAbout = async ({ api, tally, nowMs }: AccountParts, entry: ServiceEntry, fault?: Untold): Promise<Account> => {
    const before = memory.get(entry.text);
    if (before !== undefined && nowMs - before.atMs < GOOD_FOR_MS && isGood(before.account)) return before.account;
    const told = fault ?? (await askForService(api, entry, tally));
    if (told.kind === 'untold') return { entry, told, service: before?.account.service, endpoints: told };
    const service = told.kind === 'ok' ? told.value : undefined;
    const isAsked = told.kind !== 'missing' && service?.kind !== 'external-name';
    return { entry, told, service, endpoints: isAsked ? await askForEndpoints(api, entry, tally) : NOT_ASKED };
  };

  return async (parts, entries) => {
    const [first, ...rest] = entries;
    if (first === undefined) return [];
    const account = await askAbout(parts, first);
    const { told, endpoints } = account;
    const fault = [told, endpoints].filter((part) => part.kind === 'untold').find((part) => part.isOfApi && (part === told || part.isMalformed !== true));
    const accounts = [account, ...(await Promise.all(rest.map((entry) => askAbout(parts, entry, fault))))];
    memory = new Map(accounts.map((one) => {
      const before = memory.get(one.entry.text);
      const isOld = before !== undefined && (one.told.kind === 'untold' || before.account === one);
      return [one.entry.text, isOld ? before : { account: one, atMs: parts.nowMs }];
    }));
    return accounts;
  };
}

const NOT_ASKED: Untold = { kind: 'untold', message: 'not asked for', isOfApi: false };

/** Anything else is asked for again by each look. */
function isGood({ told, service, endpoints }: Account): boolean {
  const isReady = service?.kind === 'external-name' || endpoints.kind === 'denied' || (endpoints.kind === 'ok' && endpoints.value.ready.length > 0);
  return told.kind === 'denied' || (told.kind === 'ok' && isReady);
}
