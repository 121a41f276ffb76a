import { readdirSync } from 'node:fs';
import { codeOf, ParseError } from '../../core/errors.ts';
import { describePath, hostPath, readText, valueOrThrow } from '../read.ts';

/** A GPU that the driver has taken, by the name of its folder: `0000:53:00.0`. */
export interface ProcGpu {
  readonly address: string;
  readonly uuid: string | undefined;
  /** N of its node /dev/nvidiaN; absent where it is not told. */
  readonly minor?: number;
}

const FOLDER = 'proc/driver/nvidia/gpus';

/** More than any machine has; a folder that is not the driver's may hold anything. */
const MOST_GPUS = 256;

/**
 * GPUs that the driver has taken: folders of /proc/driver/nvidia/gpus. A lost one stays. Undefined where there is no such
 * folder: no driver, or a container runtime that hides it. Throws where it cannot be read.
 */
export function readProcGpus(root: string): readonly ProcGpu[] | undefined {
  let names;
  try {
    names = readdirSync(hostPath(root, FOLDER));
  } catch (cause) {
    const code = codeOf(cause);
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
    throw new Error(`${describePath(root, FOLDER)}: ${code ?? 'unreadable'}`, { cause });
  }
  const addresses = names.filter((name) => /^[0-9a-f]{4,8}:[0-9a-f]{2}:[0-9a-f]{2}\.[0-7]$/.test(name));
  return addresses.toSorted().slice(0, MOST_GPUS).map((address) => {
    const information = readText(root, `${FOLDER}/${address}/information`, { maxBytes: 16_384 });
    if (information.kind !== 'ok') return { address, uuid: undefined };
    const minor = parseInformationMinor(information.value);
    return { address, uuid: parseInformationUuid(information.value), ...(minor === undefined ? {} : { minor }) };
  });
}

/**
 * UUID in /proc/driver/nvidia/gpus/<address>/information, undefined where it is not known (`GPU-???????-...` until the GPU was
 * used for the first time). The file looks like
 *
 *     Model: 		 NVIDIA H100 80GB HBM3
 *     IRQ:   		 18
 *     GPU UUID: 	 GPU-8c1a9b0e-5a0c-2b7f-7f0a-2f6d7f3b1c11
 *     Bus Location: 	 0000:53:00.0
 *     Device Minor: 	 0
 */
export function parseInformationUuid(text: string): string | undefined {
  return /^GPU UUID:\s*(GPU-[0-9a-f-]{36})\s*$/m.exec(text)?.[1];
}

/** N of the node /dev/nvidiaN, by `Device Minor:` of the same file; undefined where it is not told (drivers before 340). */
function parseInformationMinor(text: string): number | undefined {
  const minor = /^Device Minor:[ \t]*([0-9]{1,3})[ \t]*$/m.exec(text)?.[1];
  return minor === undefined ? undefined : Number(minor);
}

/** In place of the version of a module that is loaded and tells it in a form that nobody knows. */
const UNKNOWN_VERSION = 'unknown';

/**
 * Version of the loaded kernel module `nvidia`, as `535.154.05`, or `unknown` where its text is not understood: it is loaded all
 * the same. Undefined where it is not loaded. From /sys/module/nvidia/version, which a container sees, too, or else
 * /proc/driver/nvidia/version. Throws for what cannot be read.
 */
export function readNvidiaModuleVersion(root: string): string | undefined {
  const sys = readText(root, 'sys/module/nvidia/version', { maxBytes: 4_096 });
  if (sys.kind !== 'absent') return orUnknown(parseModuleVersion, valueOrThrow(sys));
  const proc = readText(root, 'proc/driver/nvidia/version', { maxBytes: 16_384 });
  return proc.kind === 'absent' ? undefined : orUnknown(parseDriverVersion, valueOrThrow(proc));
}

function orUnknown(parse: (text: string, file: string) => string, text: string): string {
  try {
    return parse(text, 'version');
  } catch (thrown) {
    if (!(thrown instanceof ParseError)) throw thrown;
    return UNKNOWN_VERSION;
  }
}

/** Parses /sys/module/nvidia/version: the version and a newline. Throws ParseError. */
export function parseModuleVersion(text: string, file: string): string {
  const [, version] = /^(\d+(?:\.\d+)+)\n$/.exec(text) ?? [];
  if (version === undefined) throw new ParseError(file, 'a version such as "535.154.05"', text);
  return version;
}

/**
 * Parses /proc/driver/nvidia/version, of which the first line looks like one of
 *
 *     NVRM version: NVIDIA UNIX x86_64 Kernel Module  535.154.05  Thu Dec 28 15:37:48 UTC 2023
 *     NVRM version: NVIDIA UNIX Open Kernel Module for x86_64  570.133.20  Release Build  (dvs-builder@U22-I3-AF03-14-3)
 *
 * Throws ParseError.
 */
export function parseDriverVersion(text: string, file: string): string {
  const [, version] = /^NVRM version: .*? Kernel Module(?: for \S+)? +(\d+(?:\.\d+)+) /m.exec(text) ?? [];
  if (version === undefined) throw new ParseError(file, '"NVRM version: ... Kernel Module <version>"', text);
  return version;
}
