import { execFile } from 'node:child_process';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';

/** Where packages of a release come from: one line of sources.list(5). */
export interface AptSource {
  readonly uri: string;
  readonly suite: string;
  readonly components: string;
}

const FOLDER = '/etc/apt';

/** This machine's own sources for a release of Debian and its updates, the release itself first. */
export function aptSources(release: string): readonly AptSource[] {
  const parts = join(FOLDER, 'sources.list.d');
  const files = [join(FOLDER, 'sources.list'), ...(existsSync(parts) ? readdirSync(parts).toSorted().map((name) => join(parts, name)) : [])];
  const all = files.filter((file) => existsSync(file)).flatMap((file) => {
    const text = readFileSync(file, 'utf8');
    return file.endsWith('.sources') ? fromStanzas(text) : fromLines(text);
  });
  const ofRelease = all.filter(({ suite }) => suite === release || suite.startsWith(`${release}-`));
  return ofRelease.toSorted((a, b) => Number(a.suite !== release) - Number(b.suite !== release));
}

/** `deb [signed-by=…] http://deb.example.org/debian bookworm main`. */
function fromLines(text: string): readonly AptSource[] {
  return text.split('\n').flatMap((line) => {
    const [, uri, suite, components] = /^deb\s+(?:\[[^\]]*\]\s+)?(\S+)\s+(\S+)\s+(.+)$/.exec(line.trim()) ?? [];
    return uri === undefined || suite === undefined || components === undefined ? [] : [{ uri, suite, components }];
  });
}

/** `Types: deb`, `URIs: …`, `Suites: …`, `Components: …`, with an empty line between two. */
function fromStanzas(text: string): readonly AptSource[] {
  return text.split(/\n\s*\n/).flatMap((stanza) => {
    const field = (name: string): readonly string[] => (new RegExp(`^${name}:(.*)$`, 'im').exec(stanza)?.[1] ?? '').trim().split(/\s+/).filter(Boolean);
    if (!field('Types').includes('deb') || field('Enabled').includes('no')) return [];
    return field('URIs').flatMap((uri) => field('Suites').map((suite) => ({ uri, suite, components: field('Components').join(' ') })));
  });
}

/** What says how packages are fetched: proxies, certificates, and whether the dates of package lists are believed; see apt.conf(5). */
export async function machineAptSettings(): Promise<string> {
  const { stdout } = await promisify(execFile)('apt-config', ['dump', 'Acquire']);
  return stdout.split('\n').filter((line) => /^Acquire::(?:https?|ftp|Check-|Retries|ForceIPv)/i.test(line)).map((line) => `${line}\n`).join('');
}
