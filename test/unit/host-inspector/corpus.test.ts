import { assert } from 'chai';
import { cpSync, existsSync, globSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Recording, openRecording, recordedHost } from '../../../cli/recording.ts';
import type { Look } from '../../../plugins/core/check.ts';
import { silentLogger } from '../../../plugins/core/log.ts';
import { runCheck } from '../../../plugins/core/run-check.ts';
import { defaultsOf } from '../../../plugins/core/settings.ts';
import type { Verdict } from '../../../plugins/core/verdict.ts';
import { hostChecks } from '../../../plugins/host-inspector/checks/index.ts';
import { hostConditions } from '../../../plugins/host-inspector/conditions.ts';
import { hostSettings } from '../../../plugins/host-inspector/settings.ts';
import { say } from '../../support/command-line.ts';

/** Files of /proc and /sys of many machines, each of which may come to stand in for the one of a sick host. */
const CORPUS = join(import.meta.dirname, '../../../../shared/corpus/host');
const FOLDERS = ['prometheus-procfs', 'prometheus-node_exporter'].map((name) => join(CORPUS, name));
const isPresent = FOLDERS.every((folder) => existsSync(folder));

const HOSTS = join(import.meta.dirname, '../../hosts');
const settings = defaultsOf(hostSettings);

/** Hosts with a single problem, of which a file that tells nothing must not make a healthy one. */
const sickHosts = globSync('*/variant.json', { cwd: HOSTS })
  .map((file) => recordedHost(join(HOSTS, file, '..')))
  .flatMap(({ name, variants: [variant] }) => {
    const [told = '', ...more] = variant?.expect ?? [];
    const spec = hostConditions.find(({ type, reasons }) => more.length === 0 && reasons.some(({ reason }) => told === `${type}/${reason}`));
    return spec === undefined ? [] : [{ name, condition: spec.type }];
  });

interface CorpusFile {
  readonly path: string;
  /** Where a host has it: what lies in `net` is a link to the reader's own, so PID 1's is read. */
  readonly place: string;
  readonly text: string;
}

function corpusFiles(): readonly CorpusFile[] {
  return FOLDERS.flatMap((folder) =>
    globSync('{proc,sys}/**/*', { cwd: folder })
      .filter((path) => statSync(join(folder, path), { throwIfNoEntry: false })?.isFile() === true)
      .map((path) => ({ path: join(folder, path), place: path.replace(/^proc\/net\//, 'proc/1/net/'), text: readFileSync(join(folder, path), 'latin1') })),
  );
}

/** Ends of a text that lie inside a record: the kernel ends each with a newline. Some of them, spread over the file. */
function cutsOf(text: string): readonly string[] {
  const ends = Array.from({ length: 6 }, (_, index) => Math.ceil((text.length * (index + 0.7)) / 6));
  return ends.map((end) => text.slice(0, end)).filter((piece) => piece !== '' && piece !== text && !piece.endsWith('\n'));
}

const GARBAGE = ['', '\0\0\0\0', '\n', '-1\n', 'NaN\n', '9'.repeat(400), '\u00ff\u00fe some avg10= max - /\n', 'x'.repeat(100_000)];

/** What checks keep, by their names. */
type Kept = ReadonlyMap<string, Pick<Look, 'memo' | 'baseline'>>;

/** Looks with all checks of a condition: what each found, and what it keeps for its next look. */
async function look(condition: string, { root, probe, sources }: Recording, kept: Kept): Promise<{ readonly kinds: readonly Verdict['kind'][]; readonly kept: Kept }> {
  const checks = hostChecks(probe, sources).filter((check) => check.condition === condition);
  const looks = await Promise.all(checks.map(async (check) => {
    const found = await runCheck(check, { root, settings, memo: undefined, ...kept.get(check.name), signal: new AbortController().signal, log: silentLogger });
    return [check.name, found] as const;
  }));
  return { kinds: looks.flatMap(([, { verdicts }]) => verdicts.map(({ kind }) => kind)), kept: new Map(looks.map(([name, { memo, baseline }]) => [name, { memo, baseline }])) };
}

describe(isPresent ? 'a file of the corpus' : 'a file of the corpus (skipped: ../shared/corpus is not there)', () => {
  before(function () {
    if (!isPresent) this.skip();
  });

  for (const { name, condition } of sickHosts) {
    it(`cut inside a record, or garbage in its place, does not make ${condition} of ${name} healthy`, async () => {
      using recording = openRecording(name);
      const isSudden = recording.variants[0]?.isSudden === true;
      if (isSudden) recording.recover();
      let { kept } = await look(condition, recording, new Map());
      if (isSudden) recording.fallSick();
      recording.step();
      for (let looks = recording.variants[0]?.looksBefore ?? 1; looks > 1; looks--) {
        ({ kept } = await look(condition, recording, kept));
        recording.step();
      }
      assert.include((await look(condition, recording, kept)).kinds, 'problem', 'as it is');
      const known = corpusFiles().filter(({ place }) => statSync(join(recording.root, place), { throwIfNoEntry: false })?.isFile() === true);
      assert.isAbove(known.length, 20);
      for (const { path, place, text } of known) {
        const file = join(recording.root, place);
        const own = readFileSync(file);
        for (const bad of [...cutsOf(text), ...GARBAGE]) {
          writeFileSync(file, bad, 'latin1');
          const { kinds } = await look(condition, recording, kept);
          assert.isTrue(kinds.includes('problem') || kinds.includes('unknown'), `${path}: ${JSON.stringify(bad.slice(-60))}`);
        }
        writeFileSync(file, own);
      }
    }).timeout(60_000);
  }

  for (const folder of FOLDERS) {
    it(`crashes nothing, whole, cut or replaced by garbage, when all stand together as a host: ${folder.slice(CORPUS.length + 1)}`, async () => {
      const root = mkdtempSync(join(tmpdir(), 'npd-corpus-'));
      try {
        const change: readonly ((text: string) => string)[] = [(text) => text, (text) => text.slice(0, Math.floor(text.length * 0.7)), () => '\u00ff\0garbage -1'];
        for (const spoil of change) {
          rmSync(root, { recursive: true });
          cpSync(folder, root, { recursive: true });
          for (const path of globSync('{proc,sys}/**/*', { cwd: root }).map((path) => join(root, path))) {
            if (statSync(path, { throwIfNoEntry: false })?.isFile() === true) writeFileSync(path, spoil(readFileSync(path, 'latin1')), 'latin1');
          }
          const { code, stdout, stderr } = await say(['check', 'host-inspector', '--json', '--host-root', root]);
          // The disks of other machines cannot be seen here, so not all can be told.
          assert.oneOf(code, [1, 2], stderr);
          assert.lengthOf((JSON.parse(stdout) as { conditions: unknown[] }).conditions, hostConditions.length);
        }
      } finally {
        rmSync(root, { recursive: true, force: true });
      }
    });
  }
});
