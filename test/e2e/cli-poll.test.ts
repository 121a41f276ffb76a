import { assert } from 'chai';
import { writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { hostConditions } from '../../plugins/host-inspector/conditions.ts';
import type { Condition } from '../../plugins/core/status.ts';
import { connect } from '../../plugins/rpc/client.ts';
import { say } from '../support/command-line.ts';
import { type HostTree, hostTree } from '../support/host-tree.ts';
import { npdFile } from '../support/npd-file.ts';
import { eventually, temporaryFolder } from '../support/eventually.ts';
import { type Program, start } from '../support/program.ts';

/** One line of `poll --json`. */
interface Line {
  readonly time: string;
  readonly node: string;
  readonly error?: string;
  readonly conditions?: readonly Condition[];
  readonly events?: readonly { readonly reason: string }[];
  readonly wouldWrite: { readonly patches: readonly { readonly cause: string }[]; readonly events: readonly { readonly reason: string; readonly kind: string }[] };
}

interface Setting extends AsyncDisposable {
  readonly host: HostTree;
  readonly folder: string;
  readonly file: string;
  readonly socket: string;
  readonly serve: () => Program;
}

/** A made-up host, NPD's configuration for it, and `serve` on its socket, started again at will. */
async function setting(): Promise<Setting> {
  const [folder, host] = [temporaryFolder(), hostTree()];
  const socket = join(folder.path, 'a.sock');
  const programs: Program[] = [];
  const serve = (): Program => {
    const program = start(['serve', 'host-inspector', '--socket', socket, '--state-dir', folder.path, '--host-root', host.root]);
    programs.push(program);
    return program;
  };
  return {
    host, folder: folder.path, socket, serve, file: npdFile(join(folder.path, 'npd.json'), socket),
    async [Symbol.asyncDispose]() {
      for (const program of programs) await program[Symbol.asyncDispose]();
      host[Symbol.dispose]();
      folder[Symbol.dispose]();
    },
  };
}

let nudges = 0;

/** A changed threshold makes the plugin look at once, which otherwise it does every 30 s. */
async function lookNow(socket: string): Promise<void> {
  nudges++;
  await eventually('a plugin', async () => {
    using client = connect(socket);
    const parameters = { memoryStalledMaxPercent: String(10 + nudges / 100) };
    return await client.checkHealth(parameters, 1, { timeoutMs: 5_000 }).catch(() => undefined);
  });
}

function linesOf(text: string): readonly Line[] {
  return text.split('\n').slice(0, -1).map((line) => JSON.parse(line) as Line);
}

async function pollOnce({ file }: Setting, ...flags: string[]): Promise<Line> {
  const { stdout } = await say(['poll', file, '--once', '--json', ...flags], { NODE_NAME: 'worker-1' });
  const [line] = linesOf(stdout);
  if (line === undefined) throw new Error('poll said nothing');
  return line;
}

async function settled(program: Program): Promise<void> {
  await eventually('all conditions', () => (program.stderr().split('condition changed').length > hostConditions.length ? true : undefined));
  await eventually('the socket', () => (program.stderr().includes('"serving"') ? true : undefined));
}

const reasons = (events: readonly { readonly reason: string }[] | undefined) => events?.map(({ reason }) => reason);

describe('poll, beside serve', () => {
  it('takes events only with --consume, as NPD does; else they stay for NPD', async () => {
    await using here = await setting();
    here.host.setAvailableKb(100_000);
    await settled(here.serve());
    const [first, second, consumed, after] = [await pollOnce(here), await pollOnce(here), await pollOnce(here, '--consume'), await pollOnce(here)];
    assert.equal(first.node, 'worker-1');
    assert.deepEqual([first, second, consumed, after].map(({ events }) => reasons(events)), [['MemoryLow'], ['MemoryLow'], ['MemoryLow'], []]);
    assert.deepEqual(first.conditions, after.conditions);
  });

  it('shows a change and its event once, and in between that NPD would write nothing', async () => {
    await using here = await setting();
    await settled(here.serve());
    await using poller = start(['poll', here.file, '--interval', '1s'], { NODE_NAME: 'worker-1' });
    const shows = async (what: RegExp) => await eventually(String(what), () => (what.test(poller.stdout()) ? true : undefined));
    await shows(/^Name: {2}worker-1\nConditions:\n.*\n.*\n {2}DiskSpaceLow +False .*\n(?:.*\n)*? {2}MemoryPressureHigh +False .*\n(?: {2}\w+ +False .*\n)*Events: {2}<none>\n\d\d:\d\d:\d\d {2}host-inspector: answered, no change: NPD would write nothing\.\n/);
    here.host.setAvailableKb(100_000);
    await lookNow(here.socket);
    await shows(/ {2}MemoryPressureHigh +True .*MemoryLow.*\n(?: {2}\w+ +False .*\n)*Events:\n.*\n.*\n {2}Warning +MemoryLow +0s +host-inspector +node memory: .*\n\d\d:\d\d:\d\d {2}host-inspector: answered, no change: NPD would write nothing\.\n/);
    poller.kill('SIGTERM');
    const { code, stdout, stderr } = await poller.ended;
    assert.deepEqual([code, stderr, stdout.split('Conditions:').length], [0, '', 3]);
  });

  it('goes on while the plugin is killed and comes back, and every transition time with it', async () => {
    await using here = await setting();
    here.host.setAvailableKb(100_000);
    const first = here.serve();
    await settled(first);
    await using poller = start(['poll', here.file, '--interval', '1s', '--json', '--consume']);
    const until = async (what: string, isIt: (lines: readonly Line[]) => boolean) =>
      await eventually(what, () => (isIt(linesOf(poller.stdout())) ? true : undefined));
    await until('two answers', (lines) => lines.length > 1);
    first.kill('SIGKILL');
    await until('an error', (lines) => lines.at(-1)?.error !== undefined);
    here.serve();
    await until('two more answers', (lines) => lines.slice(-2).every(({ error }) => error === undefined));
    poller.kill('SIGTERM');
    const { code, stdout } = await poller.ended;
    const lines = linesOf(stdout);
    const times = new Set(lines.flatMap(({ conditions }) => (conditions === undefined ? [] : [JSON.stringify(conditions)])));
    assert.equal(times.size, 1);
    assert.deepEqual(lines.flatMap(({ wouldWrite }) => wouldWrite.patches.map(({ cause }) => cause)), ['change']);
    assert.deepEqual(lines.flatMap(({ wouldWrite }) => wouldWrite.events.map(({ kind, reason }) => `${kind} ${reason}`)), ['create MemoryLow']);
    const [error = ''] = lines.flatMap(({ error }) => error ?? []);
    assert.match(error, /a\.sock: (?:nobody listens on this socket; the server that made it is gone|takes connections, but .*)$/);
    assert.equal(code, 0);
  });

  it('that was stopped for a while misses nothing that came meanwhile, also of a plugin that was restarted', async () => {
    await using here = await setting();
    const first = here.serve();
    await settled(first);
    await using poller = start(['poll', here.file, '--interval', '1s', '--json', '--consume']);
    await eventually('an answer', () => (linesOf(poller.stdout()).length > 0 ? true : undefined));
    poller.kill('SIGSTOP');
    here.host.setOomKills(3);
    here.host.setAvailableKb(100_000);
    await lookNow(here.socket);
    await eventually('the finding', () => (first.stderr().includes('MemoryLow') ? true : undefined));
    first.kill('SIGTERM');
    await first.ended;
    here.host.setOomKills(5);
    here.serve();
    poller.kill('SIGCONT');
    const written = async () => linesOf(poller.stdout()).flatMap(({ wouldWrite }) => wouldWrite.events.map(({ reason }) => reason));
    await eventually('three events', async () => ((await written()).length >= 3 ? true : undefined));
    await eventually('one more answer', () => (linesOf(poller.stdout()).at(-1)?.wouldWrite.events.length === 0 ? true : undefined));
    assert.sameMembers(await written(), ['OOMKilling', 'MemoryLow', 'OOMKilling']);
  });

  it('tells what is absent, foreign or no socket apart, and that it could not tell', async () => {
    using folder = temporaryFolder();
    const at = (name: string) => join(folder.path, name);
    const other = createServer((socket) => socket.on('error', () => {}).end('SSH-2.0-x\r\n'));
    await new Promise<void>((resolve) => other.listen(at('foreign.sock'), resolve));
    writeFileSync(at('file.sock'), '');
    const files = ['absent', 'foreign', 'file'].map((name) => npdFile(at(`${name}.json`), at(`${name}.sock`), { source: name, conditions: [] }));
    const { code, stdout } = await say(['poll', ...files, '--once', '--json']);
    other.close();
    assert.equal(code, 2);
    assert.sameMembers(linesOf(stdout).map(({ error }) => error), [
      `${at('file.sock')}: is not a socket; another path is meant, or it was made in its place`,
      `${at('absent.sock')}: no such socket; is the monitor running, and is this its socket?`,
      `${at('foreign.sock')}: takes connections, but what answers is not a gRPC server, or it ends them`,
    ]);
  });

  it('ends after --count rounds with the exit code of the last one', async () => {
    await using here = await setting();
    here.host.setAvailableKb(100_000);
    await settled(here.serve());
    const { code, stdout } = await say(['poll', here.file, '--count', '2', '--interval', '1s', '--json']);
    assert.deepEqual([code, linesOf(stdout).length], [1, 2]);
  });
});
