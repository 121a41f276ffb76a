import { RECORDED } from './record-patterns.ts';

interface Facts {
  readonly name: string;
  /** `x86_64` */
  readonly machine: string;
  /** As recorded: masked. */
  readonly files: ReadonlyMap<string, string>;
  readonly leftOut: readonly string[];
  readonly date: Date;
}

/** The README of a recording: what it is of, what was trimmed and what was masked. */
export function readmeOf({ name, machine, files, leftOut, date }: Facts): string {
  const first = (path: string, pattern: RegExp): string => pattern.exec(files.get(path) ?? '')?.[1] ?? 'unknown';
  const cpus = (files.get('proc/stat') ?? '').match(/^cpu\d+ /gm)?.length ?? 0;
  const memoryGi = Number(first('proc/meminfo', /^MemTotal: +(\d+) kB/)) / 2 ** 20;
  const changes = RECORDED.filter(({ pattern, change }) => change !== undefined && hasAny(pattern, files));
  return [
    `# ${name}`, '',
    `- Machine: ${machine}, ${cpus} CPUs recorded, ${memoryGi.toFixed(1)} GiB of memory`,
    `- Kernel: ${first('proc/sys/kernel/osrelease', /^(\S+)/)}`,
    `- Distribution: ${first('etc/os-release', /^PRETTY_NAME="?([^"\n]*)/m)}`,
    `- Recorded: ${date.toISOString().slice(0, 10)}, by \`npm run record-host\``,
    '- `root/` is the host\'s root folder with the files that the checks read; `statfs.json` what statfs said of each mount point that they ask;',
    '  `clock/adjtimex.txt` what `adjtimex --print` printed, if there is such a program.',
    '- In `root/proc/<pid>/fd` stands a link for each open file; where they led is told of those of inotify only.',
    '', '## Trimmed and masked', '',
    ...changes.map(({ pattern, change = '' }) => `- \`${pattern}\`: ${change}`),
    ...(leftOut.length > 0 ? ['', '## Left out', '', ...leftOut.map((line) => `- ${line}`)] : []),
    '',
  ].join('\n');
}

function hasAny(pattern: string, files: ReadonlyMap<string, string>): boolean {
  const form = new RegExp(`^${pattern.replaceAll('.', String.raw`\.`).replaceAll('*', '[^/]*').replace(/<pid>|<inotify>/g, String.raw`\d+`)}$`);
  return [...files.keys()].some((path) => form.test(path));
}
