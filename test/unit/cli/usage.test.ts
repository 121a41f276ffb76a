import { assert } from 'chai';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ownFolders } from '../../../cli/options.ts';
import { UsageError } from '../../../plugins/core/errors.ts';
import { hostSettings } from '../../../plugins/host-inspector/settings.ts';
import { say } from '../../support/command-line.ts';
import { hostTree } from '../../support/host-tree.ts';
import { temporaryFolder } from '../../support/eventually.ts';

const FILE = 'npd-config/host-inspector.json';

describe('a wrong command line', () => {
  const table = [
    { argv: ['bogus'], says: 'unknown command "bogus"; known are demo, serve, check, verify, inspect, poll, validate, ports, share' },
    { argv: ['--bogus'], says: "Unknown option '--bogus'; see npd-plugins demo --help" },
    { argv: ['check', 'host-inspector', '--once'], says: "Unknown option '--once'; see npd-plugins check --help" },
    { argv: ['demo', 'x'], says: "Unexpected argument 'x'; see npd-plugins demo --help" },
    { argv: ['check'], says: 'check: expected one monitor of host-inspector, gpu-monitor, network-verifier' },
    { argv: ['check', 'host-inspector', 'host-inspector'], says: 'check: expected one monitor of host-inspector, gpu-monitor, network-verifier' },
    { argv: ['check', 'hostinspector'], says: 'unknown monitor "hostinspector"; known are host-inspector, gpu-monitor, network-verifier' },
    { argv: ['check', '__proto__'], says: 'unknown monitor "__proto__"; known are host-inspector, gpu-monitor, network-verifier' },
    { argv: ['check', 'host-inspector', '--json=yes'], says: "Option '--json' does not take an argument; see npd-plugins check --help" },
    { argv: ['serve'], says: 'serve: expected at least one monitor of host-inspector, gpu-monitor, network-verifier' },
    { argv: ['serve', 'host-inspector', 'x'], says: 'unknown monitor "x"; known are host-inspector, gpu-monitor, network-verifier' },
    { argv: ['serve', 'host-inspector', '--on-stop', 'x'], says: '--on-stop: expected one of stay, exit, got "x"' },
    { argv: ['serve', 'host-inspector', 'x', '--socket', '/a'], says: '--socket: only with one monitor; use --socket-dir' },
    { argv: ['serve', 'host-inspector', '--socket', '/a', '--socket-dir', '/b'], says: '--socket and --socket-dir: give only one of them' },
    { argv: ['serve', 'host-inspector', '--socket', '/a', '--socket', '/b'], says: '--socket is given twice; see npd-plugins serve --help' },
    { argv: ['serve', 'host-inspector', '--socket'], says: '--socket lacks its value; see npd-plugins serve --help' },
    { argv: ['serve', 'host-inspector', '--socket', '--json'], says: '--socket lacks its value; see npd-plugins serve --help' },
    { argv: ['serve', 'host-inspector', '--socket='], says: '--socket has an empty value; give one or leave the flag out' },
    { argv: ['serve', 'host-inspector', '--nvidia-smi', '/bin/nvidia-smi'], says: '--nvidia-smi: only with gpu-monitor' },
    { argv: ['check', 'host-inspector', '--rollup', 'gpu-healthy'], says: '--rollup: only with gpu-monitor' },
    { argv: ['check', 'gpu-monitor', '--nvidia-smi', '/usr'], says: '--nvidia-smi: /usr is a folder; give the program itself, e.g. /usr/bin/nvidia-smi' },
    { argv: ['serve', 'gpu-monitor', '--kmsg', '/dev'], says: '--kmsg: /dev is a folder; give the device or a file, e.g. /dev/kmsg' },
    { argv: ['check', 'gpu-monitor', '--recording', 'sick-node', '--kmsg', '/dev/kmsg'], says: '--kmsg and --recording: give only one of them' },
    { argv: ['check', 'gpu-monitor', '--rollup', 'gpu-healthy,GPUHealthy'], says: '--rollup: expected one of gpu-healthy, accelerated-hardware-ready, got "GPUHealthy"' },
    { argv: ['check', 'gpu-monitor', '--expect-gpus', '-1'], says: '--expect-gpus lacks its value; see npd-plugins check --help' },
    { argv: ['check', 'gpu-monitor', '--expect-gpus=some'], says: '--expect-gpus: expected auto, none or a number from 1 to 64, got "some"' },
    { argv: ['serve', 'gpu-monitor', '--temp-threshold', 'warm'], says: '--temp-threshold: expected a whole number, got "warm"' },
    { argv: ['check', 'gpu-monitor', '--memory-threshold', '101'], says: '--memory-threshold: expected a number from 0 to 100, got "101"' },
    { argv: ['serve', 'host-inspector', '--scope', 'pod'], says: '--scope: only with network-verifier' },
    { argv: ['serve', 'network-verifier', '--scope', 'node'], says: '--scope: expected one of host, pod, got "node"' },
    { argv: ['serve', 'network-verifier', '--profile', 'eks'], says: '--profile: expected one of generic, karpenter-aws, got "eks"' },
    { argv: ['check', 'network-verifier', '--resolv-conf', '/etc'], says: '--resolv-conf: /etc is a folder; give a file, e.g. /etc/resolv.conf' },
    { argv: ['check', 'network-verifier', '--check-timeout', '11s'], says: '--check-timeout: expected 100ms to 10s, got "11s"' },
    { argv: ['check', 'network-verifier', '--kubeconfig', '/nonexistent'], says: '--kubeconfig: /nonexistent: no such file or directory' },
    { argv: ['check', 'network-verifier', '--kube-node-ready', '/nonexistent'], says: '--kube-node-ready: /nonexistent cannot be read: no such file' },
    { argv: ['check', 'network-verifier', '--recording', 'sick-node'], says: 'network-verifier: a recording has no network to look at; leave --recording out' },
    { argv: ['check', 'network-verifier', '--target', 'a.example:1,b.example:1', '--quorum', '3'], says: 'network-verifier: targetQuorum: "3" can never be reached: 2 targets are set in targets' },
    { argv: ['verify', '--target', '127.0.0.1:1', '--quorum', '2 of 3'], says: 'network-verifier: targetQuorum: "2 of 3" does not fit: 1 target is set in targets' },
    { argv: ['verify', 'network-verifier'], says: "Unexpected argument 'network-verifier'; see npd-plugins verify --help" },
    { argv: ['verify', '--retries', '1000'], says: '--retries: expected a whole number from 0 to 999, got "1000"' },
    { argv: ['verify', '--retries', '-1'], says: '--retries lacks its value; see npd-plugins verify --help' },
    { argv: ['verify', '--backoff', 'fast'], says: '--backoff: expected one of exponential, linear, got "fast"' },
    { argv: ['verify', '--timeout', '500ms'], says: '--timeout: expected at least 1s, got "500ms"' },
    { argv: ['--interval', '5'], says: '--interval: expected a duration such as "30s", "1m30s" or "500ms", got "5"' },
    { argv: ['--interval', '500ms'], says: '--interval: expected at least 1s, got "500ms"' },
    { argv: ['--interval', '25h'], says: '--interval: expected at most 24h, got "25h"' },
    { argv: ['poll'], says: 'expected at least one FILE.json, e.g. npd-config/host-inspector.json' },
    { argv: ['poll', FILE, '--count', '0'], says: '--count: expected a whole number ≥ 1, got "0"' },
    { argv: ['poll', FILE, '--count', '1e3'], says: '--count: expected a whole number ≥ 1, got "1e3"' },
    { argv: ['poll', FILE, '--once', '--count', '2'], says: '--once and --count: give only one of them' },
    { argv: ['poll', FILE, '--interval', '1h2'], says: '--interval: expected a duration such as "30s", "1m30s" or "500ms", got "1h2"' },
    { argv: ['share'], says: 'share: expected at least one DIR, e.g. /var/run/npd' },
    { argv: ['share', 'npd'], says: 'share: expected an absolute path, got "npd"' },
    { argv: ['serve', 'host-inspector', '--share-dirs', '/a/b, b'], says: '--share-dirs: expected an absolute path, got "b"' },
    // Names that nobody has: a share that is not refused must not close a folder of this machine.
    { argv: ['share', '/npd-none'], says: 'share: expected a folder that only plugins use, e.g. /var/run/npd, got "/npd-none", which the whole system uses' },
    { argv: ['share', '/var/run/npd', '/var/../npd-none/'], says: 'share: expected a folder that only plugins use, e.g. /var/run/npd, got "/var/../npd-none/", which the whole system uses' },
    { argv: ['serve', 'host-inspector', '--share-dirs', '/npd-none'], says: '--share-dirs: expected a folder that only plugins use, e.g. /var/run/npd, got "/npd-none", which the whole system uses' },
    { argv: ['validate'], says: 'expected at least one FILE.json, e.g. npd-config/host-inspector.json' },
    { argv: ['check', 'host-inspector', '--log-level', 'x'], says: '--log-level: expected one of debug, info, warn, error, silent, got "x"' },
    { argv: ['check', 'host-inspector', '--log-format', 'x'], says: '--log-format: expected one of auto, json, console, got "x"' },
  ];
  for (const { argv, says } of table) {
    it(`${argv.join(' ')}: ${says}`, async () => {
      assert.deepEqual(await say(argv), { code: 64, stdout: '', stderr: `npd-plugins: ${says}\n` });
    });
  }

  it('names the environment variable where the value came from there', async () => {
    const argv = ['check', 'host-inspector'];
    const level = 'npd-plugins: environment variable LOG_LEVEL: expected one of debug, info, warn, error, silent, got "loud"\n';
    assert.deepEqual(await say(argv, { LOG_LEVEL: 'loud' }), { code: 64, stdout: '', stderr: level });
    const format = 'npd-plugins: environment variable LOG_FORMAT: expected one of auto, json, console, got "xml"\n';
    assert.deepEqual(await say(argv, { LOG_FORMAT: 'xml' }), { code: 64, stdout: '', stderr: format });
  });

  it('names that of kube-node-ready, too', async () => {
    const refusal = async (env: Readonly<Record<string, string>>): Promise<string> => (await say(['verify'], env)).stderr;
    assert.equal(await refusal({ CHECK_TIMEOUT: '5' }), 'npd-plugins: environment variable CHECK_TIMEOUT: expected a duration such as "30s", "1m30s" or "500ms", got "5"\n');
    assert.equal(await refusal({ MAX_RETRIES: 'many' }), 'npd-plugins: environment variable MAX_RETRIES: expected a whole number from 0 to 1000, got "many"\n');
    assert.equal(await refusal({ KUBECONFIG: '/a:/b' }), 'npd-plugins: environment variable KUBECONFIG: expected one file, got "/a:/b"; give one with --kubeconfig\n');
    assert.equal(await refusal({ KUBECONFIG: '/nonexistent' }), 'npd-plugins: environment variable KUBECONFIG: /nonexistent: no such file; unset it, or give one with --kubeconfig\n');
    assert.equal(await refusal({ WORKER_CONFIG_PATH: '/nonexistent' }), 'npd-plugins: environment variable WORKER_CONFIG_PATH: /nonexistent cannot be read: no such file\n');
  });

  it('an empty environment variable is as good as none', async () => {
    using host = hostTree();
    const { code, stdout } = await say(['check', 'host-inspector', '--host-root', host.root], { LOG_FORMAT: '', NODE_NAME: '' });
    assert.equal(code, 0);
    assert.match(stdout, /^Name: {2}worker-1\n/);
  });
});

