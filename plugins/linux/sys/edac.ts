import { parseCount } from '../../core/decode.ts';
import { ParseError } from '../../core/errors.ts';
import { requireWholeText } from '../proc/whole-text.ts';
import { readText, valueOrThrow } from '../read.ts';
import { listKernelFolder } from './folder.ts';

/** Errors of memory with ECC since the driver was loaded, or since somebody wrote to `reset_counters`. */
export interface MemoryErrors {
  /** Mended by the hardware before anybody read them. */
  readonly correctable: number;
  readonly uncorrectable: number;
}

export interface MemoryController extends MemoryErrors {
  /** `mc0` */
  readonly name: string;
  /** Of those that had errors, as far as the driver can tell which. */
  readonly modules: readonly MemoryModule[];
}

export interface MemoryModule extends MemoryErrors {
  /** `dimm3`, or `rank3` of drivers that cannot tell which ranks lie on one module. */
  readonly name: string;
  /** As the driver or the board calls it, e.g. `CPU_SrcID#0_MC#0_Chan#1_DIMM#0`; '' where neither does. */
  readonly label: string;
}

const FOLDER = 'sys/devices/system/edac/mc';

/**
 * Reads /sys/devices/system/edac/mc/mc<n>/{ce_count,ue_count}, see the kernel's Documentation/admin-guide/RAS: one number
 * each. Of a controller that counted any, the same and the label of its modules, which the kernel tells since 4.11. Empty where
 * no driver counts: virtual machines, memory without ECC, a driver that is not loaded, or firmware that keeps errors to itself.
 * Throws for a file that cannot be read or understood.
 */
export function readMemoryControllers(root: string): readonly MemoryController[] {
  const controllers: MemoryController[] = [];
  for (const name of namesIn(root, FOLDER, /^mc\d{1,4}$/)) {
    const folder = `${FOLDER}/${name}`;
    const errors = readErrors(root, `${folder}/ce_count`, `${folder}/ue_count`);
    if (errors === undefined) continue;
    const hadAny = errors.correctable + errors.uncorrectable > 0;
    controllers.push({ name, ...errors, modules: hadAny ? readModules(root, folder) : [] });
  }
  return controllers;
}

function readModules(root: string, folder: string): readonly MemoryModule[] {
  return namesIn(root, folder, /^(?:dimm|rank)\d{1,4}$/).flatMap((name) => {
    const errors = readErrors(root, `${folder}/${name}/dimm_ce_count`, `${folder}/${name}/dimm_ue_count`);
    if (errors === undefined || errors.correctable + errors.uncorrectable === 0) return [];
    return [{ name, ...errors, label: readLabel(root, `${folder}/${name}/dimm_label`) }];
  });
}

/** In the order of their numbers; none where there is no such folder. */
function namesIn(root: string, folder: string, form: RegExp): readonly string[] {
  const listed = listKernelFolder(root, folder);
  if (listed.kind === 'absent') return [];
  const names = valueOrThrow(listed).filter((name) => form.test(name));
  return names.toSorted((a, b) => Number(/\d+/.exec(a)) - Number(/\d+/.exec(b)));
}

function readErrors(root: string, correctableFile: string, uncorrectableFile: string): MemoryErrors | undefined {
  const [correctable, uncorrectable] = [readNumber(root, correctableFile), readNumber(root, uncorrectableFile)];
  if (correctable === undefined && uncorrectable === undefined) return undefined;
  if (correctable === undefined || uncorrectable === undefined) {
    throw new ParseError(`/${correctable === undefined ? correctableFile : uncorrectableFile}`, 'a number beside the other kind of errors', '');
  }
  return { correctable, uncorrectable };
}

function readNumber(root: string, path: string): number | undefined {
  const outcome = readText(root, path, { maxBytes: 4096 });
  return outcome.kind === 'absent' ? undefined : parseErrorCount(valueOrThrow(outcome), `/${path}`);
}

/** Parses one of its counters: 32 bits, a number and a newline. Throws ParseError. */
export function parseErrorCount(text: string, file: string): number {
  const [, digits] = /^(\d{1,10})\n?$/.exec(text) ?? [];
  if (digits === undefined) throw new ParseError(file, 'a number', text);
  requireWholeText(text, file);
  return parseCount(digits, file);
}

/** Whatever the board's maker has written there, or an administrator. */
function readLabel(root: string, path: string): string {
  const outcome = readText(root, path, { maxBytes: 4096 });
  return outcome.kind === 'absent' ? '' : valueOrThrow(outcome).trim();
}
