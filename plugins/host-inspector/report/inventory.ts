import { readdirSync } from 'node:fs';
import { isRecord } from '../../core/decode.ts';
import { ParseError } from '../../core/errors.ts';
import { readSmallFile, writeFileAtomically } from '../../linux/atomic-file.ts';
import { explainFailure } from '../../linux/child-failure.ts';
import { parseBootId } from '../../linux/proc/boot-id.ts';
import { type Outcome, hostPath, readText } from '../../linux/read.ts';
import type { Unit, Value } from './fields.ts';
import type { SectionOf } from './model.ts';
import type { ReportScene } from './scene.ts';
import { attempt, readSource, sourceOf, told, untold } from './values.ts';

type Inventory = SectionOf<'inventory'>;

/** Ten calls of small programs, a second at most; on a busy node more. */
const DEADLINE_MS = 10_000;
const CACHE_DEADLINE_MS = 1_000;
const MOST_BYTES = 64 * 1_024;
/** It takes some 35 MiB; more than this and the container's other programs would pay for it. */
const MOST_PRIVATE_BYTES = 64 * 2 ** 20;

const SOURCE = 'systeminformation';

const TEXTS = [
  'manufacturer', 'model', 'hypervisor', 'biosVendor', 'biosVersion', 'biosDate', 'boardManufacturer', 'boardModel', 'cpuVendor', 'cpuModel',
] as const;

/** What systeminformation said, read strictly. */
interface Asked extends Readonly<Record<(typeof TEXTS)[number], string>> {
  readonly memoryBytes: number;
}

/** The machine. systeminformation is asked by a child that may fail or hang: then its fields say so. Never rejects. */
export async function readInventory(scene: ReportScene): Promise<Inventory> {
  const bootId = readSource(scene.root, 'proc/sys/kernel/random/boot_id', parseBootId).outcome;
  const asked = sourceOf(SOURCE, await ask(scene, bootId.kind === 'ok' ? bootId.value : undefined));
  const text = (pick: (from: Asked) => string): Value<string, ''> => {
    const value = asked.tell('', pick);
    return value.value !== null && isPlaceholder(value.value) ? untold('', SOURCE, 'unsupported', 'the machine does not tell, or not to this container') : value;
  };
  return {
    manufacturer: text(({ manufacturer }) => manufacturer),
    model: text(({ model }) => model),
    // It knows some hypervisors; that there is none nobody says.
    hypervisor: text(({ hypervisor }) => hypervisor),
    bios: text(({ biosVendor, biosVersion, biosDate }) => [biosVendor, biosVersion, biosDate].filter((part) => !isPlaceholder(part)).join(' ')),
    board: text(({ boardManufacturer, boardModel }) => [boardManufacturer, boardModel].filter((part) => !isPlaceholder(part)).join(' ')),
    cpuModel: text(({ cpuModel }) => cpuModel),
    cpuVendor: text(({ cpuVendor }) => cpuVendor),
    ...readTopology(scene.root),
    memory: asked.tell('bytes', ({ memoryBytes }) => (memoryBytes > 0 ? memoryBytes : undefined)),
  };
}

/** What it says where it could not tell, and what makers leave in their firmware. */
const PLACEHOLDERS: ReadonlySet<string> = new Set([
  '', '-', 'computer', 'docker container', 'unknown', 'none', 'default string', 'not specified', 'system manufacturer', 'system product name', 'to be filled by o.e.m.', 'o.e.m.', 'n/a',
]);

function isPlaceholder(text: string): boolean {
  return PLACEHOLDERS.has(text.trim().toLowerCase());
}

