import { existsSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { machine } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { silentLogger } from '../plugins/core/log.ts';
import { runCheck } from '../plugins/core/run-check.ts';
import { defaultsOf } from '../plugins/core/settings.ts';
import { hostInspector } from '../plugins/host-inspector/host-inspector.ts';
import { hostSettings } from '../plugins/host-inspector/settings.ts';
import type { HostSources } from '../plugins/host-inspector/sources.ts';
import { runChild } from '../plugins/linux/child.ts';
import type { FilesystemAnswer } from '../plugins/linux/filesystem-answer.ts';
import { type FilesystemProbe, createFilesystemProbe } from '../plugins/linux/filesystem-probe.ts';
import { parseAdjtimex } from '../plugins/linux/kernel-clock.ts';
import { openRecording } from '../cli/recording.ts';
import { messageOf } from '../plugins/core/errors.ts';
import { createMask, type Mask } from './record-mask.ts';
import { interfaceLinks } from './record-network.ts';
import { RECORDED } from './record-patterns.ts';
import { openFiles, pathsOf, pciLinks, readRecorded, recordedPids } from './record-read.ts';
import { readmeOf } from './record-readme.ts';

/**
 * Records what the checks read of a live Linux machine, as a host for tests and demonstrations.
 *
 *     npm run record-host -- NAME [--root /] [--out test/hosts]
 *
 * Run it as root, so that it sees what the plugin sees. Look through what it wrote before you give it to anybody: it says
 * what it left out, and masks whatever is not known to stand on every machine, but only a person knows what is secret.
 */

const STATFS_TIMEOUT_MS = 5_000;

interface Recorded {
  /** Path below the root to text. */
  readonly files: ReadonlyMap<string, string>;
  /** Path below the root to where the link leads. */
  readonly links: ReadonlyMap<string, string>;
  readonly leftOut: readonly string[];
}

async function recordFiles(root: string, mask: Mask): Promise<Recorded> {
  const files = new Map<string, string>();
  const links = new Map<string, string>([...pciLinks(root), ...interfaceLinks(root)]);
  const leftOut = new Map<string, number>();
  const leaveOut = (what: string, count = 1): void => void leftOut.set(what, (leftOut.get(what) ?? 0) + count);
  const pids = recordedPids(root);
  for (const recorded of RECORDED) {
    for (const { path, isOther } of pathsOf(recorded, root, pids)) {
      const read = await readRecorded(root, path);
      if (read.kind === 'left-out') leaveOut(`\`${recorded.pattern}\`: ${read.why}`);
      if (read.kind !== 'ok') continue;
      if (isOther) {
        leaveOut(`\`${recorded.pattern}\`: another name or number`);
        continue;
      }
      try {
        files.set(path, recorded.keep(read.text, mask));
      } catch (error) {
        leaveOut(`\`${recorded.pattern}\`: ${messageOf(error)}`);
      }
    }
  }
  for (const pid of pids) {
    const open = openFiles(root, pid);
    if (open === undefined) continue;
    for (const [descriptor, target] of open.links) links.set(`proc/${pid}/fd/${descriptor}`, target);
    if (open.hidden > 0) leaveOut('`proc/<pid>/fd`: where a link leads, which needs CAP_SYS_PTRACE', open.hidden);
    if (open.leftOut > 0) leaveOut('`proc/<pid>/fd`: open files', open.leftOut);
  }
  return { files, links, leftOut: [...leftOut].map(([what, count]) => (count === 1 ? what : `${what} (${count})`)) };
}

/** Who has certificates is told by them, and a file with one may hold its private key: none is recorded, nor any kubeconfig file. */
const NOT_RECORDED: ReadonlySet<string> = new Set(['certificates']);

/** What is found, in words that no mask changes. What is not visible to us may be healthy in the recording, which has no owners. */
async function findingsOf(root: string, probe: FilesystemProbe, sources?: HostSources): Promise<readonly string[]> {
  const said: string[] = [];
  for (const check of hostInspector(probe, sources).checks) {
    if (NOT_RECORDED.has(check.name)) continue;
    const scene = { root, settings: defaultsOf(hostSettings), memo: undefined, signal: new AbortController().signal, log: silentLogger };
    const { verdicts } = await runCheck(check, scene);
    for (const verdict of verdicts) {
      if (verdict.kind === 'problem' || verdict.kind === 'unknown') said.push(`${check.name}: ${verdict.kind === 'problem' ? verdict.reason : verdict.kind}`);
    }
  }
  return said;
}

/** Asks as the real probe does, and keeps what came of it under the masked mount point. */
function keepingProbe(mask: Mask, kept: Map<string, object | 'hung'>, leftOut: string[]): FilesystemProbe {
  const real = createFilesystemProbe({ timeoutMs: STATFS_TIMEOUT_MS });
  return {
    async probe(target): Promise<FilesystemAnswer> {
      const answer = await real.probe(target);
      const mountPoint = mask.path(target.mountPoint);
      if (answer.kind === 'ok') {
        const { kind: _, ...space } = answer;
        kept.set(mountPoint, space);
      } else if (answer.kind === 'stuck') kept.set(mountPoint, 'hung');
      else if ('refusal' in answer && answer.refusal !== undefined) kept.set(mountPoint, { refusal: answer.refusal });
      else leftOut.push(`statfs ${mountPoint}: ${answer.kind}`);
      return answer;
    },
  };
}

/** What the kernel knows of its clock, where a program tells: numbers only. */
async function adjtimex(): Promise<string | undefined> {
  const result = await runChild({ command: 'adjtimex', args: ['--print'], timeoutMs: 3_000, maxOutputBytes: 4_096 });
  if (result.kind !== 'exited' || result.code !== 0) return undefined;
  parseAdjtimex(result.stdout);
  return result.stdout;
}

function write(file: string, text: string): void {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
}

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: { root: { type: 'string', default: '/' }, out: { type: 'string', default: join(import.meta.dirname, '../test/hosts') } },
});
const [name = '', ...more] = positionals;
const [root, folder] = [resolve(values.root), resolve(values.out, name)];
if (!/^[a-z0-9][a-z0-9.-]*$/.test(name) || more.length > 0 || existsSync(folder)) {
  console.error('usage: npm run record-host -- NAME [--root DIR] [--out DIR]; NAME is of a-z, 0-9, . and -, and not there yet');
  process.exit(64);
}
const mask = createMask();
const recorded = await recordFiles(root, mask);
const statfs = new Map<string, object | 'hung'>();
const leftOut = [...recorded.leftOut];
const live = await findingsOf(root, keepingProbe(mask, statfs, leftOut));

