import { assert } from 'chai';
import { assert as always, property, string } from 'fast-check';
import { podOfCgroup, podOfProcess } from '../../../plugins/linux/pods.ts';
import { parsePidCgroup } from '../../../plugins/linux/proc/pid-cgroup.ts';

const UID = '3f2a0c1e-8d4b-4c77-9a51-0b6e2f9d1c33';
const SLICE = UID.replaceAll('-', '_');
const STATIC = '0f8d1c5e7a9b4c3d2e1f00112233aabb';
const ID = '9c1f'.repeat(16);

const OF_A_POD: readonly (readonly [string, string, boolean])[] = [
  // systemd driver, each class; containerd, CRI-O, Docker
  [`/kubepods.slice/kubepods-pod${SLICE}.slice/cri-containerd-${ID}.scope`, UID, true],
  [`/kubepods.slice/kubepods-burstable.slice/kubepods-burstable-pod${SLICE}.slice/crio-${ID}.scope`, UID, true],
  [`/kubepods.slice/kubepods-burstable.slice/kubepods-burstable-pod${SLICE}.slice/crio-${ID}.scope/container`, UID, true],
  [`/kubepods.slice/kubepods-besteffort.slice/kubepods-besteffort-pod${SLICE}.slice/docker-${ID}.scope`, UID, true],
  [`/kubepods.slice/kubepods-besteffort.slice/kubepods-besteffort-pod${SLICE}.slice`, UID, false],
  [`/kubepods.slice/kubepods-burstable.slice/kubepods-burstable-pod${STATIC}.slice/cri-containerd-${ID}.scope`, STATIC, true],
  // what CRI-O runs beside the container
  [`/kubepods.slice/kubepods-burstable.slice/kubepods-burstable-pod${SLICE}.slice/crio-conmon-${ID}.scope`, UID, false],
  // cgroupfs driver
  [`/kubepods/pod${UID}/${ID}`, UID, true],
  [`/kubepods/burstable/pod${UID}/${ID}`, UID, true],
  [`/kubepods/besteffort/pod${STATIC}/${ID}`, STATIC, true],
  [`/kubepods/burstable/pod${UID}`, UID, false],
  [`/kubepods/burstable/pod${UID}/crio-${ID}`, UID, true],
  // Kata Containers
  [`/kubepods/burstable/pod${UID}/kata_${ID}`, UID, true],
  [`/kubepods.slice/kubepods-burstable.slice/kubepods-burstable-pod${SLICE}.slice/kata_${ID}`, UID, true],
  // kubelet in a group of its own: kind, also as its host sees it
  [`/kubelet.slice/kubelet-kubepods.slice/kubelet-kubepods-besteffort.slice/kubelet-kubepods-besteffort-pod${SLICE}.slice/cri-containerd-${ID}.scope`, UID, true],
  [`/kubelet/kubepods/burstable/pod${UID}/${ID}`, UID, true],
  [`/system.slice/docker-${ID}.scope/kubelet.slice/kubelet-kubepods.slice/kubelet-kubepods-pod${SLICE}.slice/cri-containerd-${ID}.scope`, UID, true],
  [`/docker/${ID}/kubelet/kubepods/besteffort/pod${UID}/${ID}`, UID, true],
  // the systemd driver in kubelet and not in containerd
  [`/system.slice/containerd.service/kubepods-burstable-pod${SLICE}.slice:cri-containerd:${ID}`, UID, true],
  [`/kubepods-besteffort-pod${SLICE}.slice:cri-containerd:${ID}`, UID, true],
  // from a cgroup namespace: another Pod of the same class, of another class, and with systemd
  [`/../../pod${UID}/${ID}`, UID, true],
  [`/../../../burstable/pod${UID}/${ID}`, UID, true],
  [`/../../kubepods-besteffort-pod${SLICE}.slice/cri-containerd-${ID}.scope`, UID, true],
  [`/../../../kubepods-burstable.slice/kubepods-burstable-pod${SLICE}.slice/cri-containerd-${ID}.scope`, UID, true],
  // a node in a Pod: the Pod of this node counts
  [`/kubepods/burstable/pod${UID}/${ID}/kubelet/kubepods/burstable/pod${STATIC}/${ID}`, UID, true],
  // a container that makes groups of its own
  [`/kubepods/burstable/pod${UID}/${ID}/init.scope`, UID, true],
];

const OF_NO_POD = [
  '/', '', '/init.scope', '/system.slice/kubelet.service', '/system.slice/containerd.service', '/user.slice/user-1000.slice/session-2.scope',
  '/kubepods', '/kubepods.slice', '/kubepods.slice/kubepods-burstable.slice', '/kubepods/besteffort',
  `/docker/${ID}`, `/system.slice/docker-${ID}.scope`, `/machine.slice/libpod-${ID}.scope`, `/machine.slice/machine-libpod_pod_${ID}.slice/libpod-${ID}.scope`,
  `/k8s.io/${ID}`, `/kata_overhead/${ID}`, `/../${ID}`, `/../cri-containerd-${ID}.scope`, '/..', '/../..', '/system.slice/podman.service',
  `/kubepods/pod${UID}x/${ID}`, `/kubepods/pod${UID.slice(1)}/${ID}`, `/kubepods/pod${UID.toUpperCase()}`, `/pod${STATIC}0/${ID}`,
];

describe('the Pod of a control group', () => {
  for (const [path, uid, hasContainer] of OF_A_POD) {
    it(`is told by ${path.replaceAll(ID, '<id>').replaceAll(UID, '<uid>').replaceAll(SLICE, '<uid_>').replaceAll(STATIC, '<md5>')}`, () => {
      assert.deepEqual(podOfCgroup(path), { uid, ...(hasContainer && { container: ID }) });
    });
  }

  for (const path of OF_NO_POD) {
    it(`is none for ${path.replaceAll(ID, '<id>') || 'an empty path'}`, () => {
      assert.isUndefined(podOfCgroup(path));
    });
  }

  it('is never made of anything else, whatever the path', () => {
    always(property(string(), (path) => assert.isUndefined(podOfCgroup(path))));
  });

  it('is found in whichever hierarchy of cgroup v1 names it', () => {
    const cgroups = parsePidCgroup(`12:rdma:/\n4:memory:/kubepods/burstable/pod${UID}/${ID}\n1:name=systemd:/kubepods/burstable/pod${UID}/${ID}\n`, 'cgroup');
    assert.deepEqual(podOfProcess(cgroups), { uid: UID, container: ID });
    assert.isUndefined(podOfProcess(parsePidCgroup('0::/system.slice/kubelet.service\n', 'cgroup')));
  });
});
