import { complaintsOf, type SmiEnd } from './complaints.ts';
import { parseHelpQueryGpu, parseSmiCsv, queryColumns } from './csv.ts';
import type { Complaint, ComplaintKind, SmiLook } from './look.ts';
import type { SmiScene } from './scene.ts';
import type { SmiDocument } from './record.ts';
import type { SmiEnded, SmiNotEnded, SmiRunner } from './run-smi.ts';
import { parseSmiXml } from './xml.ts';

/** Asks for everything that is judged. `moduleVersion` tells one driver from the next. */
export type AskSmi = (scene: SmiScene, moduleVersion: string | undefined) => Promise<SmiLook>;

/** `-q -x` of sixteen GPUs has about 0.6 MiB, with long lists of processes more. */
const MOST_XML_BYTES = 4 * 1024 * 1024;
const MOST_TEXT_BYTES = 1024 * 1024;

/** Where XML was of no use it is tried again in every tenth look. */
const LOOKS_WITHOUT_XML = 9;

/** With these another question gets no other answer. */
const FUTILE: ReadonlySet<ComplaintKind> = new Set(['driver-not-loaded', 'library-mismatch', 'library-missing', 'no-devices', 'no-access']);

/**
 * `nvidia-smi -q -x`; where that gives nothing that can be used although the driver answers, `--query-gpu` with the columns that
 * this driver knows. Each of the up to three children has the whole deadline for itself.
 */
export function createSmiQuestions(runner: SmiRunner): AskSmi {
  let looksWithoutXml = 0;
  let known: { readonly moduleVersion: string | undefined; readonly columns: readonly string[] } | undefined;

  async function columnsFor(scene: SmiScene, moduleVersion: string | undefined): Promise<readonly string[] | SmiNotEnded> {
    if (known?.moduleVersion === moduleVersion && known !== undefined) return known.columns;
    const help = await runner.ask(scene, ['--help-query-gpu'], MOST_TEXT_BYTES);
    if (help.kind !== 'exited') return help;
    if (help.end.code !== 0) return queryColumns(undefined);
    known = { moduleVersion, columns: queryColumns(parseHelpQueryGpu(help.end.stdout)) };
    return known.columns;
  }

  async function byQuery(scene: SmiScene, moduleVersion: string | undefined): Promise<SmiLook> {
    const columns = await columnsFor(scene, moduleVersion);
    if ('kind' in columns) return columns;
    const asked = await runner.ask(scene, [`--query-gpu=${columns.join(',')}`, '--format=csv,noheader'], MOST_TEXT_BYTES);
    if (asked.kind !== 'exited') return asked;
    const look = judged(asked, parseSmiCsv(asked.end.stdout, columns));
    // It may be another driver than the one whose help was read.
    if (look.kind === 'failed' && look.complaints.some(({ kind }) => kind === 'bad-question')) known = undefined;
    return look;
  }

  return async (scene, moduleVersion) => {
    if (known !== undefined && known.moduleVersion !== moduleVersion) {
      known = undefined;
      looksWithoutXml = 0;
    }
    if (looksWithoutXml > 0) {
      looksWithoutXml -= 1;
      const look = await byQuery(scene, moduleVersion);
      if (look.kind !== 'answered') looksWithoutXml = 0;
      return look;
    }
    const asked = await runner.ask(scene, ['-q', '-x'], MOST_XML_BYTES);
    if (asked.kind !== 'exited') return asked;
    const byXml = judged(asked, parseSmiXml(asked.end.stdout));
    if (byXml.kind !== 'failed' || byXml.complaints.some(({ kind }) => FUTILE.has(kind))) return byXml;
    const look = await byQuery(scene, moduleVersion);
    if (look.kind !== 'answered') return look.kind === 'failed' ? byXml : look;
    looksWithoutXml = LOOKS_WITHOUT_XML;
    return { ...look, complaints: together(byXml.complaints.filter(isOfGpus), look.complaints) };
  };
}

/** That the XML was not understood is no news where the rows are. */
function isOfGpus({ kind }: Complaint): boolean {
  return kind !== 'bad-question' && kind !== 'other';
}

function together(some: readonly Complaint[], more: readonly Complaint[]): readonly Complaint[] {
  return [...new Map([...some, ...more].map((complaint) => [`${complaint.kind} ${complaint.address} ${complaint.text}`, complaint])).values()];
}

type Judged = Extract<SmiLook, { readonly kind: 'answered' | 'failed' | 'untold' }>;

const UNREADABLE: Complaint = { kind: 'other', address: undefined, text: 'exit code 0, but its output cannot be read' };

function judged({ end, run }: SmiEnded, document: SmiDocument): Judged {
  const complaints = complaintsOf(end);
  if (document.gpus.length > 0 || document.isWhole) return { kind: 'answered', document, complaints, run };
  if (wasKilled(end)) return { kind: 'untold', message: 'nvidia-smi was killed by something else: likely by the kernel, for want of memory' };
  return { kind: 'failed', complaints: complaints.length === 0 ? [UNREADABLE] : complaints, run };
}

/** 137 is how a shell tells of SIGKILL. */
function wasKilled({ code, signal }: SmiEnd): boolean {
  return signal === 'SIGKILL' || code === 137;
}
