import { chmodSync, existsSync, mkdirSync, readFileSync, renameSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Folder, temporaryFolder } from './eventually.ts';

/** What a fake nvidia-smi does from its next start on. Without `xml`, `csv`, `help` or `nvlink` that question is one it does not know (exit 2). */
export interface SmiBehaviour {
  /** Output of `-q -x`. */
  readonly xml?: string;
  /** Rows of `--query-gpu`, by column; a column that a row has not is `[N/A]`. */
  readonly csv?: readonly Readonly<Record<string, string>>[];
  /** Output of `--help-query-gpu`. */
  readonly help?: string;
  /** Output of `nvlink -s`. */
  readonly nvlink?: string;
  /** Written beside any output. */
  readonly stderr?: string;
  readonly exitCode?: number;
  /** Before anything else. */
  readonly delayMs?: number;
  /** Only so much of the output is written. */
  readonly cutAtByte?: number;
  /** SIGTERM, SIGINT and SIGHUP do nothing. */
  readonly isDeaf?: boolean;
  /** What it does once it has written, in place of ending. */
  readonly ending?: SmiEnding;
}

export type SmiEnding =
  /** Sleeps for ever, computes for ever, or writes for ever. */
  | 'hang' | 'spin' | 'flood'
  /** Takes ever more memory, and uses it. */
  | { readonly leakMebibytesPerSecond: number }
  /** Waits in the kernel for a file that lies on a dead mount; see dead-mount.ts. */
  | { readonly readsFrom: string }
  | { readonly killsItselfWith: 'SEGV' | 'KILL' | 'TERM' };

/** A real program, and what was seen of it. */
export interface FakeSmi extends Disposable {
  readonly path: string;
  readonly become: (behaviour: SmiBehaviour) => void;
  /** Arguments of each start so far. */
  readonly starts: () => readonly string[];
  /** The most that were ever there at once when another one started, that one included. */
  readonly mostAtOnce: () => number;
  /** PIDs of those that are there now; each leads a process group of its own. */
  readonly running: () => readonly number[];
}

/**
 * Makes one in a folder of its own, which is gone afterwards. It reads what to do at each start; switching is atomic.
 *
 * A process that was started before counts as there if the PID has the same start time (field 22 of proc_pid_stat(5)) and
 * is no zombie.
 */
export function fakeSmi(behaviour: SmiBehaviour): FakeSmi {
  const folder = temporaryFolder();
  const path = folder.file('nvidia-smi');
  const log = folder.file('starts');
  let version = 0;
  const become = (next: SmiBehaviour): void => {
    version += 1;
    writeBehaviour(folder, `behaviour-${version}`, next);
  };
  become(behaviour);
  writeFileSync(path, SCRIPT.replaceAll('FOLDER', folder.path));
  chmodSync(path, 0o755);
  const lines = (): readonly string[] => (existsSync(log) ? readFileSync(log, 'utf8').trimEnd().split('\n') : []);
  return {
    path,
    become,
    starts: () => lines().map((line) => line.split(' ').slice(3).join(' ')),
    mostAtOnce: () => Math.max(0, ...lines().map((line) => Number(line.split(' ')[2]))),
    running: () => lines().filter(isThere).map((line) => Number(line.split(' ')[0])),
    [Symbol.dispose]: () => folder[Symbol.dispose](),
  };
}

/** A line of the log: PID, start time and more. */
function isThere(line: string): boolean {
  const [pid, since] = line.split(' ');
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return fields[0] !== 'Z' && fields[19] === since;
  } catch {
    return false;
  }
}

function writeBehaviour(folder: Folder, name: string, behaviour: SmiBehaviour): void {
  const { xml, csv, help, nvlink, stderr, ...rest } = behaviour;
  mkdirSync(folder.file(name));
  const write = (file: string, text: string | undefined): void => {
    if (text !== undefined) writeFileSync(join(folder.file(name), file), text);
  };
  write('xml', xml);
  write('csv', csv?.flatMap((row, index) => Object.entries(row).map(([column, value]) => `${index}\t${column}\t${value}\n`)).join(''));
  write('help', help);
  write('nvlink', nvlink);
  write('stderr', stderr);
  write('settings', settingsOf(rest));
  symlinkSync(name, folder.file('next'));
  renameSync(folder.file('next'), folder.file('now'));
}

/** Assignments for the script. */
function settingsOf({ exitCode = 0, delayMs = 0, cutAtByte, isDeaf = false, ending }: SmiBehaviour): string {
  return `exit_code=${exitCode}\ndelay=${delayMs / 1_000}\ncut=${cutAtByte ?? ''}\ndeaf=${isDeaf ? 'yes' : ''}\n${endingOf(ending)}\n`;
}

function endingOf(ending: SmiEnding | undefined): string {
  if (ending === undefined) return 'ending=';
  if (typeof ending === 'string') return `ending=${ending}`;
  if ('readsFrom' in ending) return `ending=read file='${ending.readsFrom}'`;
  if ('killsItselfWith' in ending) return `ending=kill signal=${ending.killsItselfWith}`;
  return `ending=leak rate=${ending.leakMebibytesPerSecond}`;
}

const SCRIPT = `#!/bin/sh
question="$*"
now="FOLDER/$(readlink FOLDER/now)"

# Sets $state and $started of a process, or fails.
look() {
  { read -r line <"/proc/$1/stat"; } 2>/dev/null || return 1
  set -- \${line##*) }
  state=$1
  shift 19
  started=$1
}
there=1
if [ -e FOLDER/starts ]; then
  while read -r pid since rest; do
    if look "$pid" && [ "$started" = "$since" ] && [ "$state" != Z ]; then there=$((there + 1)); fi
  done <FOLDER/starts
fi
look $$
echo "$$ $started $there $question" >>FOLDER/starts

. "$now/settings"
if [ -n "$deaf" ]; then trap '' TERM INT HUP; fi
if [ "$delay" != 0 ]; then sleep "$delay"; fi
if [ -e "$now/stderr" ]; then cat "$now/stderr" >&2; fi

case "$question" in
  '-q -x') answer=xml ;;
  --help-query-gpu) answer=help ;;
  'nvlink -s') answer=nvlink ;;
  --query-gpu=*' --format=csv,noheader') answer=csv ;;
  *) answer=none ;;
esac
if [ ! -e "$now/$answer" ]; then
  echo "Invalid combination of input arguments. Please run 'nvidia-smi -h' for help."
  exit 2
fi
write() {
  if [ "$answer" = csv ]; then
    columns="\${question#--query-gpu=}"
    awk -F '\\t' -v columns="\${columns% --format*}" '
      { value[$1, $2] = $3; if ($1 >= rows) rows = $1 + 1 }
      END {
        count = split(columns, names, ",")
        for (row = 0; row < rows; row++) {
          for (i = 1; i <= count; i++) printf "%s%s", (i > 1 ? ", " : ""), ((row, names[i]) in value ? value[row, names[i]] : "[N/A]")
          printf "\\n"
        }
      }' "$now/csv"
  else
    cat "$now/$answer"
  fi
}
if [ -n "$cut" ]; then write | head -c "$cut"; else write; fi

case "$ending" in
  hang) while :; do sleep 1000; done ;;
  spin) while :; do :; done ;;
  flood) exec yes '<flood/>' ;;
  leak) exec perl -e 'while (1) { push @all, "x" x 1048576; select undef, undef, undef, 1 / $ARGV[0] }' "$rate" ;;
  read) exec cat "$file" ;;
  kill) kill -"$signal" $$ ;;
esac
exit "$exit_code"
`;
