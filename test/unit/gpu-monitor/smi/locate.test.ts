import { chmodSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { assert } from 'chai';
import { createSmiLocator } from '../../../../plugins/gpu-monitor/smi/locate.ts';
import { type Folder, temporaryFolder } from '../../../support/eventually.ts';

function put(folder: Folder, path: string, mode = 0o755): string {
  const file = folder.file(path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, '#!/bin/sh\n');
  chmodSync(file, mode);
  return file;
}

/** Program and library as they lie below some root; the library is what the loader is told of. */
const places: readonly (readonly [where: string, program: string, library: string])[] = [
  ['Red Hat', 'usr/bin', 'usr/lib64'],
  ['Debian and Ubuntu', 'usr/bin', 'usr/lib/x86_64-linux-gnu'],
  ['Ubuntu on arm64', 'usr/bin', 'usr/lib/aarch64-linux-gnu'],
  ['Debian below another root, without its links', 'usr/lib/nvidia/current', 'usr/lib/x86_64-linux-gnu/nvidia/current'],
  ["GKE's device plugin", 'usr/local/nvidia/bin', 'usr/local/nvidia/lib64'],
  ['GKE on Container-Optimized OS', 'home/kubernetes/bin/nvidia/bin', 'home/kubernetes/bin/nvidia/lib64'],
  ['Container-Optimized OS', 'var/lib/nvidia/bin', 'var/lib/nvidia/lib64'],
  ['Bottlerocket', 'x86_64-bottlerocket-linux-gnu/sys-root/usr/libexec/nvidia/tesla/bin', 'x86_64-bottlerocket-linux-gnu/sys-root/usr/lib/nvidia/tesla'],
  ['Bottlerocket, by its link', 'usr/libexec/nvidia/tesla/bin', 'usr/lib/nvidia/tesla'],
  ['Talos', 'usr/local/bin', 'usr/local/glibc/usr/lib'],
  ['WSL', 'usr/lib/wsl/lib', 'usr/lib/wsl/lib'],
  ['the GPU Operator', 'run/nvidia/driver/usr/bin', 'run/nvidia/driver/usr/lib/x86_64-linux-gnu'],
  ["the GPU Operator's driver of Red Hat", 'run/nvidia/driver/usr/bin', 'run/nvidia/driver/usr/lib64'],
];

describe('nvidia-smi', () => {
  for (const [where, program, library] of places) {
    for (const below of ['host', 'elsewhere']) {
      it(`of ${where} is found below ${below === 'host' ? '/host, where nobody named a root' : 'the root that was named'}, with its library`, () => {
        using own = temporaryFolder();
        const path = put(own, `${below}/${program}/nvidia-smi`);
        const library1 = put(own, `${below}/${library}/libnvidia-ml.so.1`, 0o644);
        assert.deepEqual(createSmiLocator({ ownRoot: own.path })(below === 'host' ? own.path : own.file(below), undefined), { kind: 'found', path, environment: { LD_PRELOAD: library1 } });
      });
    }
  }

  it('that the container toolkit put into our own container wins, and needs nothing', () => {
    using own = temporaryFolder();
    const path = put(own, 'usr/bin/nvidia-smi');
    put(own, 'usr/lib/x86_64-linux-gnu/libnvidia-ml.so.1');
    put(own, 'host/usr/bin/nvidia-smi');
    put(own, 'host/run/nvidia/driver/usr/bin/nvidia-smi');
    assert.deepEqual(createSmiLocator({ ownRoot: own.path })(own.file('host'), undefined), { kind: 'found', path, environment: {} });
  });

  it('of a driver that runs in a container wins over what lies on the node', () => {
    using own = temporaryFolder();
    put(own, 'host/usr/bin/nvidia-smi');
    const path = put(own, 'host/run/nvidia/driver/usr/bin/nvidia-smi');
    assert.deepEqual(createSmiLocator({ ownRoot: own.path })(own.file('host'), undefined), { kind: 'found', path, environment: {} });
  });

  it('that was given wins, wherever it is, with the library that belongs to its place', () => {
    using own = temporaryFolder();
    put(own, 'usr/bin/nvidia-smi');
    const locate = createSmiLocator({ ownRoot: own.path });
    const odd = put(own, 'opt/vendor/smi');
    assert.deepEqual(locate(own.path, odd), { kind: 'found', path: odd, environment: {} });
    const path = put(own, 'a/b/home/kubernetes/bin/nvidia/bin/nvidia-smi');
    const library = put(own, 'a/b/home/kubernetes/bin/nvidia/lib64/libnvidia-ml.so.1');
    assert.deepEqual(createSmiLocator({ ownRoot: own.path })(own.path, path), { kind: 'found', path, environment: { LD_PRELOAD: library } });
  });

  it('that was given and is not there is missing, though there is another one', () => {
    using own = temporaryFolder();
    put(own, 'usr/bin/nvidia-smi');
    assert.deepEqual(createSmiLocator({ ownRoot: own.path })(own.path, '/no/such/nvidia-smi'), { kind: 'missing', lookedIn: ['/no/such/nvidia-smi'], roots: [] });
  });

  it('is no folder, no file that nobody may run, and no link that leads nowhere', () => {
    using own = temporaryFolder();
    mkdirSync(own.file('usr/bin/nvidia-smi'), { recursive: true });
    put(own, 'usr/sbin/nvidia-smi', 0o644);
    mkdirSync(own.file('usr/local/bin'), { recursive: true });
    symlinkSync('/no/such/program', own.file('usr/local/bin/nvidia-smi'));
    symlinkSync('nvidia-smi', own.file('usr/local/nvidia-smi'));
    const found = createSmiLocator({ ownRoot: own.path })(own.file('host'), undefined);
    assert(found.kind === 'missing');
    assert.deepEqual(found.roots, [own.path, own.file('host')]);
    assert.includeMembers([...found.lookedIn], ['/usr/bin', '/usr/local/nvidia/bin', '/home/kubernetes/bin/nvidia/bin', '/run/nvidia/driver']);
  });

  it('is looked for again when it has gone, and found when it comes', () => {
    using own = temporaryFolder();
    const locate = createSmiLocator({ ownRoot: own.path });
    assert.equal(locate(own.path, undefined).kind, 'missing');
    const path = put(own, 'run/nvidia/driver/usr/bin/nvidia-smi');
    assert.deepEqual(locate(own.path, undefined), { kind: 'found', path, environment: {} });
    const later = put(own, 'usr/bin/nvidia-smi');
    assert.deepEqual(locate(own.path, undefined), { kind: 'found', path, environment: {} }, 'what was found is kept');
    rmSync(join(own.path, 'run'), { recursive: true });
    assert.deepEqual(locate(own.path, undefined), { kind: 'found', path: later, environment: {} });
  });

  for (const [name, program, library] of [
    ['a place that nobody knows', 'opt/vendor/bin', 'opt/vendor/lib/libnvidia-ml.so.1'],
    ['that of Talos', 'usr/local/bin', 'usr/local/glibc/usr/lib/libnvidia-ml.so.1'],
    ['a known place', 'usr/local/nvidia/bin', 'usr/local/nvidia/lib64/libnvidia-ml.so.1'],
  ] as const) {
    it(`in a folder of PATH that is ${name} wins over all places, with the library that belongs to it`, () => {
      using own = temporaryFolder();
      put(own, 'usr/bin/nvidia-smi');
      put(own, `host/${program}/nvidia-smi`);
      const [path, LD_PRELOAD] = [put(own, `${program}/nvidia-smi`), put(own, library, 0o644)];
      const locate = createSmiLocator({ path: `/sbin:/${program}:/usr/bin`, ownRoot: own.path });
      assert.deepEqual(locate(own.file('host'), undefined), { kind: 'found', path, environment: { LD_PRELOAD } });
    });
  }

  it('in a folder of PATH needs nothing where the loader finds its library', () => {
    using own = temporaryFolder();
    put(own, 'usr/lib/libnvidia-ml.so.1', 0o644);
    const bin = put(own, 'usr/bin/nvidia-smi');
    const odd = put(own, 'opt/vendor/bin/nvidia-smi');
    assert.deepEqual(createSmiLocator({ path: '/usr/bin', ownRoot: own.path })(own.path, undefined), { kind: 'found', path: bin, environment: {} });
    assert.deepEqual(createSmiLocator({ path: '/opt/vendor/bin', ownRoot: own.path })(own.path, undefined), { kind: 'found', path: odd, environment: {} });
  });

  it('is not looked for where we happen to be, and PATH is named only if it was asked', () => {
    using own = temporaryFolder();
    put(own, 'nvidia-smi');
    put(own, 'bin2/nvidia-smi');
    const isAsked = [undefined, '', ':', '.:', 'bin2', ':/usr/games'].map((path) => {
      const found = createSmiLocator({ path, ownRoot: own.path })(own.path, undefined);
      return found.kind === 'missing' && found.isPathSearched;
    });
    assert.deepEqual(isAsked, [undefined, undefined, undefined, undefined, undefined, true]);
  });
});