async function ask({ inventory, run, signal, timeoutMs, isRecording }: ReportScene, bootId: string | undefined): Promise<Outcome<Asked>> {
  if (inventory === undefined) {
    return { kind: 'absent', message: isRecording ? `${SOURCE} asks this machine, not the recorded one` : `${SOURCE} was not asked` };
  }
  const { command: [command, ...args], cacheFile } = inventory;
  const kept = cacheFile === undefined || bootId === undefined ? undefined : await load(cacheFile, bootId);
  if (kept !== undefined) return { kind: 'ok', value: kept };
  const deadlineMs = Math.min(DEADLINE_MS, timeoutMs);
  const result = await run({ command, args, timeoutMs: deadlineMs, maxOutputBytes: MOST_BYTES, oomScoreAdj: 1_000, maxPrivateBytes: MOST_PRIVATE_BYTES, signal });
  if (result.kind !== 'exited' || result.code !== 0) {
    const failure = explainFailure(SOURCE, 'its program', result, deadlineMs);
    return { kind: 'failed', message: failure === 'hung' ? `${SOURCE}: no answer within ${deadlineMs} ms` : failure.message };
  }
  const asked = attempt(() => decode(JSON.parse(result.stdout)));
  if (asked.kind === 'ok' && cacheFile !== undefined && bootId !== undefined) {
    await writeFileAtomically(cacheFile, JSON.stringify({ bootId, asked: asked.value }), { timeoutMs: CACHE_DEADLINE_MS });
  }
  return asked;
}

/** Undefined where nothing of this boot can be used: then it is asked anew. */
async function load(cacheFile: string, bootId: string): Promise<Asked | undefined> {
  const file = await readSmallFile(cacheFile, { timeoutMs: CACHE_DEADLINE_MS, maxBytes: MOST_BYTES });
  if (file.kind !== 'ok') return undefined;
  try {
    const kept: unknown = JSON.parse(file.value);
    return isRecord(kept) && kept['bootId'] === bootId ? decode(kept['asked']) : undefined;
  } catch {
    // Cut, or of another version.
    return undefined;
  }
}

/** Throws ParseError. */
function decode(value: unknown): Asked {
  const where = SOURCE;
  if (!isRecord(value)) throw new ParseError(where, 'an object', JSON.stringify(value) ?? 'nothing');
  const texts = TEXTS.map((name) => {
    const text = value[name];
    if (typeof text !== 'string') throw new ParseError(`${where}: ${name}`, 'a text', JSON.stringify(text) ?? 'nothing');
    return [name, text.slice(0, 256)] as const;
  });
  const { memoryBytes } = value;
  if (typeof memoryBytes !== 'number' || !Number.isSafeInteger(memoryBytes) || memoryBytes < 0) throw new ParseError(`${where}: memoryBytes`, 'a whole number', JSON.stringify(memoryBytes) ?? 'nothing');
  return { ...(Object.fromEntries(texts) as Record<(typeof TEXTS)[number], string>), memoryBytes };
}

/**
 * From sysfs: without lscpu in its image systeminformation takes each CPU for a core, and all for one socket. CPUs that are
 * offline have no topology.
 */
function readTopology(root: string): Pick<Inventory, 'cpuSockets' | 'cpuPhysicalCores'> {
  const source = '/sys/devices/system/cpu/cpu*/topology';
  const cpus = attempt(() => readdirSync(hostPath(root, 'sys/devices/system/cpu')).filter((name) => /^cpu\d+$/.test(name)));
  const distinct = <U extends Unit>(unit: U, file: string): Value<number, U> => {
    if (cpus.kind !== 'ok') return untold(unit, source, 'error', cpus.message);
    const found = new Set(cpus.value.flatMap((cpu) => {
      const text = readText(root, `sys/devices/system/cpu/${cpu}/topology/${file}`);
      return text.kind === 'ok' ? [text.value.trim()] : [];
    }));
    return found.size === 0 ? untold(unit, source, 'unsupported', `${source}/${file}: not told`) : told(unit, found.size, source);
  };
  return { cpuSockets: distinct('count', 'physical_package_id'), cpuPhysicalCores: distinct('count', 'thread_siblings_list') };
}