const texts = new Map([...recorded.files].map(([path, text]) => [join('root', path), text]));
texts.set('statfs.json', `${JSON.stringify(Object.fromEntries(statfs), null, 2)}\n`);
const clock = await adjtimex();
if (clock !== undefined) texts.set('clock/adjtimex.txt', clock);
texts.set('README.md', readmeOf({ name, machine: machine(), files: recorded.files, leftOut, date: new Date() }));
// The last line of defence: what was replaced in one place may stand in another.
const secrets = mask.replaced().filter((secret) => secret.length >= 4).map((secret) => new RegExp(String.raw`(?<![\w.-])${RegExp.escape(secret)}(?![\w.-])`));
const holds = (text: string): boolean => secrets.some((secret) => secret.test(text));
const leaks = [...texts].filter(([path, text]) => path !== 'README.md' && (holds(path) || holds(text))).map(([path]) => path);
if (leaks.length > 0) {
  console.error(`nothing written: what was to be masked still stands in ${leaks.join(', ')}`);
  process.exit(1);
}
for (const [path, text] of texts) write(join(folder, path), text);
for (const [path, target] of recorded.links) {
  mkdirSync(dirname(join(folder, 'root', path)), { recursive: true });
  symlinkSync(target, join(folder, 'root', path));
}

using replayed = openRecording(folder);
const again = await findingsOf(replayed.root, replayed.probe, replayed.sources);
console.log(`${folder}: ${recorded.files.size} files, ${statfs.size} file systems, ${mask.replaced().length} names and numbers masked`);
for (const line of leftOut) console.log(`left out: ${line}`);
if (live.join() !== again.join()) {
  console.error(`what is found in the recording differs from what was found on the machine:\n  machine:   ${live.join(', ') || 'nothing'}\n  recording: ${again.join(', ') || 'nothing'}`);
  rmSync(folder, { recursive: true, force: true });
  process.exit(1);
}
