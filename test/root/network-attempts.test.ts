import { assert } from 'chai';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

const MAIN = join(import.meta.dirname, '../support/attempts-main.ts');

/** What attempts at these addresses came to in a network of their own, after `prepare`; a line each. */
function attemptsAfter(prepare: string, ...addresses: readonly string[]): readonly string[] {
  const script = `set -e; ${prepare}; exec "$@"`;
  const { stdout, stderr, status } = spawnSync('unshare', ['--net', 'sh', '-c', script, 'sh', process.execPath, MAIN, ...addresses], { encoding: 'utf8' });
  assert.equal(status, 0, stderr);
  return stdout.trimEnd().split('\n');
}

describe('an attempt over a network of its own', () => {
  before(function () {
    if (process.getuid?.() !== 0) this.skip();
  });

  it('has no route where none is set, and not even to itself', () => {
    assert.deepEqual(attemptsAfter('true', '192.0.2.1', '127.0.0.1'), [
      '192.0.2.1: unreachable: no route to its network',
      '127.0.0.1: unreachable: no route to its network',
    ]);
  });

  it('is refused by a machine on which nobody listens', () => {
    assert.deepEqual(attemptsAfter('ip link set lo up', '127.0.0.1'), ['127.0.0.1: refused: connection refused']);
  });

  it('is told by the kernel what its routes say', () => {
    const routes = 'ip link set lo up; ip route add unreachable 192.0.2.0/25; ip route add blackhole 192.0.2.128/25; ip route add prohibit 198.51.100.0/24';
    assert.deepEqual(attemptsAfter(routes, '192.0.2.1', '192.0.2.129', '198.51.100.1'), [
      '192.0.2.1: unreachable: no route to the host',
      '192.0.2.129: unreachable: its route leads nowhere',
      '198.51.100.1: unreachable: this node lets no packet out to it (a route or policy prohibits it)',
    ]);
  });

  it('is late where packets are lost on their way', () => {
    // The neighbour is known, so that nobody has to answer for it; what is sent to it comes out where nobody looks.
    const link = [
      'ip link add veth0 type veth peer name veth1', 'ip link set veth0 up', 'ip link set veth1 up', 'ip addr add 192.0.2.2/24 dev veth0',
      'ip neigh add 192.0.2.1 lladdr 02:00:00:00:00:01 dev veth0 nud permanent',
    ].join('; ');
    assert.deepEqual(attemptsAfter(link, '192.0.2.1'), ['192.0.2.1: timeout: no connection within 0.5 s']);
  });

  it('tells nothing of the network where no file descriptor is left', () => {
    assert.deepEqual(attemptsAfter('ip link set lo up', '--no-descriptors', '127.0.0.1'), ['127.0.0.1: local: this process has no file descriptor left (EMFILE)']);
  });
});
