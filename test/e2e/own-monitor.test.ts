import { assert } from 'chai';
import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import type { MonitorStatus } from '../../plugins/core/status.ts';
import { connect } from '../../plugins/rpc/client.ts';
import { say } from '../support/command-line.ts';
import { eventually, temporaryFolder } from '../support/eventually.ts';
import { type Program, startProgram } from '../support/rpc-process.ts';

const ROOT = join(import.meta.dirname, '../..');
const MONITOR = join(ROOT, 'examples/own-monitor/reboot-monitor.ts');
const NPD_FILE = join(ROOT, 'examples/own-monitor/npd-config.json');

const UBUNTU = 'Linux version 6.8.0-45-generic (buildd@lcy02-amd64-115) (x86_64-linux-gnu-gcc-13 (Ubuntu 13.2.0-23ubuntu4) 13.2.0) #45-Ubuntu SMP PREEMPT_DYNAMIC Fri Aug 30 12:02:04 UTC 2024\n';
const FEDORA = 'Linux version 6.11.4-301.fc41.x86_64 (mockbuild@a1) (gcc (GCC) 14.2.1 20240912 (Red Hat 14.2.1-3)) #1 SMP PREEMPT_DYNAMIC Sun Oct 20 15:02:33 UTC 2024\n';
const MARK = 'run/reboot-required';
const NAMES = 'run/reboot-required.pkgs';

interface Node extends Disposable {
  readonly socket: string;
  readonly folder: string;
  readonly root: string;
  readonly write: (path: string, text: string) => void;
  readonly remove: (path: string) => void;
  readonly path: (path: string) => string;
  /** `serve`, from source or from a bundle. */
  readonly serve: (file?: string) => Program;
}

/** An Ubuntu node that wants nothing, and a folder for socket and state. */
function ubuntu(): Node {
  const folder = temporaryFolder();
  const root = folder.file('host');
  const path = (name: string): string => join(root, name);
  const write = (name: string, text: string): void => {
    mkdirSync(dirname(path(name)), { recursive: true });
    writeFileSync(path(name), text);
  };
  mkdirSync(path('run'), { recursive: true });
  write('proc/version', UBUNTU);
  write('proc/sys/kernel/random/boot_id', '6f4a1c9e-0f4e-4c53-9d2f-0a6f2f1c7d11\n');
  const flags = ['--host-root', root, '--socket-dir', folder.path, '--state-dir', folder.path, '--log-level', 'silent'];
  return {
    socket: folder.file('npd-reboot-monitor.sock'), folder: folder.path, root, write, path,
    remove: (name) => rmSync(path(name)),
    serve: (file = MONITOR) => startProgram(file, 'serve', 'reboot-monitor', ...flags),
    [Symbol.dispose]: () => folder[Symbol.dispose](),
  };
}

/** On a busy machine the first answer may come before the first look, and says so. */
const hasLooked = ({ conditions }: MonitorStatus): boolean => conditions.every(({ message }) => !message.includes('no look yet'));

async function poll({ socket }: Node, when: (status: MonitorStatus) => boolean = hasLooked): Promise<MonitorStatus> {
  return await eventually('the answer', async () => {
    using client = connect(socket);
    const status = await client.checkHealth({}, 1, { timeoutMs: 5_000 }).catch(() => undefined);
    return status !== undefined && when(status) ? status : undefined;
  }, 30_000);
}

function said({ conditions }: MonitorStatus): readonly string[] {
  return conditions.map(({ type, status, reason, message }) => `${type} ${status} ${reason}: ${message}`);
}

const isStatus = (wanted: string) => ({ conditions }: MonitorStatus) => conditions.every(({ status }) => status === wanted);
const ADVICE = '. Drain the node and reboot it.';

