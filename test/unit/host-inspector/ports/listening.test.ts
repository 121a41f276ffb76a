import { assert } from 'chai';
import { existsSync, mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { readListening } from '../../../../plugins/host-inspector/ports/listening.ts';
import { nameOwners, ownersOf } from '../../../../plugins/host-inspector/ports/owners.ts';
import { createSlices } from '../../../../plugins/linux/slices.ts';
import { socketTable } from '../../../support/host-tree-ports.ts';
import { hostTree } from '../../../support/host-tree.ts';

const CORPUS = join(import.meta.dirname, '../../../../../shared/corpus/host/prometheus-procfs');
const TABLES = ['tcp', 'tcp6', 'udp', 'udp6'] as const;

/** `tcp 0.0.0.0 22 all`, in the order in which they are told. */
function listed(root: string): readonly string[] {
  return readListening(root).sockets.map(({ protocol, family, address, port, scope }) => `${protocol}${family} ${address} ${port} ${scope}`);
}

describe('listening sockets', () => {
  it('are those of all four tables, by protocol and port; who is connected is none', () => {
    using host = hostTree();
    assert.deepEqual(readListening(host.root).gaps, []);
    assert.deepEqual(listed(host.root), [
      'tcp4 0.0.0.0 22 all', 'tcp6 :: 22 all', 'tcp4 127.0.0.1 10248 loopback', 'tcp6 :: 10250 all',
      'udp4 127.0.0.53 53 loopback', 'udp6 fe80::1ff:fe23:4567:890a 546 one', 'udp4 0.0.0.0 8472 all', 'udp4 0.0.0.0 40123 all',
    ]);
  });

  it('that share a port are one, with the inodes of all', () => {
    using host = hostTree();
    host.write('proc/1/net/tcp', socketTable('tcp', [{ local: '0.0.0.0:80', inode: 7 }, { local: '0.0.0.0:80', inode: 8 }, { local: '10.0.0.1:80', inode: 9 }]));
    const found = readListening(host.root).sockets.filter(({ port }) => port === 80).map(({ address, inode, inodes }) => ({ address, inode, inodes }));
    assert.deepEqual(found, [{ address: '0.0.0.0', inode: 7, inodes: [7, 8] }, { address: '10.0.0.1', inode: 9, inodes: [9] }]);
  });

  it('come first, so a table of connections is read no further; knocking ones of old kernels stand among them', () => {
    using host = hostTree();
    const connections = Array.from({ length: 50_000 }, (_, index) => ({ local: `10.0.0.1:${1 + index}`, state: 1 }));
    const table = socketTable('tcp', [{ local: '0.0.0.0:22' }, { local: '0.0.0.0:22', state: 3 }, { local: '0.0.0.0:23' }, ...connections]);
    host.write('proc/1/net/tcp', `${table}garbage that nobody reads`);
    assert.deepEqual(listed(host.root).filter((line) => line.startsWith('tcp4')), ['tcp4 0.0.0.0 22 all', 'tcp4 0.0.0.0 23 all']);
  });

  it('of a node without IPv6 are those of IPv4', () => {
    using host = hostTree();
    host.remove('proc/1/net/tcp6');
    host.remove('proc/1/net/udp6');
    const { gaps, sockets } = readListening(host.root);
    assert.deepEqual([gaps, sockets.some(({ family }) => family === 6)], [[], false]);
  });

  it('of a table that is not there are a gap, and of the others are told', () => {
    using host = hostTree();
    host.remove('proc/1/net/udp');
    const { gaps, sockets } = readListening(host.root);
    assert.deepEqual(gaps.map(({ path, kind }) => [path, kind]), [['/proc/1/net/udp', 'absent']]);
    assert.deepEqual(new Set(sockets.map(({ protocol }) => protocol)), new Set(['tcp', 'udp']));
  });

  for (const name of TABLES) {
    it(`${name}: cut inside a line, empty, or with garbage in a line, nothing of it is told, and the gap is named`, () => {
      using host = hostTree();
      // Only lines that are read: behind the first connection nobody looks.
      const text = socketTable(name, [{ local: name.endsWith('6') ? '[::]:22' : '0.0.0.0:22' }, { local: name.endsWith('6') ? '[::1]:23' : '127.0.0.1:23' }]);
      const isGap = (): void => {
        const { gaps, sockets } = readListening(host.root);
        assert.deepEqual(gaps.map(({ path, kind }) => [path, kind]), [[`/proc/1/net/${name}`, 'failed']]);
        assert.isFalse(sockets.some(({ protocol, family }) => `${protocol}${family === 6 ? 6 : ''}` === name));
      };
      for (let end = 0; end < text.length; end++) {
        if (text[end - 1] === '\n') continue;
        host.write(`proc/1/net/${name}`, text.slice(0, end));
        isGap();
      }
      fc.assert(
        fc.property(fc.string({ unit: 'binary', minLength: 1, maxLength: 60 }), (junk) => {
          host.write(`proc/1/net/${name}`, `${text}${junk.toWellFormed()}\n`);
          isGap();
        }),
        { numRuns: 50 },
      );
    });
  }

  it('of a recorded machine are what stands there', function () {
    if (!existsSync(CORPUS)) this.skip();
    using host = hostTree();
    host.remove('proc/1/net');
    mkdirSync(join(host.root, 'proc/1/net'), { recursive: true });
    for (const name of TABLES) symlinkSync(join(CORPUS, 'proc/net', name), join(host.root, 'proc/1/net', name));
    // Their udp and tcp6 are copies of tcp and udp6, whose sockets are in states that UDP has not, and TCP neither.
    assert.deepEqual(listed(host.root), ['tcp4 0.0.0.0 22 all', 'tcp4 10.0.0.5 22 one', 'udp6 :: 5355 all', 'udp6 fe80::56e1:adff:fe7c:6609 51073 one']);
  });
});

describe('the processes that have a socket open', () => {
  const ask = async (root: string, inodes: readonly number[]) => await ownersOf(root, inodes, createSlices(new AbortController().signal));

  function addProcess(root: string, write: (path: string, text: string) => void, pid: number, { name, cgroup, links }: { readonly name: string; readonly cgroup: string; readonly links: readonly string[] }): void {
    write(`proc/${pid}/comm`, `${name}\n`);
    write(`proc/${pid}/cgroup`, `0::${cgroup}\n`);
    mkdirSync(join(root, `proc/${pid}/fd`), { recursive: true });
    for (const [descriptor, link] of links.entries()) symlinkSync(link, join(root, `proc/${pid}/fd/${descriptor}`));
  }

  it('are named with their Pod, lowest PID first, each once', async () => {
    using host = hostTree();
    const pod = '3f2a0c1e-1111-4222-8333-444455556666';
    addProcess(host.root, host.write, 200, { name: 'nginx', cgroup: `/kubepods/besteffort/pod${pod}/x`, links: ['/dev/null', 'socket:[77]', 'socket:[77]'] });
    addProcess(host.root, host.write, 30, { name: 'sshd', cgroup: '/system.slice/sshd.service', links: ['socket:[78]', 'socket:[79]'] });
    addProcess(host.root, host.write, 31, { name: 'sshd\n\u001b[2J', cgroup: 'garbage', links: ['socket:[78]'] });
    const { byInode, gap } = await ask(host.root, [77, 78, 80]);
    assert.equal(gap, undefined);
    assert.deepEqual([...byInode].toSorted(([a], [b]) => a - b), [
      [77, [{ pid: 200, name: 'nginx', pod }]],
      [78, [{ pid: 30, name: 'sshd' }, { pid: 31, name: 'sshd??[2J' }]],
    ]);
    assert.equal(nameOwners([{ inodes: [77, 78] }], byInode), `nginx of Pod ${pod}, sshd, sshd??[2J`);
    assert.equal(nameOwners([{ inodes: [80] }], byInode), '');
  });

  it('of which hundreds share one are eight', async () => {
    using host = hostTree();
    for (let pid = 100; pid < 200; pid++) addProcess(host.root, host.write, pid, { name: `worker-${pid}`, cgroup: '/', links: ['socket:[77]'] });
    const { byInode } = await ask(host.root, [77]);
    assert.deepEqual(byInode.get(77)?.map(({ pid }) => pid), [100, 101, 102, 103, 104, 105, 106, 107]);
  });

  it('are not looked for where nothing listens', async () => {
    assert.deepEqual(await ask('/nowhere', []), { byInode: new Map(), gap: undefined });
  });
});
