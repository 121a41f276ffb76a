import { assert } from 'chai';
import * as fc from 'fast-check';
import { chmodSync, readFileSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { type Verdict, healthy, notApplicable } from '../../../plugins/core/verdict.ts';
import { networkInterfaces } from '../../../plugins/host-inspector/checks/network-interfaces.ts';
import { INTERFACES, writeInterfaces } from '../../support/host-tree-net.ts';
import type { HostTree } from '../../support/host-tree.ts';
import { type Looker, eachWithHost } from '../../support/look-again.ts';

const FOREIGN = "network interfaces (/sys/class/net is not of PID 1's network namespace: needs the host's /sys)";
const HIDDEN = 'network interfaces (hidepid hides PID 1: needs CAP_SYS_PTRACE, or no /proc)';
const PODS = { lo: { isVirtual: true }, eth0: { isVirtual: true } } as const;

let host: HostTree;
let looks: Looker;
let table: string;

const begin = (tree: HostTree, looker: Looker): void => {
  [host, looks] = [tree, looker];
  table = readFileSync(join(host.root, 'proc/1/net/dev'), 'utf8');
};

/** /sys shows these, while PID 1 has what it had. */
function showInSys(interfaces: Parameters<typeof writeInterfaces>[2]): void {
  writeInterfaces(host.root, host.write, interfaces);
  host.write('proc/1/net/dev', table);
}

async function judged(): Promise<readonly Verdict[]> {
  return (await looks.look(86_400)).verdicts;
}

describe('whose interfaces /sys shows', () => {
  eachWithHost(networkInterfaces, begin);

  it('is proven by their names', async () => {
    assert.deepEqual(await judged(), [healthy]);
  });

  const foreign: readonly { readonly name: string; readonly shown: Parameters<typeof writeInterfaces>[2] }[] = [
    { name: 'a Pod', shown: PODS },
    { name: 'a Pod with an interface of another name', shown: { lo: { isVirtual: true }, net1: { isVirtual: true } } },
    { name: 'a namespace of its own', shown: { lo: { isVirtual: true } } },
  ];
  for (const { name, shown } of foreign) {
    it(`is not the host where it is that of ${name}, and then no number is told`, async () => {
      showInSys(shown);
      const { verdicts, readings = [] } = await looks.look(86_400);
      assert.deepEqual([verdicts, readings], [[notApplicable(FOREIGN)], []]);
    });
  }

  it('is not asked where it is not there, or PID 1 is hidden', async () => {
    host.remove('proc/1/net');
    assert.deepEqual(await judged(), [notApplicable(HIDDEN)]);
    host.write('proc/1/net/dev', table);
    host.remove('sys/class/net');
    assert.deepEqual(await judged(), [notApplicable("network interfaces (needs the host's /sys)")]);
  });

  const isRoot = process.getuid?.() === 0;
  it(`may be hidden by a refusal, too${isRoot ? ' (skipped: root is refused nothing)' : ''}`, async function () {
    if (isRoot) this.skip();
    chmodSync(join(host.root, 'proc/1/net/dev'), 0);
    assert.deepEqual(await judged(), [notApplicable(HIDDEN)]);
  });

  it('what does not apply is said in fewer than 100 characters', () => {
    for (const message of [FOREIGN, HIDDEN]) assert.isBelow(message.length, 100);
  });
});

describe('a host on which something is wrong with what tells of interfaces', () => {
  eachWithHost(networkInterfaces, begin);

  const unknowns = async (): Promise<readonly string[]> => (await judged()).map((verdict) => (verdict.kind === 'unknown' ? verdict.message : verdict.kind));

  it('without the folder of virtual interfaces cannot tell', async () => {
    host.remove('sys/devices/virtual/net');
    assert.deepEqual(await unknowns(), [`/sys/devices/virtual/net (as ${host.root}/sys/devices/virtual/net): no such file or directory`]);
  });

  it('whose table lacks an interface cannot tell', async () => {
    for (const name of ['lo', 'eth0', 'cni0']) {
      host.write('proc/1/net/dev', table.replace(new RegExp(`^ *${name}:.*\n`, 'm'), ''));
      assert.deepEqual(await unknowns(), [`/proc/1/net/dev: does not list ${name}, which is in /sys/class/net`]);
    }
  });

  it('whose interface was taken away between two reads tells of the others', async () => {
    writeInterfaces(host.root, host.write, { ...INTERFACES, eth1: {} });
    renameSync(join(host.root, 'sys/class/net/eth1/flags'), join(host.root, 'sys/class/net/eth1/gone'));
    const { verdicts, readings = [] } = await looks.look(86_400);
    assert.deepEqual(verdicts, [healthy]);
    assert.deepEqual([...new Set(readings.map(({ subject }) => subject))], ['eth0']);
  });

  const files: Readonly<Record<string, string>> = { flags: '0x1003\n', operstate: 'up\n', type: '1\n', address: '02:00:00:00:01:02\n', uevent: 'INTERFACE=eth0\nIFINDEX=2\n', carrier_changes: '2\n' };
  for (const [name, text] of Object.entries(files)) {
    it(`of which /sys/class/net/eth0/${name} is cut or garbage cannot tell`, async () => {
      const file = `sys/class/net/eth0/${name}`;
      for (let end = 0; end < text.length; end++) {
        host.write(file, text.slice(0, end));
        // A file of two lines may end after the first of them: what it tells is there.
        if (text.slice(0, end) !== 'INTERFACE=eth0\n') assert.notInclude(['healthy'], (await judged())[0]?.kind, `cut at ${end}`);
      }
      await fc.assert(
        fc.asyncProperty(fc.uint8Array({ minLength: 1, maxLength: 30 }), async (bytes) => {
          host.write(file, Buffer.from(bytes).toString('latin1').replaceAll(/[0-9]/g, 'x'));
          assert.equal((await judged())[0]?.kind, 'unknown');
        }),
        { numRuns: 30 },
      );
    });
  }

  it('whose table is cut anywhere cannot tell', async () => {
    for (let end = 0; end < table.length; end++) {
      host.write('proc/1/net/dev', table.slice(0, end));
      assert.equal((await judged())[0]?.kind, 'unknown', `cut at ${end}`);
    }
  });

  it('with garbage in the line of a card cannot tell', async () => {
    const at = table.indexOf('  eth0:');
    const line = table.slice(at, table.indexOf('\n', at) + 1);
    const junk = fc.uint8Array({ minLength: 1, maxLength: 20 }).map((bytes) => Buffer.from(bytes).toString('latin1').replaceAll(/[0-9\n]/g, 'x'));
    await fc.assert(
      fc.asyncProperty(fc.nat(line.length - 2), junk, async (place, text) => {
        if (text.trim() === '' || line.slice(place, place + text.length) === text) return;
        host.write('proc/1/net/dev', table.replace(line, line.slice(0, place) + text + line.slice(place + text.length)));
        assert.equal((await judged())[0]?.kind, 'unknown');
      }),
      { numRuns: 200 },
    );
  });
});
