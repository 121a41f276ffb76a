import { readFileSync } from 'node:fs';
import { join } from 'node:path';

function pem(name: string): string {
  return readFileSync(join(import.meta.dirname, 'tls', `${name}.pem`), 'utf8');
}

/** What a TLS server shows: certificate and its key, PEM, in the words of `node:tls`. */
export interface TlsIdentity {
  readonly cert: string;
  readonly key: string;
}

const serverKey = pem('server-key');

/** Identities of servers, see test/support/tls/README.md for what each certificate says. */
export const tlsIdentities = {
  'good': { cert: pem('server'), key: serverKey },
  'expired': { cert: pem('expired'), key: serverKey },
  'not-yet': { cert: pem('not-yet'), key: serverKey },
  'wrong-name': { cert: pem('wrong-name'), key: serverKey },
  'stranger': { cert: pem('stranger'), key: serverKey },
} as const satisfies Record<string, TlsIdentity>;

export type TlsIdentityName = keyof typeof tlsIdentities;

/** The authority that clients in tests trust, and one of the same name that they do not. */
export const testCa = pem('ca');
export const strangerCa = pem('stranger-ca');

/** A client that `testCa` has signed. */
export const clientIdentity: TlsIdentity = { cert: pem('client'), key: pem('client-key') };