const states: readonly { readonly title: string; readonly edit: (node: Node) => void; readonly says: string }[] = [
  { title: 'a node that wants nothing is healthy', edit: () => {}, says: 'False NoRebootPending: nothing asks for a reboot' },
  {
    title: 'the packages that ask are named, each once',
    edit({ write }) {
      write(MARK, '*** System restart required ***\n');
      write(NAMES, 'linux-image-6.8.0-47-generic\nlinux-base\nlinux-base\n');
    },
    says: `True RebootRequired: linux-base asks for a reboot; linux-image-6.8.0-47-generic asks for a reboot${ADVICE}`,
  },
  { title: 'a person may ask without a package', edit: ({ write }) => write(MARK, ''), says: `True RebootRequired: somebody asks for a reboot${ADVICE}` },
  {
    title: 'a distribution that writes no such file is not judged', edit: ({ write }) => write('proc/version', FEDORA),
    says: 'False RebootPendingNotTold: only Debian and Ubuntu have /run/reboot-required',
  },
  {
    title: 'garbage among the packages is no package',
    edit({ write }) {
      write(MARK, '');
      write(NAMES, 'linux-base\n\u0000\u0001');
    },
    says: String.raw`Unknown RebootPendingUnknown: /run/reboot-required.pkgs: expected a package on each line, got "linux-base\n\u0000\u0001"`,
  },
  {
    title: 'garbage in place of the version of the kernel is no distribution', edit: ({ write }) => write('proc/version', 'Ubuntu'),
    says: 'Unknown RebootPendingUnknown: /proc/version: expected Linux version ..., got "Ubuntu"',
  },
];

describe('a monitor of one\'s own, from source', () => {
  it('is under 40 lines, comments and all, and none is so long that it should be two', () => {
    const lines = readFileSync(MONITOR, 'utf8').split('\n').slice(0, -1);
    assert.isBelow(lines.length, 40);
    assert.deepEqual(lines.filter((line) => line.length > 140), []);
  });

  for (const { title, edit, says } of states) {
    it(title, async () => {
      using node = ubuntu();
      edit(node);
      await using program = node.serve();
      assert.deepEqual(said(await poll(node)), [`RebootPending ${says}`]);
      assert.isAbove(program.pid, 0);
    });
  }

  it('cannot tell where the file cannot be read', async () => {
    using node = ubuntu();
    symlinkSync('reboot-required', node.path(MARK));
    await using program = node.serve();
    const where = `/run/reboot-required (as ${node.path(MARK)})`;
    assert.deepEqual(said(await poll(node)), [`RebootPending Unknown RebootPendingUnknown: ${where}: too many symbolic links encountered`]);
    assert.isAbove(program.pid, 0);
  });

  it('says what it is, and that of which npd-config.json has the condition', async () => {
    using node = ubuntu();
    await using program = node.serve();
    await poll(node);
    using client = connect(node.socket);
    const { name, supportedConditions } = await client.getMetadata({ timeoutMs: 5_000 });
    assert.deepEqual([name, supportedConditions], ['reboot-monitor', ['RebootPending']]);
    assert.isAbove(program.pid, 0);
  });

  it('turns sick and well again while it runs, with one event for each', async () => {
    using node = ubuntu();
    await using program = node.serve();
    const before = await poll(node);
    node.write(MARK, '');
    const sick = await poll(node, isStatus('True'));
    assert.isAbove(sick.conditions[0]?.transitionMs ?? 0, before.conditions[0]?.transitionMs ?? Infinity);
    node.remove(MARK);
    const well = await poll(node, isStatus('False'));
    assert.deepEqual([before, sick, well].map(({ events }) => events.map(({ severity, reason, message }) => ({ severity, reason, message }))), [
      [],
      [{ severity: 'warn', reason: 'RebootRequired', message: 'somebody asks for a reboot' }],
      [{ severity: 'info', reason: 'NoRebootPending', message: 'RebootPending is over (was RebootRequired): nothing asks for a reboot' }],
    ]);
    assert.isAbove(program.pid, 0);
  }).timeout(60_000);

  it('is back after kill -9 with the same transition time', async () => {
    using node = ubuntu();
    node.write(MARK, '');
    await using first = node.serve();
    const before = await poll(node, isStatus('True'));
    await eventually('the state file', () => existsSync(join(node.folder, 'reboot-monitor.state.json')) && readFileSync(join(node.folder, 'reboot-monitor.state.json'), 'utf8').includes('RebootRequired'));
    first.kill('SIGKILL');
    assert.equal(await first.ended(), 'SIGKILL');
    await using second = node.serve();
    assert.deepEqual((await poll(node, isStatus('True'))).conditions, before.conditions);
    assert.notEqual(second.pid, first.pid);
  });

  it('ends on SIGTERM with exit code 0, and takes its socket with it', async () => {
    using node = ubuntu();
    await using program = node.serve();
    await poll(node);
    program.kill('SIGTERM');
    assert.equal(await program.ended(), 0);
    assert.isFalse(existsSync(node.socket));
  });

  it('is polled as NPD would with its configuration, and only the name of the socket changed', async () => {
    using node = ubuntu();
    node.write(MARK, '');
    await using program = node.serve();
    await poll(node);
    const file = join(node.folder, 'npd.json');
    writeFileSync(file, readFileSync(NPD_FILE, 'utf8').replace('/var/run/npd/npd-reboot-monitor.sock', node.socket));
    const { code, stdout, stderr } = await say(['poll', file, '--once', '--json'], { NODE_NAME: 'worker-1' });
    assert.deepEqual([code, stderr], [1, '']);
    const { wouldWrite } = JSON.parse(stdout) as { readonly wouldWrite: { readonly patches: readonly { readonly cause: string; readonly conditions: readonly { readonly type: string; readonly status: string; readonly reason: string }[] }[] } };
    assert.deepEqual(wouldWrite.patches.map(({ cause, conditions }) => ({ cause, conditions: conditions.map(({ type, status, reason }) => `${type} ${status} ${reason}`) })), [
      { cause: 'change', conditions: ['RebootPending True RebootRequired'] },
    ]);
    assert.isAbove(program.pid, 0);
  });

  it('is known to check, with its exit codes, and to the help', async () => {
    using node = ubuntu();
    const check = async (...args: string[]) => await promisify(execFile)(process.execPath, [MONITOR, 'check', ...args]).then(({ stdout }) => ({ code: 0, stdout }), (error: unknown) => error as { readonly code: number; readonly stdout: string });
    const healthy = await check('reboot-monitor', '--host-root', node.root);
    node.write(MARK, '');
    const sick = await check('reboot-monitor', '--host-root', node.root);
    assert.deepEqual([healthy.code, sick.code], [0, 1]);
    assert.include(sick.stdout, 'RebootPending  True    RebootRequired  somebody asks for a reboot');
    assert.include((await check('--help')).stdout, 'MONITOR is one of: host-inspector, gpu-monitor, network-verifier, reboot-monitor.');
  });
});

