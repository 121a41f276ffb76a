import { assert } from 'chai';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

const MAIN = join(import.meta.dirname, '../support/dns-main.ts');

/** What questions to name servers at these addresses came to in a network of their own, after `prepare`; a line each. */
function askedAfter(prepare: string, ...addresses: readonly string[]): readonly string[] {
  const script = `set -e; ${prepare}; exec "$@"`;
  const { stdout, stderr, status } = spawnSync('unshare', ['--net', 'sh', '-c', script, 'sh', process.execPath, MAIN, '300', ...addresses], { encoding: 'utf8' });
  assert.equal(status, 0, stderr);
  return stdout.trimEnd().split('\n');
}

describe('a question to a name server over a network of its own', () => {
  before(function () {
    if (process.getuid?.() !== 0) this.skip();
  });

  it('is answered at port 53', () => {
    assert.deepEqual(askedAfter('ip link set lo up', '127.0.0.1'), ['127.0.0.1 UDP ok', '127.0.0.1 TCP ok']);
  });

  it('is refused by a machine on which nobody listens', () => {
    assert.deepEqual(askedAfter('ip link set lo up', '127.0.0.2'), ['127.0.0.2 UDP refused: connection refused', '127.0.0.2 TCP refused: connection refused']);
  });

  it('has no route where none is set', () => {
    assert.deepEqual(askedAfter('true', '192.0.2.53'), ['192.0.2.53 UDP unreachable: no route to its network', '192.0.2.53 TCP unreachable: no route to its network']);
  });

  it('is told by the kernel what its routes say', () => {
    const routes = 'ip link set lo up; ip route add unreachable 192.0.2.0/25; ip route add blackhole 192.0.2.128/25; ip route add prohibit 198.51.100.0/24';
    assert.deepEqual(askedAfter(routes, '192.0.2.1', '192.0.2.129', '198.51.100.1'), [
      '192.0.2.1 UDP unreachable: no route to the host', '192.0.2.1 TCP unreachable: no route to the host',
      '192.0.2.129 UDP unreachable: its route leads nowhere', '192.0.2.129 TCP unreachable: its route leads nowhere',
      '198.51.100.1 UDP unreachable: this node lets no packet out to it (a route or policy prohibits it)',
      '198.51.100.1 TCP unreachable: this node lets no packet out to it (a route or policy prohibits it)',
    ]);
  });

  it('is late where packets are lost on their way', () => {
    // The neighbour is known, so that nobody has to answer for it; what is sent to it comes out where nobody looks.
    const link = [
      'ip link add veth0 type veth peer name veth1', 'ip link set veth0 up', 'ip link set veth1 up', 'ip addr add 192.0.2.2/24 dev veth0',
      'ip neigh add 192.0.2.53 lladdr 02:00:00:00:00:01 dev veth0 nud permanent',
    ].join('; ');
    assert.deepEqual(askedAfter(link, '192.0.2.53'), ['192.0.2.53 UDP timeout: no answer within 0.3 s', '192.0.2.53 TCP timeout: no connection within 0.3 s']);
  });
});
