import { codeOf, messageOf } from '../../core/errors.ts';
import type { Failed, Fault, Local } from '../attempt.ts';

/** What an attempt over a connection was busy with when it failed. */
export type Phase = 'connecting' | 'handshake' | 'answer' | 'rest';

/** `3 s`, as limits stand in messages. */
export function secondsText(ms: number): string {
  return `${ms / 1_000} s`;
}

export function failed(fault: Fault, message: string, tookMs: number, cause?: unknown): Failed {
  return { kind: 'failed', fault, message, tookMs, ...(cause !== undefined && { cause }) };
}

/** Nobody waits for the outcome any longer. */
export const ABORTED: Local = { kind: 'local', message: 'the attempt was stopped before it ended' };

const LATE: Readonly<Record<Phase, readonly [Fault, string]>> = {
  connecting: ['timeout', 'no connection'],
  handshake: ['silent', 'a connection and no TLS handshake'],
  answer: ['silent', 'a connection and no answer'],
  rest: ['silent', 'half an answer, and no more of it'],
};

/** The deadline struck. */
export function lateIn(phase: Phase, timeoutMs: number): Failed {
  const [fault, what] = LATE[phase];
  return failed(fault, `${what} within ${secondsText(timeoutMs)}`, timeoutMs);
}

const CUT_OFF: Readonly<Record<Phase, string>> = {
  connecting: 'connection cut off at once',
  handshake: 'connection cut off during the TLS handshake',
  answer: 'connection cut off before an answer',
  rest: 'connection cut off within an answer',
};

export function cutOffIn(phase: Phase, tookMs: number, cause?: unknown): Failed {
  return failed('reset', CUT_OFF[phase], tookMs, cause);
}

/**
 * An error of a socket, by its code: errno of connect(2), tcp(7), or of TLS. What tells of this process and not of the network
 * is local; so is a code that is not known, since nothing can be said of it.
 *
 * @param cutPhase what a reset is told as
 */
export function failureIn(phase: Phase, cause: unknown, tookMs: number, cutPhase = phase): Failed | Local {
  const code = codeOf(cause) ?? '';
  if (RESET.has(code)) return cutOffIn(cutPhase, tookMs, cause);
  if (code === 'ETIMEDOUT' && phase !== 'connecting') return failed('silent', 'a connection, but the kernel gave up on it', tookMs, cause);
  const known = ERRNO[code] ?? CERTIFICATE[code];
  if (known !== undefined) return failed(known[0], known[1], tookMs, cause);
  // Of OpenSSL: its library and reason, e.g. ERR_SSL_WRONG_VERSION_NUMBER where plain text is spoken.
  if (code.startsWith('ERR_SSL_') || code.startsWith('ERR_TLS_') || code === 'EPROTO') return failed('tls', `no TLS session (${code})`, tookMs, cause);
  const reason = LOCAL[code];
  return { kind: 'local', message: reason === undefined ? `could not be tried: ${code || messageOf(cause)}` : `${reason} (${code})`, cause };
}

const RESET: ReadonlySet<string> = new Set(['ECONNRESET', 'ECONNABORTED', 'EPIPE']);

const ERRNO: Readonly<Record<string, readonly [Fault, string]>> = {
  ECONNREFUSED: ['refused', 'connection refused'],
  // The kernel gave up before us: it asked again too often, or a host on the way said so.
  ETIMEDOUT: ['timeout', 'no connection, the kernel gave up'],
  EHOSTUNREACH: ['unreachable', 'no route to the host'],
  EHOSTDOWN: ['unreachable', 'the host is down'],
  ENETUNREACH: ['unreachable', 'no route to its network'],
  // Of a route of type blackhole, and of a link-local address without its interface.
  EINVAL: ['unreachable', 'its route leads nowhere'],
  ENETDOWN: ['unreachable', 'the network is down'],
  EADDRNOTAVAIL: ['unreachable', 'no address of this machine to connect from'],
  // A firewall of this node that drops a packet says so to its sender (netfilter), as do BPF programs of a CNI for a network policy.
  EPERM: ['unreachable', 'this node lets no packet out to it (firewall, network policy, or a Service without endpoints)'],
  // Of a route of type prohibit, and of SELinux.
  EACCES: ['unreachable', 'this node lets no packet out to it (a route or policy prohibits it)'],
  EAFNOSUPPORT: ['unreachable', 'this kernel has no such address family'],
};

const UNTRUSTED: readonly [Fault, string] = ['untrusted', 'its certificate is not signed by the CA that is trusted'];

/** Codes of X509_verify_cert_error_string(3) as Node.js names them, and of its own check of names. */
const CERTIFICATE: Readonly<Record<string, readonly [Fault, string]>> = {
  UNABLE_TO_GET_ISSUER_CERT: UNTRUSTED,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: UNTRUSTED,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: UNTRUSTED,
  DEPTH_ZERO_SELF_SIGNED_CERT: UNTRUSTED,
  SELF_SIGNED_CERT_IN_CHAIN: UNTRUSTED,
  CERT_SIGNATURE_FAILURE: UNTRUSTED,
  CERT_CHAIN_TOO_LONG: UNTRUSTED,
  CERT_REVOKED: ['untrusted', 'its certificate is revoked'],
  CERT_UNTRUSTED: UNTRUSTED,
  CERT_REJECTED: UNTRUSTED,
  INVALID_CA: UNTRUSTED,
  PATH_LENGTH_EXCEEDED: UNTRUSTED,
  INVALID_PURPOSE: ['untrusted', 'its certificate is not one of a server'],
  CERT_HAS_EXPIRED: ['expired', 'its certificate has expired'],
  CERT_NOT_YET_VALID: ['expired', 'its certificate is not valid yet'],
  HOSTNAME_MISMATCH: ['wrong-name', 'its certificate is of another name'],
  ERR_TLS_CERT_ALTNAME_INVALID: ['wrong-name', 'its certificate is of another name'],
};

const LOCAL: Readonly<Record<string, string>> = {
  EMFILE: 'this process has no file descriptor left',
  ENFILE: 'this machine has no file descriptor left',
  ENOBUFS: 'this machine has no memory for sockets left',
  ENOMEM: 'this machine has no memory left',
};
