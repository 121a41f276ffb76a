import { assert } from 'chai';
import { silentLogger } from '../../../plugins/core/log.ts';
import { runCheck } from '../../../plugins/core/run-check.ts';
import { defaultsOf } from '../../../plugins/core/settings.ts';
import { healthy, notApplicable, problem, unknown } from '../../../plugins/core/verdict.ts';
import { cpuStalled, judge as judgeCpu } from '../../../plugins/host-inspector/checks/cpu-stalled.ts';
import { ioStalled, judge as judgeIo } from '../../../plugins/host-inspector/checks/io-stalled.ts';
import { type Stall, readStalls } from '../../../plugins/host-inspector/pressure/stall.ts';
import { hostSettings } from '../../../plugins/host-inspector/settings.ts';
import { parsePressure } from '../../../plugins/linux/proc/pressure.ts';
import { type HostTree, hostTree } from '../../support/host-tree.ts';

const settings = defaultsOf(hostSettings);
const FILES = {
  services: { cpu: '/sys/fs/cgroup/system.slice/cpu.pressure', io: '/sys/fs/cgroup/system.slice/io.pressure' },
  node: { cpu: '/proc/pressure/cpu', io: '/proc/pressure/io' },
} as const;

function lines(someAvg60: string, fullAvg60: string): string {
  return `some avg10=1.50 avg60=${someAvg60} avg300=3.00 total=2500000\nfull avg10=0.50 avg60=${fullAvg60} avg300=0.00 total=1500000\n`;
}

function stall(scope: Stall['scope'], resource: 'cpu' | 'io', text: string): Stall {
  const file = FILES[scope][resource];
  return { scope, file, pressure: { kind: 'ok', value: parsePressure(text, file) } };
}

function without(kind: 'absent' | 'denied' | 'failed'): Stall {
  return { scope: 'node', file: '/proc/pressure/x', pressure: { kind, message: `it is ${kind}` } };
}

describe('io-stalled', () => {
  const cases = [
    { name: 'services that wait for half of the time are healthy', scope: 'services', full: '50.00', want: healthy },
    {
      name: 'services that wait for more than half of the time are sick', scope: 'services', full: '50.01',
      want: problem('IOStalled', 'node disks', `node disks: all of the node's services waited for more than 50% of a minute (${FILES.services.io}, full avg60)`),
    },
    { name: 'one program that only reads a disk keeps an idle node at 85 percent, and is no problem', scope: 'node', full: '90.00', want: healthy },
    {
      name: 'a node on which nothing but waiting happens is sick', scope: 'node', full: '90.01',
      want: problem('IOStalled', 'node disks', `node disks: all tasks waited for more than 90% of a minute (${FILES.node.io}, full avg60)`),
    },
  ] as const;
  for (const { name, scope, full, want } of cases) {
    it(`${name}, however high some is`, () => {
      assert.deepEqual(judgeIo(stall(scope, 'io', lines('99.00', full)), settings), {
        verdicts: [want],
        readings: [
          { name: 'io_full_avg60', value: Number(full), unit: 'percent', source: FILES[scope].io },
          { name: 'io_full_avg10', value: 0.5, unit: 'percent', source: FILES[scope].io },
          { name: 'io_full_total', value: 1.5, unit: 'seconds', source: FILES[scope].io },
          { name: 'io_full_limit', value: scope === 'node' ? 90 : 50, unit: 'percent', source: 'settings' },
        ],
      });
    });
  }

  it('does not apply without PSI, and is unknown where the file cannot be read or has no line full', () => {
    assert.deepEqual(judgeIo(without('absent'), settings).verdicts, [notApplicable('it is absent')]);
    assert.deepEqual(judgeIo(without('denied'), settings).verdicts, [unknown('it is denied')]);
    assert.deepEqual(judgeIo(without('failed'), settings).verdicts, [unknown('it is failed')]);
    const [some = ''] = lines('0.00', '0.00').split('full');
    assert.deepEqual(judgeIo(stall('node', 'io', some), settings).verdicts, [unknown('/proc/pressure/io: no line "full"')]);
  });
});