/** What `$ ` stands before is a command, and what follows is what it prints. */
function transcripts(page: string): { readonly commands: readonly string[]; readonly shown: string } {
  const lines = [...page.matchAll(/```console\n([\s\S]*?)```/g)].flatMap(([, block = '']) => block.trimEnd().split('\n'));
  const isCommand = (line: string): boolean => line.startsWith('$ ');
  return { commands: lines.filter(isCommand).map((line) => line.slice(2)), shown: lines.map((line) => (isCommand(line) ? line : masked(line))).join('\n') };
}

/** Times and ages differ with each run. */
function masked(line: string): string {
  return line.replaceAll(/\w{3}, \d\d \w{3} \d{4} [\d:]{8} \+0000/g, '<time>').replaceAll(/ {2}\d+s {2}/g, '  <age>  ');
}

describe('the page about a monitor of one\'s own', () => {
  it('shows what its commands print', async () => {
    const { commands, shown } = transcripts(readFileSync(join(ROOT, 'examples/own-monitor/README.md'), 'utf8'));
    using folder = temporaryFolder();
    const script = folder.file('page.sh');
    writeFileSync(script, commands.flatMap((command) => [`printf '%s\\n' '$ ${command.replaceAll("'", String.raw`'\''`)}'`, command]).join('\n'));
    const env = { PATH: process.env['PATH'], HOME: process.env['HOME'], TMPDIR: folder.path };
    const { stdout } = await promisify(execFile)('bash', [script], { cwd: ROOT, env, timeout: 30_000 });
    assert.equal(stdout.trimEnd().split('\n').map((line) => (line.startsWith('$ ') ? line : masked(line))).join('\n'), shown);
  }).timeout(40_000);
});

describe('a monitor of one\'s own, from its bundle', () => {
  it('answers and ends as it does from source', async () => {
    using node = ubuntu();
    using folder = temporaryFolder();
    await promisify(execFile)(process.execPath, [join(ROOT, 'scripts/build.ts'), '--entry', MONITOR, '--out', folder.file('bundle')], { timeout: 60_000 });
    node.write(MARK, '');
    await using program = node.serve(folder.file('bundle/npd-plugins.mjs'));
    assert.deepEqual(said(await poll(node, isStatus('True'))), [`RebootPending True RebootRequired: somebody asks for a reboot${ADVICE}`]);
    program.kill('SIGTERM');
    assert.equal(await program.ended(), 0);
    assert.isFalse(existsSync(node.socket));
  }).timeout(90_000);
});
