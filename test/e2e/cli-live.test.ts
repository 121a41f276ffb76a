import { assert } from 'chai';
import { globSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { connect } from '../../plugins/rpc/client.ts';
import { eventually, temporaryFolder } from '../support/eventually.ts';
import { type HostTree, hostTree } from '../support/host-tree.ts';
import { start } from '../support/program.ts';
import { ASKS_NOBODY, quietNetwork } from '../support/quiet-network.ts';
import { type OnTerminal, type TerminalOptions, noTerminal, startOnTerminal } from '../support/pseudo-terminal.ts';

/** Leaves the alternate screen, and shows the cursor: see xterm's ctlseqs. */
const RESTORED = '\u001b[?25h\u001b[?1049l';
const SIZE = { columns: 120, rows: 100 };

interface Shown extends AsyncDisposable {
  readonly host: HostTree;
  readonly folder: string;
  readonly terminal: OnTerminal;
  /** The plugin's process. */
  readonly plugin: () => number;
  /** Lines of the screen, once `isIt` is true of them. */
  readonly until: (what: string, isIt: (lines: readonly string[]) => boolean) => Promise<readonly string[]>;
}

/** `npm start` of a made-up host on a terminal, with its first state on it. */
async function shown({ flags = [], env = {}, ...options }: Partial<TerminalOptions> & { readonly flags?: readonly string[] } = {}): Promise<Shown> {
  const [folder, host, network] = [temporaryFolder(), hostTree(), await quietNetwork()];
  const args = ['--host-root', host.root, '--interval', '1s', ...network.flags, ...flags];
  const terminal = await startOnTerminal(args, { size: SIZE, env: { TMPDIR: folder.path, NODE_NAME: 'worker-1', ...env }, ...options });
  const until = async (what: string, isIt: (lines: readonly string[]) => boolean): Promise<readonly string[]> =>
    await eventually(what, () => [terminal.picture().lines].find(isIt));
  const plugin = (): number => Number(/\(process (\d+)\)/.exec(terminal.picture().lines.join('\n'))?.[1]);
  // Until those of the gpu-monitor have looked for the first time each of its looks takes a row, and the line about the process makes room.
  const isWhole = (lines: readonly string[]): boolean => lines.some((line) => /^ {2}gpu-monitor\/hung and 11 more /.test(line));
  await until('the first state', (lines) => isWhole(lines) && lines.some((line) => /^ {2}DiskSpaceLow +False/.test(line)));
  return {
    host, folder: folder.path, terminal, until, plugin,
    async [Symbol.asyncDispose]() {
      await terminal[Symbol.asyncDispose]();
      await network[Symbol.asyncDispose]();
      host[Symbol.dispose]();
      folder[Symbol.dispose]();
    },
  };
}

let nudges = 0;

/** A changed threshold makes the plugin look at once, which otherwise it does every 30 s. */
async function lookNow(folder: string): Promise<void> {
  nudges++;
  const [socket = ''] = globSync(join(folder, 'npd-plugins-*/npd-host-inspector.sock'));
  using client = connect(socket);
  await client.checkHealth({ memoryStalledMaxPercent: String(10 + nudges / 100) }, 1, { timeoutMs: 5_000 });
}

/** The lowest row that was written to. */
function heightOf(written: string): number {
  return Math.max(...[...written.matchAll(/\p{Cc}\[(\d+)H/gu)].map(([, row]) => Number(row)));
}

/** With the event, too: a picture that is only half drawn has none yet. */
const hasSick = (lines: readonly string[]): boolean =>
  [/^[ *] MemoryPressureHigh +True/, /^[ *] Warning +MemoryLow/].every((pattern) => lines.some((line) => pattern.test(line)));

const why = noTerminal();

describe(`npm start on a terminal${why === undefined ? '' : ` (skipped: ${why})`}`, () => {
  before(function skipWithoutTerminal() {
    if (why !== undefined) this.skip();
  });

  it('fills the screen with conditions, events and looks, and with their ages', async () => {
    await using view = await shown();
    const lines = await view.until('the looks', (found) => found.some((line) => /^ {2}host-inspector\/disk-space +\d+s ago +\d+s +[\d.]+ ms +healthy$/.test(line)));
    assert.match(lines[0] ?? '', /^Name: {2}worker-1 {50,}\w{3}, \d\d \w{3} \d{4} \d\d:\d\d:\d\d \+0000 {2}Ctrl-C ends$/);
    assert.match(lines[1] ?? '', /^Checked by host-inspector, gpu-monitor, network-verifier 0\.1\.0 \(process \d+\), asked over gRPC every 1s as NPD would\.$/);
    assert.deepEqual([lines[3], lines[4]?.split(/ +/)], ['Conditions:', ['', 'Type', 'Status', 'Age', 'Reason', 'Message']]);
    assert.includeMembers([...lines], ['Events:  <none>', 'Looks:']);
    assert.isTrue(lines.some((line) => /^ {2}GPUHung and 9 more +False +\d+s +NoGPUPresent +no NVIDIA GPU on the PCI bus$/.test(line)));
    assert.isTrue(lines.some((line) => /^ {2}gpu-monitor\/hung and 11 more .* not judged: no NVIDIA GPU on the PCI bus$/.test(line)));
    assert.deepInclude(view.terminal.picture(), { isAlternate: true, isCursorShown: false, isWrapping: false, reversedRows: [] });
  });

  it('shows a change in reverse video, and its event', async () => {
    await using view = await shown();
    view.host.setAvailableKb(100_000);
    await lookNow(view.folder);
    const lines = await view.until('the finding', hasSick);
    const { reversedRows } = view.terminal.picture();
    const sick = lines.findIndex((line) => line.startsWith('  MemoryPressureHigh'));
    const event = lines.findIndex((line) => /^ {2}Warning +MemoryLow +\d+s +host-inspector +node memory: less than 800Mi available/.test(line));
    assert.isAbove(event, sick);
    assert.includeMembers([...reversedRows], [sick, event]);
    assert.notInclude(reversedRows, lines.findIndex((line) => line.startsWith('  DiskSpaceLow')));
    assert.include(view.terminal.output(), '\u001b[31;7mTrue  \u001b[m');
  });

  it('where NO_COLOR is set marks a change with a star and writes no colour at all', async () => {
    await using view = await shown({ env: { NO_COLOR: '1' } });
    view.host.setAvailableKb(100_000);
    await lookNow(view.folder);
    const lines = await view.until('the finding', hasSick);
    const marked = lines.filter((line) => line.startsWith('*')).map((line) => line.split(/ +/).slice(1, 3).join(' '));
    assert.deepEqual(marked, ['MemoryPressureHigh True', 'Warning MemoryLow']);
    assert.notMatch(view.terminal.output(), /\p{Cc}\[[\d;]+m/u);
  });

  it('is drawn anew within a new size, and says what has no room', async () => {
    await using view = await shown({ env: { NO_COLOR: '1' } });
    const sizes = [[40, 10, /\d+ (?:not shown|more looks)/], [20, 5, /Conditions: {2}\d+ hea/], [200, 50, /LastHeartbeatTime/], [60, 16, /Conditions:/]] as const;
    for (const [columns, rows, says] of sizes) {
      const before = view.terminal.output().length;
      view.terminal.resize({ columns, rows });
      // stty(1) sets one after the other, and each is a new size.
      const written = await eventually(`a whole picture of ${columns} by ${rows}`, () => {
        const text = view.terminal.output().slice(before);
        const whole = text.slice(text.lastIndexOf('\u001b[H'));
        return says.test(whole) && heightOf(whole) <= rows ? whole : undefined;
      });
      const lines = written.split(/\p{Cc}\[[\d;]*[A-Za-z]/u);
      assert.isAtMost(Math.max(...lines.map((line) => line.length)), columns);
    }
  });

  it('ends with Ctrl-C: the screen is as it was, with the last state below, and nothing is left behind', async () => {
    await using view = await shown();
    const plugin = view.plugin();
    view.terminal.type('\u0003');
    assert.equal(await view.terminal.ended, 0);
    const { lines, ...modes } = view.terminal.picture();
    assert.deepEqual(modes, { isAlternate: false, isCursorShown: true, isWrapping: true, reversedRows: [] });
    assert.match(lines.join('\n'), /^(\^C)?Name: {2}worker-1\nConditions:\n.*LastHeartbeatTime.*\n.*\n {2}DiskSpaceLow +False .*[^]*\nEvents: {2}<none>$/);
    assert.throws(() => process.kill(plugin, 0), 'ESRCH');
    assert.deepEqual(readdirSync(view.folder), []);
  });

  it('ends with SIGTERM in the same way', async () => {
    await using view = await shown();
    process.kill(view.terminal.pid, 'SIGTERM');
    assert.equal(await view.terminal.ended, 0);
    assert.deepInclude(view.terminal.picture(), { isAlternate: false, isCursorShown: true });
    assert.deepEqual(readdirSync(view.folder), []);
  });

  it('ends when the terminal is gone, and takes the plugin along', async () => {
    await using view = await shown();
    const { pid } = view.terminal;
    const plugin = view.plugin();
    view.terminal.hangUp();
    for (const process_ of [pid, plugin]) await eventually(`the end of process ${process_}`, () => !isThere(process_));
    assert.deepEqual(readdirSync(view.folder), []);
  });

  it('stopped by Ctrl-Z leaves the screen to the shell, and comes back with fg', async () => {
    await using view = await shown({ shell: (program) => `set -m; ${program}; echo stopped; read -r line; fg; exit` });
    view.terminal.type('\u001a');
    const before = await eventually('the shell', () => [view.terminal.output()].find((text) => text.endsWith('stopped\r\n')));
    assert.deepInclude(view.terminal.picture(), { isAlternate: false, isCursorShown: true });
    view.terminal.type('\n');
    await eventually('the view', () => view.terminal.picture().isAlternate);
    await view.until('all of it', (lines) => lines.includes('Events:  <none>'));
    assert.include(view.terminal.output().slice(before.length), 'Conditions:');
    view.terminal.type('\u0003');
    await view.terminal.ended;
    assert.deepInclude(view.terminal.picture(), { isAlternate: false, isCursorShown: true });
  });

  it('keeps asking while its terminal is not read, and then shows what is so by then', async () => {
    await using view = await shown();
    view.terminal.stopReading();
    // A picture per size fills what the kernel holds for a terminal within seconds.
    view.terminal.resize({ columns: 200, rows: 50 });
    view.host.setAvailableKb(100_000);
    await lookNow(view.folder);
    for (let round = 0; round < 200; round++) view.terminal.resize({ columns: 150 + (round % 50), rows: 50 });
    view.terminal.goOnReading();
    await view.until('the finding', hasSick);
    process.kill(view.terminal.pid, 'SIGTERM');
    assert.equal(await view.terminal.ended, 0);
  });

  it('ended while its terminal is not read gives it back as soon as that goes on', async () => {
    await using view = await shown();
    view.terminal.stopReading();
    for (let round = 0; round < 200; round++) view.terminal.resize({ columns: 150 + (round % 50), rows: 50 });
    process.kill(view.terminal.pid, 'SIGTERM');
    view.terminal.goOnReading();
    assert.equal(await view.terminal.ended, 0);
    assert.deepInclude(view.terminal.picture(), { isAlternate: false, isCursorShown: true, isWrapping: true });
  });

  it('whose plugin is killed shows that, keeps the last state, and ends with Ctrl-C and 70', async () => {
    await using view = await shown();
    const plugin = view.plugin();
    process.kill(plugin, 'SIGKILL');
    const lines = await view.until('the silence', (found) => found.some((line) => line.startsWith('host-inspector: no answer for ')));
    assert.isTrue(lines.some((line) => line.startsWith(`The plugin (process ${plugin}) has ended: killed by SIGKILL. `)));
    assert.isTrue(lines.some((line) => /^ {2}DiskSpaceLow +False/.test(line)));
    view.terminal.type('\u0003');
    assert.equal(await view.terminal.ended, 70);
    assert.match(view.terminal.picture().lines.join('\n'), /\nThe plugin \(process \d+\) has ended: killed by SIGKILL\. /);
  });

  it('whose plugin never answers ends with its exit code and its words', async () => {
    using folder = temporaryFolder();
    using host = hostTree();
    const config = folder.file('config.json');
    writeFileSync(config, '{"host-inspector": {"memoryAvailableMinPercent": "much"}}');
    await using terminal = await startOnTerminal(['--host-root', host.root, '--config', config, ...ASKS_NOBODY], { size: SIZE, env: { TMPDIR: folder.path } });
    assert.equal(await terminal.ended, 64);
    const [, after] = terminal.output().split(RESTORED);
    assert.equal(after, `npd-plugins: ${config}: host-inspector.memoryAvailableMinPercent: expected a decimal number, got "much"\r\n`);
  });

  it('that fails in the middle of it gives the screen back before it says why', async () => {
    await using terminal = await startOnTerminal([], { size: SIZE, main: join(import.meta.dirname, '../support/screen-main.ts') });
    assert.equal(await terminal.ended, 70);
    const [view = '', after] = terminal.output().split(RESTORED);
    assert.include(view, 'a picture');
    assert.equal(after, 'Error: nobody foresaw this\r\n');
  });

  it('is plain where the terminal cannot move its cursor', async () => {
    using folder = temporaryFolder();
    using host = hostTree();
    await using terminal = await startOnTerminal(['--host-root', host.root, ...ASKS_NOBODY], { size: SIZE, env: { TMPDIR: folder.path, TERM: 'dumb' } });
    await eventually('the first round', () => terminal.output().includes('Ctrl-C ends.'));
    assert.notInclude(terminal.output(), '\u001b');
    terminal.type('\u0003');
    assert.equal(await terminal.ended, 0);
  });
});

describe('npm start without a terminal', () => {
  it('is plain, whatever the environment says of one', async () => {
    using folder = temporaryFolder();
    using host = hostTree();
    await using program = start(['--host-root', host.root, ...ASKS_NOBODY], { TMPDIR: folder.path, TERM: 'xterm-256color', COLORTERM: 'truecolor' });
    await eventually('the first round', () => program.stdout().includes('Ctrl-C ends.'));
    assert.notInclude(program.stdout(), '\u001b');
    assert.deepEqual(readdirSync(join(folder.path, readdirSync(folder.path)[0] ?? '')), ['npd-gpu-monitor.sock', 'npd-host-inspector.sock', 'npd-network-verifier.sock']);
  });
});

function isThere(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