describe('a folder that is to be shared', () => {
  for (const path of ['/', '//', '/etc', '/etc/', '/var/..', '/var/../etc', '/var/run/npd/../../../etc', '/./etc/.']) {
    it(`may not be ${path}, which the whole system uses`, () => {
      assert.throws(() => ownFolders(['/var/run/npd', path], 'share'), UsageError, `share: expected a folder that only plugins use, e.g. /var/run/npd, got "${path}", which the whole system uses`);
    });
  }

  it('may lie anywhere below, and counts once', () => {
    assert.deepEqual(ownFolders(['/var/run/npd', '/srv/npd/', '/var/run/npd'], 'share'), ['/var/run/npd', '/srv/npd/']);
  });
});

describe('a wrong configuration file', () => {
  const known = Object.keys(hostSettings).join(', ');
  const table = [
    { text: '{"host-inspector": {"diskMin": 1}}', says: `host-inspector: unknown key "diskMin"; known are ${known}` },
    { text: '{"host-inspector": {"diskAvailableMinPercent": "x"}}', says: 'host-inspector.diskAvailableMinPercent: expected a decimal number, got "x"' },
    { text: '{"host-inspector": {"diskAvailableMinPercent": 101}}', says: 'host-inspector.diskAvailableMinPercent: expected a number from 0 to 100, got "101"' },
    { text: '{"host-inspector": {"diskAvailableEnoughBytes": true}}', says: 'host-inspector.diskAvailableEnoughBytes: expected a text or a number, got "true"' },
    { text: '{"host-inspector": {"diskAvailableEnoughBytes": "1XB"}}', says: 'host-inspector.diskAvailableEnoughBytes: expected a size such as "100Mi" or "1.5Gi", got "1XB"' },
    { text: '{"host-inspector": {"diskIgnoreTypes": [1, {}]}}', says: 'host-inspector.diskIgnoreTypes[1]: expected a text or a number, got "{}"' },
    { text: '{"host-inspector": []}', says: 'host-inspector: expected an object with settings' },
    { text: '{"hostInspector": {}}', says: 'unknown section "hostInspector"; known are host-inspector, gpu-monitor, network-verifier' },
    { text: '{"host-inspector": null}', says: 'host-inspector: expected an object with settings' },
    { text: '{"host-inspector": {},\n "host-inspector": {}}', says: 'line 2: the key "host-inspector" comes twice; keep one of them' },
    {
      text: '{"host-inspector": {\n"diskAvailableMinPercent": 5,\n"diskAvailableMinPercent": 6}}',
      says: 'line 3: the key "diskAvailableMinPercent" comes twice; keep one of them',
    },
    { text: '{"host-inspector": {"diskAvailableMinPercent": 1e400}}', says: 'host-inspector.diskAvailableMinPercent: expected a text or a number, got "null"' },
    { text: '{"network-verifier": {"targets": ["a.example:1"], "targetQuorum": "2"}}', monitor: 'network-verifier', says: 'network-verifier: targetQuorum: "2" can never be reached: 1 target is set in targets' },
    { text: '[]', says: 'expected an object with one section per monitor, e.g. {"host-inspector": {}}' },
  ];
  for (const { text, says, monitor = 'host-inspector' } of table) {
    it(`${text}: ${says}`, async () => {
      using folder = temporaryFolder();
      const file = join(folder.path, 'a.json');
      writeFileSync(file, text);
      assert.deepEqual(await say(['check', monitor, '--config', file]), { code: 64, stdout: '', stderr: `npd-plugins: ${file}: ${says}\n` });
    });
  }

  it('that is no JSON, or not there, is named', async () => {
    using folder = temporaryFolder();
    const file = join(folder.path, 'a.json');
    writeFileSync(file, '{"host-inspector": ');
    const check = (path: string) => say(['check', 'host-inspector', '--config', path]);
    const remedy = 'it looks like {"host-inspector": {"diskAvailableMinPercent": 5}}';
    assert.deepEqual(await check(file), { code: 64, stdout: '', stderr: `npd-plugins: ${file}: is not JSON: line 1: unexpected end of JSON input; ${remedy}\n` });
    writeFileSync(file, '\u001b[2J\n');
    assert.notMatch((await check(file)).stderr.trimEnd(), /\p{Cc}/u);
    const absent = join(folder.path, 'b.json');
    assert.deepEqual(await check(absent), { code: 64, stdout: '', stderr: `npd-plugins: --config: ${absent} cannot be read: no such file\n` });
    const isFolder = `npd-plugins: --config: ${folder.path} cannot be read: EISDIR: illegal operation on a directory, read\n`;
    assert.deepEqual(await check(folder.path), { code: 64, stdout: '', stderr: isFolder });
  });

  it('of NPD stops poll before it connects, and names each file and line', async () => {
    using folder = temporaryFolder();
    const [absent, broken] = [join(folder.path, 'a.json'), join(folder.path, 'b.json')];
    writeFileSync(broken, '{\n  "plugin": "external",\n  "source": "x",\n  "pluginConfig": { "socketAddress": "/a", "invoke_interval": "30s" }\n}\n');
    const { code, stdout, stderr } = await say(['poll', absent, broken, '--once']);
    const [first = '', second = '', ...rest] = stderr.split('\n');
    assert.deepEqual({ code, stdout }, { code: 64, stdout: '' });
    assert.equal(first, `${absent}:1: error: cannot be read: no such file; name a file that exists and may be read`);
    assert.match(second, /b\.json:4: error: pluginConfig\.invoke_interval: /);
    assert.deepEqual(rest, ['npd-plugins: NPD would not start with these files', '']);
  });
});

