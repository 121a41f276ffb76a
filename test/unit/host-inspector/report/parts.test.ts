import { assert } from 'chai';
import type { DiskLooks } from '../../../../plugins/host-inspector/report/disk-looks.ts';
import { findRuntimes, mainRuntime } from '../../../../plugins/host-inspector/report/runtimes.ts';
import { localTime, zoneOf } from '../../../../plugins/host-inspector/report/zone.ts';

const PROCESS = { pid: '1', comm: '', cgroup: '/', startTicks: 1 };
const running = (...names: readonly string[]): ReadonlyMap<string, readonly (typeof PROCESS)[]> => new Map(names.map((name) => [name, [PROCESS]]));
const sockets = (...paths: readonly string[]): ReadonlyMap<string, { readonly type: string; readonly target: undefined }> =>
  new Map(paths.map((path) => [path, { type: 'socket', target: undefined }]));

describe('the container runtime of a node', () => {
  const nodes: readonly (readonly [string, readonly string[] | undefined, readonly string[], boolean, string])[] = [
    ['containerd alone', ['containerd'], ['run/containerd/containerd.sock'], true, 'containerd'],
    ['Docker with its own containerd, without Kubernetes', ['dockerd', 'containerd'], ['run/docker.sock', 'run/containerd/containerd.sock'], false, 'docker'],
    ['Docker beside the containerd that kubelet uses', ['dockerd', 'containerd'], ['run/docker.sock'], true, 'containerd'],
    ['Docker behind cri-dockerd', ['dockerd', 'containerd', 'cri-dockerd'], ['run/cri-dockerd.sock'], true, 'docker'],
    ['Docker behind the dockershim of an old kubelet', ['dockerd', 'containerd'], ['run/dockershim.sock', 'run/docker.sock'], true, 'docker'],
    ['CRI-O', ['crio'], ['run/crio/crio.sock'], true, 'cri-o'],
    ['k3s with the containerd that it starts', ['k3s-server', 'containerd'], ['run/k3s/containerd/containerd.sock'], true, 'k3s'],
    ['RKE2, which uses the place of k3s', ['rke2', 'containerd', 'kubelet'], ['run/k3s/containerd/containerd.sock'], true, 'rke2'],
    ['k0s', ['k0s', 'containerd', 'kubelet'], ['run/k0s/containerd.sock'], true, 'k0s'],
    ['a dead containerd with its socket', [], ['run/containerd/containerd.sock'], true, 'containerd'],
    ['a dead CRI-O beside a containerd that runs', ['containerd'], ['run/crio/crio.sock'], true, 'containerd'],
    ['only a socket, where processes are hidden', undefined, ['run/crio/crio.sock'], false, 'cri-o'],
    ['nothing', [], [], false, 'none'],
  ];
  for (const [what, processes, paths, hasKubelet, name] of nodes) {
    it(`${what}: ${name}`, () => {
      const found = sockets(...paths);
      assert.equal(mainRuntime(findRuntimes(processes && running(...processes), found), hasKubelet, found), name);
    });
  }

  it('a file in the place of a socket is none', () => {
    assert.deepEqual(findRuntimes(running(), new Map([['run/docker.sock', { type: 'directory', target: undefined }]])), []);
  });
});

describe("the host's time zone", () => {
  const none = { kind: 'absent', message: '/etc/timezone: no such file or directory' } as const;
  const looks = (target: string | undefined, timezone?: string): Pick<DiskLooks, 'etc' | 'localtime'> => ({
    etc: () => (timezone === undefined ? none : { kind: 'ok', value: timezone }),
    localtime: { kind: 'ok', value: { type: target === undefined ? 'regular file' : 'symbolic link', target } },
  });

  it('is where /etc/localtime leads, else what /etc/timezone says', () => {
    const names = [looks('/usr/share/zoneinfo/Europe/Berlin'), looks('../usr/share/zoneinfo/posix/America/Argentina/Ushuaia'), looks(undefined, 'Asia/Tokyo\n'), looks('/elsewhere', 'Etc/GMT+3\n')];
    assert.deepEqual(names.map((each) => zoneOf(each).value), ['Europe/Berlin', 'America/Argentina/Ushuaia', 'Asia/Tokyo', 'Etc/GMT+3']);
  });

  it('is UTC on a host without such a file, and not known where a copy does not name it', () => {
    assert.deepEqual(zoneOf({ ...looks(undefined), localtime: { kind: 'ok', value: undefined } }).value, 'UTC');
    assert.deepEqual(zoneOf(looks(undefined)).state, 'unsupported');
    assert.deepEqual(zoneOf({ ...looks(undefined), localtime: { kind: 'failed', message: '/etc/localtime: no answer within 5 ms' } }).message, '/etc/localtime: no answer within 5 ms');
  });

  it('gives the time there, also in summer, by quarters of an hour, and at midnight', () => {
    assert.equal(localTime(Date.UTC(2026, 6, 1, 22, 0, 0), 'Europe/Berlin'), '2026-07-02T00:00:00+02:00');
    assert.equal(localTime(Date.UTC(2026, 0, 1), 'Asia/Kathmandu'), '2026-01-01T05:45:00+05:45');
    assert.equal(localTime(Date.UTC(2026, 0, 1), 'UTC'), '2026-01-01T00:00:00+00:00');
    assert.throws(() => localTime(0, 'Nowhere/Land'), RangeError);
  });
});