describe('cpu-stalled', () => {
  const services = problem('CPUStalled', 'node CPUs', `node CPUs: the node's services waited for more than 70% of a minute (${FILES.services.cpu}, some avg60), with more tasks than CPUs (/proc/loadavg)`);
  const node = problem('CPUStalled', 'node CPUs', `node CPUs: tasks waited for more than 90% of a minute (${FILES.node.cpu}, some avg60), with more than four tasks per CPU (/proc/loadavg)`);
  const cases = [
    { name: 'services that wait at their limit are healthy', scope: 'services', some: '70.00', load1: 99, want: healthy },
    { name: 'services that wait for CPU while others crowd it are sick', scope: 'services', some: '70.01', load1: 8.01, want: services },
    { name: 'services that wait while CPUs are idle are held back by a quota of their own', scope: 'services', some: '99.00', load1: 8, want: healthy },
    { name: 'Pods that take every CPU are normal', scope: 'node', some: '99.00', load1: 32, want: healthy },
    { name: 'Pods held back by their own limits raise the line of the node and not the load', scope: 'node', some: '99.00', load1: 0.5, want: healthy },
    { name: 'a node with more than four tasks per CPU, one always waiting, is sick', scope: 'node', some: '90.01', load1: 32.01, want: node },
    { name: 'tasks that sleep uninterruptibly raise the load and do not wait for CPU', scope: 'node', some: '90.00', load1: 1_000, want: healthy },
  ] as const;
  for (const { name, scope, some, load1, want } of cases) {
    it(name, () => {
      assert.deepEqual(judgeCpu(stall(scope, 'cpu', lines(some, '0.00')), { load1, cpus: 8 }, settings), {
        verdicts: [want],
        readings: [
          { name: 'cpu_some_avg60', value: Number(some), unit: 'percent', source: FILES[scope].cpu },
          { name: 'cpu_some_avg10', value: 1.5, unit: 'percent', source: FILES[scope].cpu },
          { name: 'cpu_some_total', value: 2.5, unit: 'seconds', source: FILES[scope].cpu },
          { name: 'cpu_some_limit', value: scope === 'node' ? 90 : 70, unit: 'percent', source: 'settings' },
          { name: 'load1', value: load1, unit: 'count', source: '/proc/loadavg' },
          { name: 'cpus_online', value: 8, unit: 'count', source: '/sys/devices/system/cpu/online' },
        ],
      });
    });
  }

  it('is unknown where the file cannot be read or has no line some', () => {
    const load = { load1: 0, cpus: 8 };
    assert.deepEqual(judgeCpu(without('denied'), load, settings).verdicts, [unknown('it is denied')]);
    assert.deepEqual(judgeCpu(without('failed'), load, settings).verdicts, [unknown('it is failed')]);
    const full = `full${lines('0.00', '0.00').split('full')[1]}`;
    assert.deepEqual(judgeCpu(stall('services', 'cpu', full), load, settings).verdicts, [unknown(`${FILES.services.cpu}: no line "some"`)]);
  });
});

describe('waiting on a node', () => {
  let host: HostTree;
  beforeEach(() => (host = hostTree()));
  afterEach(() => host[Symbol.dispose]());
  const scene = () => ({ root: host.root, settings, memo: undefined, signal: new AbortController().signal, log: silentLogger });

  it('is that of its services, on a hybrid host too', () => {
    host.remove('sys/fs/cgroup');
    host.write('sys/fs/cgroup/unified/system.slice/io.pressure', lines('2.00', '1.00'));
    const told = readStalls(host.root, 'io').map(({ scope, file }) => [scope, file]);
    assert.deepEqual(told, [['services', '/sys/fs/cgroup/unified/system.slice/io.pressure']]);
  });

  it('is that of all tasks where there is no system.slice', () => {
    host.remove('sys/fs/cgroup');
    host.write('proc/pressure/io', lines('2.00', '1.00'));
    const told = readStalls(host.root, 'io').map(({ scope, file, pressure }) => [scope, file, pressure.kind]);
    assert.deepEqual(told, [['node', '/proc/pressure/io', 'ok']]);
  });

  it('is that of kubelet and the runtime by themselves, where they have a slice apart (Amazon EKS, Bottlerocket)', async () => {
    const file = (resource: 'cpu' | 'io') => `sys/fs/cgroup/runtime.slice/${resource}.pressure`;
    for (const resource of ['cpu', 'io'] as const) host.write(file(resource), lines('70.01', '50.01'));
    host.setLoad(2.01);
    assert.deepEqual((await runCheck(ioStalled, scene())).verdicts, [
      healthy,
      problem('IOStalled', 'node disks (runtime.slice)', `node disks (runtime.slice): all of the node's services waited for more than 50% of a minute (/${file('io')}, full avg60)`),
    ]);
    const { verdicts, readings = [] } = await runCheck(cpuStalled, scene());
    assert.deepEqual(verdicts, [
      healthy,
      problem('CPUStalled', 'node CPUs (runtime.slice)', `node CPUs (runtime.slice): the node's services waited for more than 70% of a minute (/${file('cpu')}, some avg60), with more tasks than CPUs (/proc/loadavg)`),
    ]);
    assert.deepEqual(readings.flatMap(({ name, subject }) => (subject === undefined ? [] : [name])), ['cpu_some_avg60', 'cpu_some_avg10', 'cpu_some_total', 'cpu_some_limit']);
    assert.lengthOf(readings.filter(({ name }) => name === 'load1'), 1);
  });

  it('for CPUs does not apply without PSI, and needs no load then', async () => {
    for (const path of ['sys/fs/cgroup', 'proc/pressure', 'proc/loadavg']) host.remove(path);
    assert.deepEqual((await runCheck(cpuStalled, scene())).verdicts, [notApplicable('this kernel has no /proc/pressure/cpu')]);
  });

  for (const file of ['proc/loadavg', 'sys/devices/system/cpu/online']) {
    it(`for CPUs cannot be told without ${file}`, async () => {
      host.remove(file);
      const [verdict, ...more] = (await runCheck(cpuStalled, scene())).verdicts;
      const message = `/${file} (as ${host.root}/${file}): no such file or directory`;
      assert.deepInclude(verdict, { kind: 'unknown', message });
      assert.isEmpty(more);
    });
  }
});
