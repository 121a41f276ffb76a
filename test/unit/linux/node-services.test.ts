import { assert } from 'chai';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { findServices } from '../../../plugins/linux/node-services.ts';
import { createSlices } from '../../../plugins/linux/slices.ts';
import { type Folder, temporaryFolder } from '../../support/eventually.ts';
import { writeProcess } from '../../support/host-tree-services.ts';

const NAMES = ['kubelet', 'containerd', 'systemd-timesyncd'];
const slices = () => createSlices(new AbortController().signal);

function host(firstCgroup = '/init.scope'): Folder {
  const folder = temporaryFolder();
  writeProcess(writer(folder), { pid: '1', comm: 'systemd', cgroup: firstCgroup });
  return folder;
}

function writer(folder: Folder): (path: string, text: string) => void {
  return (path, text) => {
    mkdirSync(dirname(folder.file(path)), { recursive: true });
    writeFileSync(folder.file(path), text);
  };
}

const found = async (folder: Folder, names = NAMES) => Object.fromEntries(await findServices(folder.path, names, slices()));

describe('services of the node', () => {
  it('are found by exact names, of which the kernel keeps 15 bytes', async () => {
    using folder = host();
    const write = writer(folder);
    writeProcess(write, { pid: '700', comm: 'kubelet', cgroup: '/system.slice/kubelet.service', startTicks: 1_234 });
    writeProcess(write, { pid: '701', comm: 'systemd-timesyn', cgroup: '/system.slice/systemd-timesyncd.service' });
    writeProcess(write, { pid: '702', comm: 'containerd-shim', cgroup: '/system.slice/containerd.service' });
    writeProcess(write, { pid: '703', comm: 'my-kubelet', cgroup: '/system.slice/kubelet.service' });
    assert.deepEqual(await found(folder), {
      'kubelet': [{ pid: '700', comm: 'kubelet', cgroup: '/system.slice/kubelet.service', startTicks: 1_234 }],
      'systemd-timesyncd': [{ pid: '701', comm: 'systemd-timesyn', cgroup: '/system.slice/systemd-timesyncd.service', startTicks: 99 }],
    });
  });

  const inPod = '/../../../../init.scope';
  const places = [
    { name: 'a unit', cgroup: '/system.slice/kubelet.service', isNodes: true },
    { name: 'the session of somebody who started it by hand', cgroup: '/user.slice/user-0.slice/session-1.scope', isNodes: true },
    { name: 'a container with the PIDs of the host', cgroup: '/docker/0f0f0f', isNodes: true },
    { name: 'a container with PIDs of its own', cgroup: '/docker/0f0f0f/system.slice/kubelet.service', pids: '7000\t71', isNodes: false },
    { name: 'a Pod with the PIDs of the host', cgroup: '/kubepods.slice/kubepods-besteffort.slice/kubepods-besteffort-pod1.slice/cri-containerd-2.scope', isNodes: false },
    { name: 'a Pod of a kind node', cgroup: '/kubelet.slice/kubelet-kubepods.slice/x', isNodes: false },
    { name: 'a unit, seen from a Pod', cgroup: '/../../../../system.slice/kubelet.service', first: inPod, isNodes: true },
    { name: 'another container of our Pod', cgroup: '/../1f1f1f', first: inPod, isNodes: false },
    { name: 'our own container', cgroup: '/', first: inPod, isNodes: false },
  ];
  for (const { name, cgroup, first, pids, isNodes } of places) {
    it(`in ${name} ${isNodes ? 'is one' : 'is none'}`, async () => {
      using folder = host(first);
      writeProcess(writer(folder), { pid: '7000', comm: 'kubelet', cgroup, ...(pids === undefined ? {} : { pids }) });
      assert.equal((await found(folder))['kubelet']?.length ?? 0, isNodes ? 1 : 0);
    });
  }

  it('are none once they have ended, also while nobody has reaped them', async () => {
    using folder = host();
    writeProcess(writer(folder), { pid: '700', comm: 'kubelet', cgroup: '/system.slice/kubelet.service', state: 'Z' });
    writeProcess(writer(folder), { pid: '701', comm: 'kubelet', cgroup: '/system.slice/kubelet.service' });
    rmSync(folder.file('proc/701/stat'));
    assert.deepEqual(await found(folder), {});
  });

  it('of a hierarchy for each controller lie where systemd has put them', async () => {
    using folder = host();
    writeProcess(writer(folder), { pid: '700', comm: 'kubelet', cgroup: '/' });
    writer(folder)('proc/700/cgroup', '4:memory:/\n1:name=systemd:/system.slice/kubelet.service\n0::/\n');
    assert.equal((await found(folder))['kubelet']?.[0]?.cgroup, '/system.slice/kubelet.service');
  });

  const untold = [
    { name: 'PID 1 is hidden', spoil: (folder: Folder) => rmSync(folder.file('proc/1/cgroup')), message: /^\/proc\/1\/cgroup \(as .*\): no such file or directory$/ },
    { name: 'a name was cut', spoil: (folder: Folder) => writer(folder)('proc/700/comm', 'kube'), message: '/proc/700/comm: expected a newline at its end' },
    { name: 'its group is garbage', spoil: (folder: Folder) => writer(folder)('proc/700/cgroup', 'x\n'), message: '/proc/700/cgroup:1: expected "<n>:<controllers>:/<path>"' },
    { name: 'its status is garbage', spoil: (folder: Folder) => writer(folder)('proc/700/status', 'x\n'), message: '/proc/700/status: expected a line "PPid:"' },
    { name: 'its state is garbage', spoil: (folder: Folder) => writer(folder)('proc/700/stat', 'x\n'), message: '/proc/700/stat: expected "<pid> (<name>) <state> <40+ numbers>"' },
  ];
  for (const { name, spoil, message } of untold) {
    it(`cannot be told where ${name}`, async () => {
      using folder = host();
      writeProcess(writer(folder), { pid: '700', comm: 'kubelet', cgroup: '/system.slice/kubelet.service' });
      spoil(folder);
      let problem = 'none';
      await findServices(folder.path, NAMES, slices()).catch((cause: unknown) => (problem = cause instanceof Error ? cause.message : ''));
      if (typeof message === 'string') assert.include(problem, message);
      else assert.match(problem, message);
    });
  }

  it('of this machine are found while they live', async () => {
    using folder = temporaryFolder();
    copyFileSync('/bin/cat', folder.file('npd-test-service-x'));
    const child = spawn(folder.file('npd-test-service-x'), { stdio: ['pipe', 'ignore', 'ignore'] });
    await once(child, 'spawn');
    const pids = async (): Promise<readonly string[]> => ((await findServices('/', ['npd-test-service-x'], slices())).get('npd-test-service-x') ?? []).map(({ pid }) => pid);
    assert.deepEqual(await pids(), [String(child.pid)]);
    const exited = once(child, 'exit');
    child.stdin.end();
    await exited;
    assert.deepEqual(await pids(), []);
  });
});
