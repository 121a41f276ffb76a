import { messageOf } from '../../core/errors.ts';
import { type Logger, silentLogger } from '../../core/log.ts';
import { type RunChild, runChild } from '../../linux/child.ts';
import { type OwnGroup, ownGroup } from '../../linux/sys/own-group.ts';
import { type GpuInventory, candidates } from '../inventory/inventory.ts';
import { createSmiQuestions } from './ask-smi.ts';
import { complaintsOf } from './complaints.ts';
import { createSmiLocator, type LocateSmi } from './locate.ts';
import type { NvlinkLook, SmiLook } from './look.ts';
import { parseNvlinkStatus } from './nvlink.ts';
import { type KnownFields, rememberFields } from './remember-fields.ts';
import { createSmiRunner } from './run-smi.ts';
import { NONE_EXPECTED, type SmiScene } from './scene.ts';

export type { SmiScene } from './scene.ts';

/** Asks nvidia-smi: one child at a time, whoever asks. All calls within one turn of the event loop, and while it runs, share one answer. */
export interface SmiReader {
  /** Never rejects. */
  readonly look: (scene: SmiScene) => Promise<SmiLook>;
  /** The last look that ended, without asking again. */
  readonly last: () => SmiLook | undefined;
  /** `nvidia-smi nvlink -s`, after a look that is under way. Never rejects. */
  readonly nvlink: (scene: SmiScene) => Promise<NvlinkLook>;
}

export interface SmiReaderOptions {
  /** What the kernel knows of GPUs below a root; throws where it cannot be read. */
  readonly inventory: (root: string) => GpuInventory;
  readonly log?: Logger;
  /** `--nvidia-smi` */
  readonly given?: string;
  /** Who gives another one knows where nvidia-smi is: nothing is looked for then, but what is given. */
  readonly run?: RunChild;
  readonly locate?: LocateSmi;
  readonly ownGroup?: OwnGroup;
  /** Milliseconds of a clock that never goes back. */
  readonly nowMs?: () => number;
}

const MOST_NVLINK_BYTES = 1024 * 1024;

/** What is known of hangs, of the driver and of its fields is kept here; make one reader and share it between all checks. */
export function createSmiReader(options: SmiReaderOptions): SmiReader {
  const { inventory, given, run = runChild, log = silentLogger, ownGroup: group = ownGroup(), nowMs = () => performance.now() } = options;
  const locate = options.locate ?? (options.run === undefined ? createSmiLocator() : () => ({ kind: 'found', path: given ?? 'nvidia-smi', environment: {} }));
  const runner = createSmiRunner({ given, run, locate, ownGroup: group, log, nowMs });
  const ask = createSmiQuestions(runner);
  let knownFields: KnownFields = new Map();
  let lastLook: SmiLook | undefined;
  let turn: Promise<unknown> = Promise.resolve();
  let lookUnderWay: Promise<SmiLook> | undefined;
  let nvlinkUnderWay: Promise<NvlinkLook> | undefined;

  /** After all that is under way. */
  function inTurn<T>(task: () => Promise<T>): Promise<T> {
    const done = turn.then(task);
    turn = done.catch(() => {});
    return done;
  }

  async function lookNow(scene: SmiScene): Promise<SmiLook> {
    try {
      const stuck = runner.leftBehind();
      if (stuck !== undefined) return stuck;
      const gate = gateOf(inventory, scene);
      if (gate.kind !== 'open') return gate;
      const look = await ask(scene, gate.moduleVersion);
      if (look.kind !== 'answered') return look;
      const { document, known } = rememberFields(knownFields, look.document);
      knownFields = known;
      return { ...look, document };
    } catch (cause) {
      // A bug; nobody may wait for ever because of it.
      return { kind: 'untold', message: `nvidia-smi: not asked: ${messageOf(cause)}` };
    }
  }

  async function nvlinkNow(scene: SmiScene): Promise<NvlinkLook> {
    try {
      const gate = gateOf(inventory, scene);
      if (gate.kind === 'no-gpu') return { kind: 'none', message: gate.message };
      if (gate.kind === 'untold') return gate;
      const asked = await runner.ask(scene, ['nvlink', '-s'], MOST_NVLINK_BYTES);
      if (asked.kind !== 'exited') return { kind: 'untold', message: asked.message };
      const look = parseNvlinkStatus(asked.end.stdout);
      const [complaint] = complaintsOf(asked.end);
      return look.kind === 'ok' || complaint === undefined ? look : { kind: 'untold', message: `nvidia-smi nvlink -s: ${complaint.text}` };
    } catch (cause) {
      return { kind: 'untold', message: `nvidia-smi nvlink -s: not asked: ${messageOf(cause)}` };
    }
  }

  function keep(look: SmiLook): SmiLook {
    tellChange(log, lastLook, look);
    lastLook = look;
    return look;
  }

  return {
    last: () => lastLook,
    look(scene) {
      lookUnderWay ??= inTurn(async () => keep(await lookNow(scene))).finally(() => (lookUnderWay = undefined));
      return lookUnderWay;
    },
    nvlink(scene) {
      nvlinkUnderWay ??= inTurn(() => nvlinkNow(scene)).finally(() => (nvlinkUnderWay = undefined));
      return nvlinkUnderWay;
    },
  };
}

type Gate = { readonly kind: 'open'; readonly moduleVersion: string | undefined } | Extract<SmiLook, { readonly kind: 'no-gpu' | 'untold' }>;

/** Is there anything to ask about? A driver that is loaded had a GPU once, though none is on the bus now. */
function gateOf(inventory: SmiReaderOptions['inventory'], { root, isExpected, isNoneExpected = false }: SmiScene): Gate {
  if (isNoneExpected) return NONE_EXPECTED;
  let found;
  try {
    found = inventory(root);
  } catch (cause) {
    if (isExpected) return { kind: 'open', moduleVersion: undefined };
    return { kind: 'untold', message: `cannot tell whether there is an NVIDIA GPU: ${messageOf(cause)}` };
  }
  const { pci, moduleVersion } = found;
  if (candidates(found).length > 0 || moduleVersion !== undefined || isExpected) return { kind: 'open', moduleVersion };
  return { kind: 'no-gpu', message: pci.length === 0 ? 'no NVIDIA GPU on the PCI bus' : 'all NVIDIA GPUs on the PCI bus are for virtual machines' };
}

function tellChange(log: Logger, before: SmiLook | undefined, now: SmiLook): void {
  const [was, is] = [before === undefined ? undefined : textOf(before), textOf(now)];
  if (was === is) return;
  if (now.kind === 'no-gpu') log.info({ said: is }, 'nvidia-smi is not asked');
  else if (now.kind === 'answered' && is === '') log.info({}, 'nvidia-smi answers');
  else log.warn({ kind: now.kind, said: is }, 'nvidia-smi complains, or cannot be asked');
}

/** What makes one look differ from the next, without numbers that change. */
function textOf(look: SmiLook): string {
  const complaints = 'complaints' in look ? look.complaints.map(({ text }) => text) : [look.message];
  return complaints.join('; ');
}
