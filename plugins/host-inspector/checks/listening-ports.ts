import type { Check, Look, LookEvent, Reading } from '../../core/check.ts';
import { isRecord } from '../../core/decode.ts';
import { type Verdict, notApplicable, unknown } from '../../core/verdict.ts';
import { createSlices } from '../../linux/slices.ts';
import { type Declared, entriesOf, readDeclared } from '../ports/declared.ts';
import { type EphemeralPorts, isEphemeral, readEphemeralPorts } from '../ports/ephemeral.ts';
import { isListed } from '../ports/expected.ts';
import { MOST_UNEXPECTED, judgeExpected, subjectOf, verdictsOf } from '../ports/judge-expected.ts';
import { type Learned, learn } from '../ports/learned.ts';
import { type Listening, readListening } from '../ports/listening.ts';
import { type OpenPort, describePort, keyOf, openPortsOf } from '../ports/open-port.ts';
import { type Owners, nameOwners, ownersOf } from '../ports/owners.ts';
import type { HostSettings } from '../settings.ts';
import type { HostSources } from '../sources.ts';

const DAY_MS = 24 * 3_600_000;

/**
 * Does anything listen that nobody expects? Judged only by a list that somebody declared; what was not there before is told
 * as an event in any case.
 */
export function listeningPorts({ run, wallMs }: HostSources): Check<HostSettings> {
  return {
    name: 'listening-ports',
    condition: 'UnexpectedListeningPort',
    // To find the end of a table the kernel walks through all places for connections, for 2 to 15 ms.
    periodMs: 60_000,
    timeoutMs: 15_000,
    isSlow: true,
    async look({ root, settings, signal, memo, baseline }) {
      const listening = readListening(root);
      if (isHidden(listening)) return { verdicts: [notApplicable('listening ports (no /proc/1/net/tcp: hidepid, or no /proc)')] };
      const ephemeral = readEphemeralPorts(root);
      const declared = await readDeclared(root, settings, { run, signal });
      const open = openPortsOf(listening.sockets.filter(({ scope }) => settings.portScopes.includes(scope)));
      const kept = isRecord(memo) ? memo : {};
      const judged = judge(open, listening, declared, ephemeral, kept['unexpected']);
      const { verdicts, readings, told } = judged;
      const contributorsTo = askOwners(root, open);
      if (listening.gaps.length > 0 || declared.kind === 'unknown') return { verdicts, readings, contributorsTo, memo: { ...kept, unexpected: told } };
      const listed = [...entriesOf(settings.newPortsIgnore), ...(declared.kind === 'list' ? declared.entries : [])];
      const learnable = open.filter((port) => !isEphemeral(ephemeral, port.port) && !port.sockets.every((socket) => isListed(listed, socket)));
      const learned = learn(learnable.map((port) => ({ key: keyOf(port), text: describePort(port) })), { memo: kept['learned'], baseline }, Math.floor(wallMs() / DAY_MS));
      return {
        verdicts,
        readings,
        contributorsTo,
        events: learned.news.length === 0 ? [] : [await tell(root, learned, learnable, signal)],
        memo: { unexpected: told, learned: learned.memo },
        baseline: learned.baseline,
      };
    },
  };
}

/** PID 1 cannot be seen, or this is no Linux host. */
function isHidden({ sockets, gaps }: Listening): boolean {
  return sockets.length === 0 && gaps.length > 0 && gaps.every(({ kind }) => kind === 'absent');
}

interface Judged extends Look {
  readonly readings: readonly Reading[];
  /** Keys of what is told one by one. */
  readonly told: readonly string[];
}

/** Pure. */
function judge(open: readonly OpenPort[], { gaps }: Pick<Listening, 'gaps'>, declared: Declared, ephemeral: EphemeralPorts, before: unknown): Judged {
  const readings = readingsOf(open, ephemeral);
  if (declared.kind === 'none') return { verdicts: [notApplicable('listening ports (no list of expected ports is declared)')], readings, told: [] };
  if (declared.kind === 'unknown') return { verdicts: [unknown(declared.message)], readings, told: textsOf(before) };
  const unexpected = judgeExpected(open, declared.entries, ephemeral, new Set(textsOf(before)));
  const blind = gaps.map(({ message }): Verdict => unknown(message));
  // Of what cannot be seen nobody can tell that it is as expected.
  const verdicts = unexpected.length === 0 && blind.length > 0 ? blind : [...verdictsOf(unexpected), ...blind];
  return {
    verdicts,
    readings: [...readings, { name: 'unexpected_ports', value: unexpected.length, unit: 'count', source: '/proc/1/net' }],
    told: unexpected.slice(0, MOST_UNEXPECTED).map(keyOf),
  };
}

function textsOf(list: unknown): readonly string[] {
  return Array.isArray(list) ? list.filter((entry) => typeof entry === 'string').slice(0, MOST_UNEXPECTED) : [];
}

function readingsOf(open: readonly OpenPort[], { first, last, source }: EphemeralPorts): readonly Reading[] {
  const count = (protocol: OpenPort['protocol']): Reading => {
    const value = open.filter((port) => port.protocol === protocol).length;
    return { name: 'listening_ports', subject: protocol, value, unit: 'count', source: `/proc/1/net/{${protocol},${protocol}6}` };
  };
  return [count('tcp'), count('udp'), { name: 'ephemeral_ports', value: `${first}-${last}`, unit: '', source }];
}

/** Processes that have the port of a finding open; one walk over all processes answers for all findings of a look. */
function askOwners(root: string, open: readonly OpenPort[]): NonNullable<Look['contributorsTo']> {
  let asked: Promise<Owners> | undefined;
  return async ({ subject }, signal) => {
    asked ??= ownersOf(root, open.flatMap(({ sockets }) => sockets.flatMap(({ inodes }) => inodes)), createSlices(signal));
    const { byInode } = await asked;
    const names = nameOwners(open.filter((port) => subjectOf(port) === subject).flatMap(({ sockets }) => sockets), byInode);
    return names === '' ? [] : [names];
  };
}

async function tell(root: string, { news, more }: Learned, open: readonly OpenPort[], signal: AbortSignal): Promise<LookEvent> {
  const sockets = open.filter((port) => news.some(({ key }) => key === keyOf(port))).flatMap((port) => port.sockets);
  const { byInode } = await ownersOf(root, sockets.flatMap(({ inodes }) => inodes), createSlices(signal));
  const texts = news.map(({ key, text }) => {
    const owners = nameOwners(sockets.filter((socket) => keyOf(socket) === key), byInode);
    return owners === '' ? text : `${text} (${owners})`;
  });
  const count = news.length + more;
  const what = count === 1 ? 'a port listens that did not before' : `${count} ports listen that did not before`;
  return { severity: 'info', reason: 'NewListeningPort', message: `${what}: ${texts.join('; ')}${more > 0 ? `; and ${more} more` : ''}` };
}
