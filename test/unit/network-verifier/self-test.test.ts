import { assert } from 'chai';
import { judgeNamespaces, networkSelfTest } from '../../../plugins/network-verifier/self-test.ts';
import { hostTree } from '../../support/host-tree.ts';

describe('whether the network is that of the host', () => {
  it('is told by the names of interfaces', () => {
    assert.deepEqual(judgeNamespaces(['eth0', 'lo'], ['eth0', 'lo']), { message: "looks from the host's network", details: { own: ['eth0', 'lo'], hosts: ['eth0', 'lo'] } });
    const hosts = ['cni0', 'eth0', 'lo', ...Array.from({ length: 110 }, (_, index) => `veth${index}`)];
    assert.deepInclude(judgeNamespaces(['eth0', 'lo'], hosts), {
      isWarning: true,
      message: 'looks from another network than that of the host: eth0, lo are here, cni0, eth0, lo, veth0, veth1, veth2, veth3, veth4 and 105 more there; set hostNetwork: true, or --scope pod for what Pods see',
    });
  });

  it('of this machine seen from itself is that', async () => {
    const { message, isWarning } = await networkSelfTest('host')('/');
    // In a container the first process is one of its own.
    assert.deepEqual({ message, isWarning }, { message: "looks from the host's network", isWarning: undefined });
  });

  it('of another tree is not, and without its table cannot be told', async () => {
    using host = hostTree();
    assert.isTrue((await networkSelfTest('host')(host.root)).isWarning);
    host.remove('proc/1/net/dev');
    const { message, isWarning } = await networkSelfTest('host')(host.root);
    assert.equal(message, `could not tell whether this is the network of the host: /proc/1/net/dev (as ${host.root}/proc/1/net/dev): no such file or directory`);
    assert.isUndefined(isWarning);
  });

  it('is not asked in a Pod', async () => {
    assert.deepEqual(await networkSelfTest('pod')('/'), { message: 'looks from the Pod network, as --scope pod says', details: {} });
  });
});
