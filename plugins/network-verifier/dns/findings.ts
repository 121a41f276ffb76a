import { isIP } from 'node:net';
import { scopeOf } from '../../linux/ip-address.ts';
import type { Fault } from '../attempt.ts';
import { secondsText } from '../attempts/failures.ts';
import type { DnsAnswer } from '../sources.ts';
import type { Attempt } from './ask-server.ts';
import { PROBE } from './names.ts';

/** What is wrong with some attempts at one server. */
export interface Finding {
  /** Undefined for what is slow, and no fault of the attempt. */
  readonly fault: Fault | undefined;
  /** Byte-stable, e.g. `no answer within 3 s`. */
  readonly words: string;
  readonly attempts: readonly Attempt[];
}

/** Pure. @param maxLatencyMs an answer that takes longer is slow */
export function findingsOf(attempts: readonly Attempt[], maxLatencyMs: number): readonly Finding[] {
  const slow = attempts.filter(({ outcome }) => outcome.kind === 'ok' && outcome.tookMs > maxLatencyMs);
  return [
    ...attempts.flatMap((attempt) => (attempt.outcome.kind === 'failed' ? [{ fault: attempt.outcome.fault, words: attempt.outcome.message, attempts: [attempt] }] : [])),
    ...(slow.length > 0 ? [{ fault: undefined, words: `answers take longer than ${secondsText(maxLatencyMs)}`, attempts: slow }] : []),
    ...[...Map.groupBy(answersIn(attempts), ({ attempt }) => attempt.asked)].flatMap(([asked, answers]) => (asked === PROBE ? [] : findingsOfName(answers))),
  ];
}

/** A whole answer to one question. */
interface Answered {
  readonly attempt: Attempt;
  readonly answer: DnsAnswer;
}

function answersIn(attempts: readonly Attempt[]): readonly Answered[] {
  return attempts.flatMap((attempt) => {
    const { outcome, transport } = attempt;
    // What did not fit was asked for over TCP, and stands among the others.
    return outcome.kind === 'ok' && !(transport === 'UDP' && outcome.value.isTruncated) ? [{ attempt, answer: outcome.value }] : [];
  });
}

/** All answers about one name: those over UDP, or in their place over TCP, together, and then what came over TCP a second time. */
function findingsOfName(answers: readonly Answered[]): readonly Finding[] {
  const ofType = Map.groupBy(answers, ({ attempt }) => attempt.type);
  const usual = [...ofType.values()].flatMap(([first]) => (first === undefined ? [] : [first]));
  const again = answers.filter((one) => !usual.includes(one));
  return [
    ...findingsOfFamilies(usual),
    ...again.flatMap((one) => (hasAddress(one.answer) ? wrongAddresses(one) : missingOverTcp(one, usual))),
  ];
}

/** @param answers at most one for A and one for AAAA */
function findingsOfFamilies(answers: readonly Answered[]): readonly Finding[] {
  if (answers.some(({ answer }) => hasAddress(answer))) return answers.flatMap((one) => (hasAddress(one.answer) ? wrongAddresses(one) : missingFamily(one)));
  const absent = answers.filter(({ answer }) => answer.rcode === 'NXDOMAIN');
  if (absent.length > 0) return [{ fault: 'name-not-found', words: 'NXDOMAIN', attempts: absent.map(({ attempt }) => attempt) }];
  // The family that was not answered for may be the one that it has.
  return answers.length === 2 ? [wrong('no address', ...answers.map(({ attempt }) => attempt))] : [];
}

function hasAddress({ rcode, addresses }: DnsAnswer): boolean {
  return rcode === 'NOERROR' && addresses.length > 0;
}

/** Addresses that cannot be right, or are not the expected ones. */
function wrongAddresses({ attempt, answer: { addresses } }: Answered): readonly Finding[] {
  const { asked: { name, expected } } = attempt;
  const wanted = expected.filter((address) => isIP(address) === isIP(addresses[0] ?? ''));
  if (wanted.length > 0) return addresses.every((address) => wanted.includes(address)) ? [] : [wrong(insteadOf(wanted), attempt)];
  if (/(^|\.)localhost\.$/.test(name)) return [];
  const scopes = new Set(addresses.map(scopeOf));
  return [
    ...(scopes.has('all') ? [wrong('an address that is none (all zeros)', attempt)] : []),
    ...(scopes.has('loopback') ? [wrong('an address of this machine alone (loopback)', attempt)] : []),
  ];
}

function insteadOf(wanted: readonly string[]): string {
  return `another address than ${wanted.toSorted().join(' or ')}`;
}

/** No address of this family, of a name that has one of the other. */
function missingFamily({ attempt, answer }: Answered): readonly Finding[] {
  const { type, asked: { expected } } = attempt;
  // A name that is there without an address of this type is NOERROR: who hears NXDOMAIN does not ask for the other type.
  if (answer.rcode === 'NXDOMAIN') return [wrong('NXDOMAIN, though it has an address of the other type', attempt)];
  const wanted = expected.filter((address) => isIP(address) === (type === 'A' ? 4 : 6));
  return wanted.length > 0 ? [wrong(insteadOf(wanted), attempt)] : [];
}

function missingOverTcp({ attempt }: Answered, usual: readonly Answered[]): readonly Finding[] {
  const isThere = usual.some((one) => one.attempt.type === attempt.type && hasAddress(one.answer));
  return isThere ? [wrong('no address, though over UDP there is one', attempt)] : [];
}

function wrong(words: string, ...attempts: readonly Attempt[]): Finding {
  return { fault: 'wrong-answer', words, attempts };
}
