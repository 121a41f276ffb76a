import { assert } from 'chai';
import { parseBuiltinModules, parseModules } from '../../../../plugins/linux/proc/modules.ts';

describe('/proc/modules', () => {
  it('names are read, with tainting flags, in every state', () => {
    const text = [
      'nf_conntrack 172032 5 xt_conntrack,nf_nat, Live 0x0000000000000000',
      'nvidia 56823808 2 - Live 0xffffffffc0a00000 (POE)',
      'floppy 65536 0 - Unloading 0x0000000000000000',
      'wireguard 0 -1 - Loading 0x0000000000000000', '',
    ].join('\n');
    assert.deepEqual([...parseModules(text)], ['nf_conntrack', 'nvidia', 'floppy', 'wireguard']);
  });

  it('none may be loaded', () => {
    assert.equal(parseModules('').size, 0);
  });

  it('what was cut or is garbled is refused', () => {
    assert.throws(() => parseModules('overlay 151552 30 - Live 0x00\nbr_netf'), '/proc/modules: expected a newline at its end, got "br_netf"');
    assert.throws(() => parseModules('garbage\n'), '/proc/modules:1: expected "<name> <size> <count> <users> <state> <address>", got "garbage"');
  });
});

describe('modules.builtin', () => {
  it('names are those that a loaded module would have', () => {
    const text = 'kernel/fs/overlayfs/overlay.ko\nkernel/drivers/md/dm-thin-pool.ko\n';
    assert.deepEqual([...parseBuiltinModules(text, 'm')], ['overlay', 'dm_thin_pool']);
  });

  it('what was cut or is garbled is refused', () => {
    assert.throws(() => parseBuiltinModules('kernel/fs/overlayfs/over', 'm'), 'm: expected a newline at its end, got "kernel/fs/overlayfs/over"');
    assert.throws(() => parseBuiltinModules('kernel/fs/overlay\n', 'm'), 'm:1: expected "<folder>/<name>.ko", got "kernel/fs/overlay"');
  });
});
