import { assert } from 'chai';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { join } from 'node:path';

const MAIN = join(import.meta.dirname, '../../cli/main.ts');
const LISTENERS = join(import.meta.dirname, '../support/listeners-main.ts');

/** What manifests give: uid 0 and nothing else. */
const NO_CAPABILITIES = ['setpriv', '--bounding-set=-all', '--inh-caps=-all', '--no-new-privs'];

/** What listens in the network namespace of PID 1, which stands for the host's. */
const OF_HOST = [
  'tcp,0.0.0.0,4001', 'tcp,127.0.0.1,4002', 'tcp,127.0.0.53,4002', 'tcp,192.0.2.10,4003,connect', 'tcp,0.0.0.0,4004,reuse',
  'tcp,::,4005', 'tcp,::,4001,v6only', 'tcp,::1,4006', 'tcp,2001:db8::10,4007,connect', 'tcp,::ffff:127.0.0.1,4008', 'tcp,::,4009,reuse',
  'udp,0.0.0.0,4001', 'udp,127.0.0.1,4002', 'udp,192.0.2.10,4003', 'udp,192.0.2.10,4010,connect', 'udp,0.0.0.0,4004,reuse',
  'udp,::,4005', 'udp,::,4001,v6only', 'udp,::1,4006', 'udp,2001:db8::10,4007', 'udp,2001:db8::10,4011,connect',
];

/** What listens in the namespace of the reader. */
const OF_READER = ['tcp,0.0.0.0,5001', 'tcp,127.0.0.1,5002', 'tcp,::,5003', 'udp,0.0.0.0,5001', 'udp,::1,5004', 'tcp,127.0.0.1,4099'];

const ADDRESSES = 'ip link set lo up; ip addr add 192.0.2.10/32 dev lo; ip -6 addr add 2001:db8::10/128 dev lo nodad';
/** Starts listeners, and waits until they listen; they end when descriptor 9 is closed. */
const START = `start() { coproc ${process.execPath} ${LISTENERS} "$@"; read -r line <&"\${COPROC[0]}"; [ "$line" = ready ]; }`;

interface Json {
  readonly sockets: readonly { readonly protocol: string; readonly address: string; readonly port: number; readonly scope: string; readonly processes: { readonly state: string; readonly value: readonly { readonly pid: number; readonly name: string }[] | null } }[];
  readonly gaps: readonly unknown[];
}

/** Runs a script where PID 1 has a network namespace of its own, and `read-ports` runs `ports` in yet another one. */
function inForeignNamespace(script: string): string {
  const whole = `set -e; mount -t proc proc /proc; ${ADDRESSES}; ${START}; export LC_ALL=C
    read_ports() {
      unshare --net bash -c 'set -e; ip link set lo up; ${START}; start ${OF_READER.join(' ')}; "$@"' bash "$@" ${process.execPath} ${MAIN} ports --format json
    }
    start ${OF_HOST.join(' ')}; ${script}`;
  const { stdout, stderr, status } = spawnSync('unshare', ['--net', '--mount', '--pid', '--fork', '--kill-child', 'bash', '-c', whole], { encoding: 'utf8' });
  assert.deepEqual([status, stderr], [0, '']);
  return stdout;
}

/** `tcp 0.0.0.0 4001` of each line of `ss -lntu`, each once. */
function listedBySs(text: string): readonly string[] {
  const lines = text.split('\n').slice(1).filter((line) => line !== '').map((line) => {
    const [protocol, , , , local = ''] = line.split(/\s+/);
    const [, address = '', port] = /^(.*):(\d+)$/.exec(local) ?? [];
    // `*` takes IPv4 as well, `[::]` does not: the table does not tell them apart.
    const plain = address.replace(/%\w+$/, '').replace(/^\[(.*)\]$/, '$1').replace('*', '::');
    return `${protocol} ${plain} ${port}`;
  });
  return [...new Set(lines)].toSorted();
}

function listedByUs({ sockets }: Json): readonly string[] {
  return sockets.map(({ protocol, address, port }) => `${protocol} ${address} ${port}`).toSorted();
}

