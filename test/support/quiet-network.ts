import { type DnsServer, dnsServer } from './dns-server.ts';

/** A network that is nothing but a name server on loopback. */
export interface QuietNetwork extends AsyncDisposable {
  /** For whatever starts the network-verifier: with them it asks that name server, and nobody else. */
  readonly flags: readonly string[];
  readonly nameServer: DnsServer;
}

/** So that no test asks the name servers of the machine on which it runs. */
export async function quietNetwork(): Promise<QuietNetwork> {
  const nameServer = await dnsServer();
  return {
    flags: [...ASKS_NOBODY, '--name-server', `${nameServer.address}:${nameServer.port}`],
    nameServer,
    [Symbol.asyncDispose]: async () => await nameServer[Symbol.asyncDispose](),
  };
}

/** Of whatever starts the network-verifier where nobody minds that it can tell nothing. */
export const ASKS_NOBODY: readonly string[] = ['--resolv-conf', '/dev/null'];
