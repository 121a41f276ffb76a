import { FIELDS, MIG_SRAM_UNCORRECTABLE } from './fields.ts';

/** Elements on the way to a judged one, by name. */
interface Branch {
  readonly path: string;
  readonly branches: Map<string, Branch>;
}

function treeOf(paths: readonly string[]): Branch {
  const root: Branch = { path: '', branches: new Map() };
  for (const path of paths) {
    let branch = root;
    for (const name of path.split('/')) {
      const next = branch.branches.get(name) ?? { path: branch.path === '' ? name : `${branch.path}/${name}`, branches: new Map<string, Branch>() };
      branch.branches.set(name, next);
      branch = next;
    }
  }
  return root;
}

const JUDGED = treeOf([...Object.values(FIELDS).flatMap(({ xml }) => xml), 'pci/pci_bus_id']);

/** A comment, an end tag, or a start tag, the latter with text and end tag where nothing else stands between them. */
const TOKEN = /<!--[\s\S]*?(?:-->|$)|<\/([A-Za-z_][\w.-]*)\s*>|<([A-Za-z_][\w.-]*)(?:\s[^<>]*|\/)?>(?:([^<]*)<\/\2\s*>)?/g;

/** Lists that some drivers close wrongly. They stand behind everything that is judged, so nothing is lost with what they leave open. */
const LAST_BLOCKS: ReadonlySet<string> = new Set(['supported_clocks', 'processes', 'accounted_processes']);

/** How far one GPU has been read. */
interface Walk {
  readonly body: string;
  readonly leaves: Map<string, string>;
  /** Blocks that have not ended, the innermost last. */
  readonly open: { readonly name: string; readonly branch: Branch }[];
  isBehindLists: boolean;
}

/**
 * Texts of the judged elements of one GPU, and of blocks that hold a text where elements were expected, by path.
 * Undefined if start and end tags do not match where it matters. One pass, whatever the text: what nobody judges is jumped over.
 */
export function leavesOf(body: string): ReadonlyMap<string, string> | undefined {
  const walk: Walk = { body, leaves: new Map(), open: [], isBehindLists: false };
  TOKEN.lastIndex = 0;
  for (let token = TOKEN.exec(body); token !== null; token = TOKEN.exec(body)) {
    const [whole, endName, name, text] = token;
    if (endName !== undefined) {
      if (!leave(walk, endName)) return undefined;
    } else if (name !== undefined) {
      const next = enter(walk, name, text ?? (whole.endsWith('/>') ? '' : undefined), TOKEN.lastIndex);
      if (next === 'unreadable') return undefined;
      TOKEN.lastIndex = next;
    }
  }
  return walk.open.length === 0 ? walk.leaves : undefined;
}

/** An end tag. Behind the lists it may be one that they forgot to open. */
function leave({ open, isBehindLists }: Walk, name: string): boolean {
  return (open.length === 0 && isBehindLists) || open.pop()?.name === name;
}

/** A start tag, which ends at `from`, `text` being what stands in it if there are no elements. Gives where to go on. */
function enter(walk: Walk, name: string, text: string | undefined, from: number): number | 'unreadable' {
  const branch = (walk.open.at(-1)?.branch ?? JUDGED).branches.get(name);
  if (text !== undefined) {
    if (branch !== undefined && !walk.leaves.has(branch.path)) walk.leaves.set(branch.path, decoded(text));
    return from;
  }
  if (branch !== undefined) {
    walk.open.push({ name, branch });
    return from;
  }
  walk.isBehindLists ||= walk.open.length === 0 && LAST_BLOCKS.has(name);
  const tag = `</${name}>`;
  const end = walk.body.indexOf(tag, from);
  if (end !== -1 && name === MIG_DEVICES) takeMigDevices(walk, walk.body.slice(from, end));
  if (end !== -1) return end + tag.length;
  return walk.isBehindLists ? walk.body.length : 'unreadable';
}

const MIG_DEVICES = 'mig_devices';

/** The only error count of a MIG device, since driver 450. */
const MIG_SRAM = /<volatile_count>\s*<sram_uncorrectable>([^<]*)<\/sram_uncorrectable>/g;

/** The sum over all MIG devices of one GPU. */
function takeMigDevices({ open, leaves }: Walk, list: string): void {
  const texts = open.length > 0 ? [] : Array.from(list.matchAll(MIG_SRAM), ([, text = '']) => text.trim());
  const told = texts.filter((text) => text !== 'N/A');
  const counts = told.filter((text) => /^[0-9]{1,15}$/.test(text)).map(Number);
  const sum = counts.reduce((total, count) => total + count, 0);
  // An error that is known must not be hidden by a count that cannot be read; that there is none must.
  const bad = sum > 0 || counts.length === told.length ? undefined : told.find((text) => !/^[0-9]{1,15}$/.test(text));
  if (texts.length > 0) leaves.set(MIG_SRAM_UNCORRECTABLE, bad ?? (told.length === 0 ? 'N/A' : String(sum)));
}

const ENTITIES: Readonly<Record<string, string>> = { '&lt;': '<', '&gt;': '>', '&quot;': '"', '&apos;': "'", '&amp;': '&' };

function decoded(text: string): string {
  return text.includes('&') ? text.replaceAll(/&(?:lt|gt|quot|apos|amp);/g, (entity) => ENTITIES[entity] ?? entity) : text;
}