describe('ports in a foreign network namespace', () => {
  before(function () {
    if (process.getuid?.() !== 0 || spawnSync('ss', ['-V']).status !== 0 || spawnSync('ip', ['-V']).status !== 0) this.skip();
  });

  it("are what ss prints in the host's, for TCP and UDP, IPv4 and IPv6, loopback and wildcard, and nothing of the reader's", () => {
    const [ss = '', ours = ''] = inForeignNamespace('ss -lntu; echo ----; read_ports').split('----\n');
    const report = JSON.parse(ours) as Json;
    const wanted = OF_HOST.filter((word) => !word.startsWith('udp') || !word.endsWith('connect')).map((word) => word.split(',').slice(0, 3).join(' ')).toSorted();
    assert.deepEqual(listedBySs(ss), wanted, 'ss');
    assert.deepEqual(listedByUs(report), wanted);
    assert.deepEqual(report.gaps, []);
    const scopes = Object.fromEntries(report.sockets.map(({ protocol, address, scope }) => [`${protocol} ${address}`, scope]));
    assert.deepEqual(scopes, {
      'tcp 0.0.0.0': 'all', 'tcp 127.0.0.1': 'loopback', 'tcp 127.0.0.53': 'loopback', 'tcp 192.0.2.10': 'one', 'tcp ::': 'all', 'tcp ::1': 'loopback',
      'tcp 2001:db8::10': 'one', 'tcp ::ffff:127.0.0.1': 'loopback',
      'udp 0.0.0.0': 'all', 'udp 127.0.0.1': 'loopback', 'udp 192.0.2.10': 'one', 'udp ::': 'all', 'udp ::1': 'loopback', 'udp 2001:db8::10': 'one',
    });
  });

  it('name their process, and without a capability the same ports and why not', () => {
    const [pid = '', seeing = '', blind = ''] = inForeignNamespace(`echo $COPROC_PID; echo ----; read_ports; echo ----; read_ports ${NO_CAPABILITIES.join(' ')}`).split('----\n');
    const [sees, doesNot] = [JSON.parse(seeing) as Json, JSON.parse(blind) as Json];
    for (const { processes } of sees.sockets) assert.deepEqual([processes.state, processes.value?.map((process) => process.pid)], ['ok', [Number(pid)]]);
    assert.deepEqual(listedByUs(doesNot), listedByUs(sees));
    for (const { processes } of doesNot.sockets) {
      assert.deepEqual(processes, { value: null, unit: '', source: '/proc/<pid>/fd', state: 'denied', message: 'processes of others (needs CAP_SYS_PTRACE)' } as typeof processes);
    }
  });
});

describe('a folder of port reports', () => {
  before(function () {
    if (process.getuid?.() !== 0) this.skip();
  });

  const REMEDY = 'give a folder that is there, writable for this user and not full';

  /** Prints what is left in the folder after `ports` could not write there. */
  function refused(prepare: string): { readonly said: string; readonly left: readonly string[] } {
    const script = `set -e; mount -t tmpfs -o size=64k reports /mnt; echo old >/mnt/ports-20250101T000000Z-n1.txt; ${prepare}; "$@" >/dev/null && exit 9; [ $? = 64 ]; ls -A /mnt`;
    const command = [process.execPath, MAIN, 'ports', '--node-name', 'n1', '--report-dir', '/mnt', '--keep', '1'];
    const { stdout, stderr, status } = spawnSync('unshare', ['--mount', 'bash', '-c', script, 'bash', ...command], { encoding: 'utf8' });
    assert.equal(status, 0, stderr);
    return { said: stderr.replace(/\d{8}T\d{6}Z/, 'NOW'), left: stdout.trimEnd().split('\n') };
  }

  it('that is full is named with the remedy; the older report stays, and nothing half written', () => {
    assert.deepEqual(refused('dd if=/dev/zero of=/mnt/filler 2>/dev/null || true'), {
      said: `npd-plugins: --report-dir: /mnt/ports-NOW-n1.txt: no space left on device; ${REMEDY}\n`,
      left: ['filler', 'ports-20250101T000000Z-n1.txt'],
    });
  });

  it('that is read-only is named with the remedy', () => {
    assert.deepEqual(refused('mount -o remount,ro /mnt'), {
      said: `npd-plugins: --report-dir: /mnt/ports-NOW-n1.txt: read-only file system; ${REMEDY}\n`,
      left: ['ports-20250101T000000Z-n1.txt'],
    });
  });
});

describe('ports of this machine', () => {
  before(function () {
    if (process.getuid?.() !== 0) this.skip();
  });

  it('are seen from a network namespace in which nothing listens', async () => {
    const server = createServer();
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    const port = typeof address === 'object' ? address?.port : undefined;
    const child = spawn('unshare', ['--net', process.execPath, MAIN, 'ports', '--format', 'json'], { stdio: ['ignore', 'pipe', 'inherit'] });
    let text = '';
    child.stdout.on('data', (piece) => (text += String(piece)));
    await once(child, 'close');
    server.close();
    assert.include(listedByUs(JSON.parse(text) as Json), `tcp 127.0.0.1 ${port}`);
  });
});