describe('a wrong host root', () => {
  const remedy = "give the folder where the host's / is mounted, e.g. /host";

  it('is refused before anything is looked at, by check and by serve', async () => {
    using folder = temporaryFolder();
    mkdirSync(join(folder.path, 'empty'));
    writeFileSync(join(folder.path, 'file'), '');
    for (const command of ['check', 'serve']) {
      const refusal = async (name: string) => (await say([command, 'host-inspector', '--host-root', join(folder.path, name)])).stderr;
      assert.equal(await refusal('empty'), `npd-plugins: --host-root: ${folder.path}/empty holds no folder proc; ${remedy}\n`);
      assert.equal(await refusal('file'), `npd-plugins: --host-root: ${folder.path}/file is not a folder; ${remedy}\n`);
      assert.equal(await refusal('file/x'), `npd-plugins: --host-root: ${folder.path}/file/x is not a folder; ${remedy}\n`);
      assert.equal(await refusal('absent'), `npd-plugins: --host-root: ${folder.path}/absent is not a folder; ${remedy}\n`);
    }
  });
});

describe('a socket that cannot be', () => {
  async function refusal(path: string): Promise<string> {
    using host = hostTree();
    const { code, stderr } = await say(['serve', 'host-inspector', '--socket', path, '--host-root', host.root]);
    assert.equal(code, 64);
    return stderr;
  }

  it('is refused with its path, why, and what to do', async () => {
    using folder = temporaryFolder();
    const file = join(folder.path, 'file');
    writeFileSync(file, '');
    const remedy = 'its folder must be there or creatable, and writable for this user';
    assert.equal(await refusal(file), `npd-plugins: socket: ${file} is a regular file, not a socket; remove it or choose another path\n`);
    assert.equal(await refusal(folder.path), `npd-plugins: socket: ${folder.path} is a directory, not a socket; remove it or choose another path\n`);
    assert.equal(await refusal(join(file, 'a.sock')), `npd-plugins: socket: cannot serve on ${file}/a.sock: EEXIST: file already exists, mkdir '${file}'; ${remedy}\n`);
    assert.match(await refusal('/proc/a.sock'), /^npd-plugins: socket: cannot serve on \/proc\/a\.sock: listen E\w+: .*; its folder must be there or creatable, and writable for this user\n$/);
    const long = `/tmp/${'x'.repeat(100)}.sock`;
    assert.equal(
      await refusal(long),
      `npd-plugins: socket: ${long} is too long: its temporary name in the same folder has 120 bytes and a Unix socket's path at most 107; shorten it by 13\n`,
    );
  });
});
