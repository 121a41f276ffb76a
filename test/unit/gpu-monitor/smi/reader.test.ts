import { assert } from 'chai';
import { silentLogger } from '../../../../plugins/core/log.ts';
import type { GpuInventory } from '../../../../plugins/gpu-monitor/inventory/inventory.ts';
import type { SmiLook } from '../../../../plugins/gpu-monitor/smi/look.ts';
import { createSmiReader, type SmiReader, type SmiReaderOptions, type SmiScene } from '../../../../plugins/gpu-monitor/smi/reader.ts';
import { mostPrivateBytes } from '../../../../plugins/gpu-monitor/smi/run-smi.ts';
import { isStarved } from '../../../../plugins/gpu-monitor/smi/starved.ts';
import type { ChildRequest, ChildResult, RunChild } from '../../../../plugins/linux/child.ts';
import { type FakeSmi, fakeSmi } from '../../../support/fake-smi.ts';

const ADDRESS = '0000:53:00.0';
const ONE_GPU: GpuInventory = { pci: [{ address: ADDRESS, driver: 'nvidia', isVirtualFunction: false }], proc: undefined, moduleVersion: '580.1' };
const NO_GPU: GpuInventory = { pci: [], proc: undefined, moduleVersion: undefined };

// Long for what ends by itself on a busy machine; what never ends is given less.
const scene: SmiScene = { root: '/', timeoutMs: 30_000, isExpected: false };
const short: SmiScene = { ...scene, timeoutMs: 2_000 };

const gpuXml = (address: string, temperature = '40 C'): string =>
  `\t<gpu id="0000${address}">\n\t\t<product_name>NVIDIA H100</product_name>\n\t\t<uuid>GPU-${address}</uuid>\n\t\t<temperature>\n\t\t\t<gpu_temp>${temperature}</gpu_temp>\n\t\t</temperature>\n\t</gpu>\n`;
const xmlOf = (...gpus: readonly string[]): string =>
  `<?xml version="1.0" ?>\n<nvidia_smi_log>\n\t<driver_version>580.1</driver_version>\n\t<attached_gpus>${gpus.length}</attached_gpus>\n${gpus.join('')}</nvidia_smi_log>\n`;
const XML = xmlOf(gpuXml(ADDRESS), gpuXml('0000:ca:00.0'));

const COLUMNS = ['driver_version', 'count', 'index', 'pci.bus_id', 'name', 'uuid', 'temperature.gpu'];
const HELP = COLUMNS.map((name) => `"${name}"\nWhat it is.\n`).join('\n');
const ROWS = [{ driver_version: '580.1', count: '1', index: '0', 'pci.bus_id': `0000${ADDRESS}`, name: 'NVIDIA H100', uuid: 'GPU-1', 'temperature.gpu': '40' }];

/** What runs these tests may have a quota, too. */
const NO_LIMITS = { throttledMs: () => undefined, freeMemoryBytes: () => undefined };

function readerOf(smi: FakeSmi, more: Partial<SmiReaderOptions> = {}): SmiReader {
  return createSmiReader({ inventory: () => ONE_GPU, given: smi.path, ownGroup: NO_LIMITS, ...more });
}

/** What matters of a look, in one line. */
function inWords(look: SmiLook): string {
  if (!('complaints' in look)) return `${look.kind}: ${look.message}`;
  const complaints = look.complaints.map(({ text }) => text);
  if (look.kind === 'failed') return `failed: ${complaints.join('; ')}`;
  return [`answered ${look.document.source}: ${look.document.gpus.map(({ address }) => address).join(' ')}`, ...complaints].join('; ');
}

const BOTH = `answered nvidia-smi -q -x: ${ADDRESS} 0000:ca:00.0`;
const HANDLE = 'Unable to determine the device handle for GPU 0000:ca:00.0: GPU is lost.';

/** A result that was not asked of the kernel, and the requests that were made. */
function scripted(...results: readonly (ChildResult | Promise<ChildResult>)[]): { readonly run: RunChild; readonly requests: ChildRequest[] } {
  const requests: ChildRequest[] = [];
  const left = [...results];
  return {
    requests,
    async run(request) {
      requests.push(request);
      return (await left.shift()) ?? { kind: 'exited', code: 0, signal: null, stdout: XML, stderr: '' };
    },
  };
}

describe('a look through nvidia-smi', () => {
  it('gives what it told, how it ended, and that without asking again', async () => {
    using smi = fakeSmi({ xml: XML });
    const reader = readerOf(smi);
    assert.isUndefined(reader.last());
    const look = await reader.look(scene);
    assert.equal(inWords(look), BOTH);
    assert(look.kind === 'answered');
    assert.equal(look.run.exitCode, 0);
    assert.isAbove(look.run.tookMs, 0);
    assert.strictEqual(reader.last(), look);
    assert.deepEqual(smi.starts(), ['-q -x']);
  });

  it('is shared by all who ask while it runs, and nvlink waits for it', async () => {
    using smi = fakeSmi({ xml: XML, nvlink: 'GPU 0: NVIDIA H100 (UUID: GPU-1)\n\t Link 0: 26.562 GB/s\n', delayMs: 100 });
    const reader = readerOf(smi);
    const first = Promise.all([reader.look(scene), reader.nvlink(scene), reader.look(scene), reader.nvlink(scene)]);
    const [look, nvlink, same, sameNvlink] = await first;
    assert.strictEqual(look, same);
    assert.strictEqual(nvlink, sameNvlink);
    assert.deepEqual(nvlink, { kind: 'ok', links: new Map([['GPU-1', [{ link: 0, isActive: true, speed: 26.562 }]]]) });
    await Promise.all([reader.nvlink(scene), reader.look(scene)]);
    assert.deepEqual(smi.starts(), ['-q -x', 'nvlink -s', 'nvlink -s', '-q -x']);
    assert.equal(smi.mostAtOnce(), 1);
  });

  for (const [name, inventory, message] of [
    ['without an NVIDIA GPU', NO_GPU, 'no NVIDIA GPU on the PCI bus'],
    [
      'that gives all its GPUs to virtual machines',
      { ...NO_GPU, pci: [{ address: ADDRESS, driver: 'vfio-pci', isVirtualFunction: false }, { address: '0000:53:00.4', driver: 'nvidia', isVirtualFunction: true }] },
      'all NVIDIA GPUs on the PCI bus are for virtual machines',
    ],
    [
      'that gives them to virtual machines by other drivers',
      { ...NO_GPU, pci: ['nvgrace-gpu-vfio-pci', 'xen-pciback', 'pci-stub'].map((driver, number) => ({ address: `0000:5${number}:00.0`, driver, isVirtualFunction: false })) },
      'all NVIDIA GPUs on the PCI bus are for virtual machines',
    ],
  ] as const) {
    it(`starts nothing on a node ${name}`, async () => {
      using smi = fakeSmi({ xml: XML });
      const reader = readerOf(smi, { inventory: () => inventory });
      assert.deepEqual(await reader.look(scene), { kind: 'no-gpu', message });
      assert.deepEqual(await reader.nvlink(scene), { kind: 'none', message });
      assert.deepEqual(smi.starts(), []);
      assert.equal(inWords(await reader.look({ ...scene, isExpected: true })), BOTH, 'somebody expects one');
    });
  }

  it('is not made where somebody said that none is expected, whatever is there', async () => {
    using smi = fakeSmi({ xml: XML });
    const reader = readerOf(smi);
    const none: SmiScene = { ...scene, isNoneExpected: true };
    assert.deepEqual(await reader.look(none), { kind: 'no-gpu', message: 'no GPU is expected here (expectGpus is none)', reason: 'NoGPUExpected' });
    assert.deepEqual(await reader.nvlink(none), { kind: 'none', message: 'no GPU is expected here (expectGpus is none)' });
    assert.deepEqual(smi.starts(), []);
  });

  it('is made of a GPU that no driver, or the kernel\'s own, has', async () => {
    for (const driver of [undefined, 'nouveau']) {
      using smi = fakeSmi({ xml: XML });
      assert.equal(inWords(await readerOf(smi, { inventory: () => ({ ...NO_GPU, pci: [{ address: ADDRESS, driver, isVirtualFunction: false }] }) }).look(scene)), BOTH);
    }
  });

  it('is made without a GPU on the bus if the driver is loaded: there was one', async () => {
    using smi = fakeSmi({ xml: XML });
    assert.equal(inWords(await readerOf(smi, { inventory: () => ({ ...NO_GPU, moduleVersion: '580.1' }) }).look(scene)), BOTH);
  });

  it('cannot tell that there is no GPU where the bus cannot be read', async () => {
    using smi = fakeSmi({ xml: XML });
    const reader = readerOf(smi, { inventory: () => { throw new Error('/sys/bus/pci/devices: EACCES'); } });
    assert.deepEqual(await reader.look(scene), { kind: 'untold', message: 'cannot tell whether there is an NVIDIA GPU: /sys/bus/pci/devices: EACCES' });
    assert.deepEqual(smi.starts(), []);
  });

  it('says where nvidia-smi was looked for in vain', async () => {
    const reader = createSmiReader({ inventory: () => ONE_GPU, given: '/no/such/nvidia-smi' });
    assert.deepEqual(await reader.look(scene), { kind: 'missing', message: 'no program /no/such/nvidia-smi' });
    const nowhere = createSmiReader({ inventory: () => ONE_GPU, locate: () => ({ kind: 'missing', lookedIn: ['/usr/bin', '/opt/bin'], roots: ['/', '/host'] }) });
    assert.deepEqual(await nowhere.look(scene), { kind: 'missing', message: 'no nvidia-smi below / or /host in /usr/bin, /opt/bin' });
  });

  it('keeps the rows of the others where one GPU is lost, on either stream and with any exit code', async () => {
    const seven = xmlOf(gpuXml(ADDRESS)).replace('<attached_gpus>1', '<attached_gpus>2');
    for (const exitCode of [0, 15, 255]) {
      using smi = fakeSmi({ xml: `${HANDLE}\n${seven}`, exitCode });
      assert.equal(inWords(await readerOf(smi).look(scene)), `answered nvidia-smi -q -x: ${ADDRESS}; ${HANDLE}`);
      smi.become({ xml: seven, stderr: `${HANDLE}\n`, exitCode });
      assert.equal(inWords(await readerOf(smi).look(scene)), `answered nvidia-smi -q -x: ${ADDRESS}; ${HANDLE}`);
    }
  });

  it('uses whole GPUs of an output that was cut', async () => {
    using smi = fakeSmi({ xml: XML, cutAtByte: XML.length - 100 });
    const look = await readerOf(smi).look(scene);
    assert.equal(inWords(look), `answered nvidia-smi -q -x: ${ADDRESS}`);
    assert.isFalse(look.kind === 'answered' && look.document.isWhole);
  });

  for (const [name, exitCode, text] of [
    ['the driver is not loaded', 9, "NVIDIA-SMI has failed because it couldn't communicate with the NVIDIA driver."],
    ['versions differ', 18, 'Failed to initialize NVML: Driver/library version mismatch'],
    ['the container may not use the GPUs', 255, 'Failed to initialize NVML: Unknown Error'],
    ['there are no devices', 0, 'No devices were found'],
  ] as const) {
    it(`fails with its own words where ${name}, and asks nothing else then`, async () => {
      using smi = fakeSmi({ xml: `${text}\n`, exitCode });
      assert.equal(inWords(await readerOf(smi).look(scene)), `failed: ${text}`);
      assert.deepEqual(smi.starts(), ['-q -x']);
    });
  }

  it('fails where nothing that it wrote can be read', async () => {
    using smi = fakeSmi({ xml: '' });
    assert.equal(inWords(await readerOf(smi).look(scene)), 'failed: exit code 0, but its output cannot be read');
    smi.become({ xml: 'garbage\n', exitCode: 1, stderr: 'odd\n' });
    assert.equal(inWords(await readerOf(smi).look(scene)), 'failed: exit code 1: odd');
    smi.become({ xml: '', ending: { killsItselfWith: 'SEGV' } });
    assert.equal(inWords(await readerOf(smi).look(scene)), 'failed: ended by SIGSEGV');
  });

  it('misses a field that was there before', async () => {
    using smi = fakeSmi({ xml: XML });
    const reader = readerOf(smi);
    await reader.look(scene);
    smi.become({ xml: xmlOf(gpuXml(ADDRESS, 'N/A')) });
    const look = await reader.look(scene);
    assert(look.kind === 'answered');
    assert.deepEqual(look.document.gpus[0]?.fields.temperature, { kind: 'failed', text: 'N/A, was there before' });
  });

  it('logs what changes, and not each look', async () => {
    using smi = fakeSmi({ xml: XML });
    const lines: string[] = [];
    const tell = (level: string) => (fields: Readonly<Record<string, unknown>>, message: string): void => void lines.push(`${level} ${message} ${JSON.stringify(fields)}`);
    const reader = readerOf(smi, { log: { ...silentLogger, info: tell('info'), warn: tell('warn') } });
    for (const exitCode of [0, 0, 9, 9, 0]) {
      smi.become({ xml: exitCode === 0 ? XML : '', exitCode });
      await reader.look(scene);
    }
    assert.deepEqual(lines, [
      'info nvidia-smi answers {}',
      'warn nvidia-smi complains, or cannot be asked {"kind":"failed","said":"exit code 9 (the driver is not loaded)"}',
      'info nvidia-smi answers {}',
    ]);
  });
});

describe('an nvidia-smi without XML that can be used', () => {
  const BY_QUERY = `answered nvidia-smi --query-gpu: ${ADDRESS}`;
  const questions = (smi: FakeSmi): readonly string[] => smi.starts().map((start) => start.replace(/=.*/, ''));

  for (const [name, behaviour] of [
    ['writes nothing', { xml: '' }],
    ['writes a table', { xml: '+------+\n| N/A |\n' }],
    ['does not know the question', {}],
  ] as const) {
    it(`that ${name} is asked for the columns that it knows`, async () => {
      using smi = fakeSmi({ help: HELP, csv: ROWS, ...behaviour });
      const look = await readerOf(smi).look(scene);
      assert.equal(inWords(look), BY_QUERY);
      assert.deepEqual(questions(smi), ['-q -x', '--help-query-gpu', '--query-gpu']);
      assert.equal(smi.starts().at(-1), `--query-gpu=${COLUMNS.join(',')} --format=csv,noheader`);
      assert(look.kind === 'answered');
      assert.deepEqual(look.document.gpus[0]?.fields.temperature, { kind: 'value', text: '40' });
    });
  }

  it('is asked for XML again in every tenth look only, and for its help once', async () => {
    using smi = fakeSmi({ help: HELP, csv: ROWS });
    const reader = readerOf(smi);
    for (let look = 0; look < 12; look += 1) assert.equal(inWords(await reader.look(scene)), BY_QUERY);
    const query = '--query-gpu';
    assert.deepEqual(questions(smi), ['-q -x', '--help-query-gpu', query, ...Array<string>(9).fill(query), '-q -x', query, query]);
    smi.become({ xml: XML, help: HELP, csv: ROWS });
    for (let look = 0; look < 8; look += 1) await reader.look(scene);
    assert.equal(inWords(await reader.look(scene)), BOTH);
  });

  it('of a new driver is asked for XML and help at once', async () => {
    using smi = fakeSmi({ help: HELP, csv: ROWS });
    let moduleVersion = '580.1';
    const reader = readerOf(smi, { inventory: () => ({ ...ONE_GPU, moduleVersion }) });
    await reader.look(scene);
    moduleVersion = '610.1';
    await reader.look(scene);
    assert.deepEqual(questions(smi), ['-q -x', '--help-query-gpu', '--query-gpu', '-q -x', '--help-query-gpu', '--query-gpu']);
  });

  it('keeps what the first question said of a GPU', async () => {
    using smi = fakeSmi({ xml: `${HANDLE}\n`, help: HELP, csv: ROWS });
    assert.equal(inWords(await readerOf(smi).look(scene)), `${BY_QUERY}; ${HANDLE}`);
  });

  it('whose rows are of no use either fails with the words of the first', async () => {
    using smi = fakeSmi({ xml: `${HANDLE}\n`, help: HELP, csv: [] });
    assert.equal(inWords(await readerOf(smi).look(scene)), `failed: ${HANDLE}`);
  });
});

describe('an nvidia-smi that does not end', () => {
  const HUNG = { kind: 'hung', message: 'nvidia-smi did not end within 2000 ms and was killed' } as const;

  for (const [name, behaviour] of [
    ['sleeps', { xml: '', ending: 'hang' }],
    ['ignores SIGTERM', { xml: '', isDeaf: true, ending: 'hang' }],
    ['has written half of its answer', { xml: XML, cutAtByte: 300, ending: 'hang' }],
    ['has written all of it', { xml: XML, ending: 'hang' }],
  ] as const) {
    it(`and ${name} is hung and killed, and asked again the next time`, async () => {
      using smi = fakeSmi(behaviour);
      const reader = readerOf(smi);
      assert.deepEqual(await reader.look(short), HUNG);
      smi.become({ xml: XML });
      assert.equal(inWords(await reader.look(scene)), BOTH);
      assert.equal(smi.mostAtOnce(), 1);
    });
  }

  it('and floods us is killed, and tells nothing', async () => {
    using smi = fakeSmi({ xml: XML, ending: 'flood' });
    assert.deepEqual(await readerOf(smi).look(scene), { kind: 'untold', message: 'nvidia-smi wrote without end and was killed' });
  });

  it('and leaks is killed, and tells nothing', async () => {
    using smi = fakeSmi({ xml: XML, ending: { leakMebibytesPerSecond: 400 } });
    const free = 40 * 1024 * 1024;
    const reader = readerOf(smi, { ownGroup: { ...NO_LIMITS, freeMemoryBytes: () => free } });
    assert.deepEqual(await reader.look(scene), { kind: 'untold', message: 'nvidia-smi took more than 32 MiB of memory (what the memory limit of this container leaves) and was killed: raise that limit' });
  });

  it('and is killed by somebody else tells nothing, unless it had told everything before', async () => {
    const message = 'nvidia-smi was killed by something else: likely by the kernel, for want of memory';
    for (const behaviour of [{ xml: '', ending: { killsItselfWith: 'KILL' } }, { xml: '', exitCode: 137 }] as const) {
      using smi = fakeSmi(behaviour);
      assert.deepEqual(await readerOf(smi).look(scene), { kind: 'untold', message });
    }
  });

  it('although the driver answers nvlink is told by nvlink', async () => {
    using smi = fakeSmi({ nvlink: '', ending: 'hang' });
    assert.deepEqual(await readerOf(smi).nvlink(short), { kind: 'untold', message: HUNG.message });
    smi.become({ nvlink: '', exitCode: 9 });
    assert.deepEqual(await readerOf(smi).nvlink(scene), { kind: 'untold', message: 'nvidia-smi nvlink -s: exit code 9 (the driver is not loaded)' });
  });
});

describe('an nvidia-smi that cannot be killed', () => {
  const MESSAGE = 'nvidia-smi cannot even be killed: it waits in the kernel for the driver; no other is started until it ends';

  it('is told at once each time, no other is started, and when it has ended all is asked anew', async () => {
    const ended = Promise.withResolvers<unknown>();
    const { run, requests } = scripted({ kind: 'abandoned', pid: 42, atDeadline: { state: 'D', cpuMs: 0 }, ended: ended.promise });
    const reader = createSmiReader({ inventory: () => ONE_GPU, run });
    const want: SmiLook = { kind: 'uninterruptible', pid: 42, message: MESSAGE };
    assert.deepEqual([await reader.look(scene), await reader.look(scene)], [want, want]);
    assert.deepEqual(await reader.nvlink(scene), { kind: 'untold', message: MESSAGE });
    assert.lengthOf(requests, 1);
    ended.resolve(undefined);
    await ended.promise;
    assert.equal(inWords(await reader.look(scene)), BOTH);
  });

  it('may be one that was asked for nvlink', async () => {
    const { run, requests } = scripted({ kind: 'abandoned', pid: 42, atDeadline: { state: 'D', cpuMs: 0 }, ended: new Promise(() => {}) });
    const reader = createSmiReader({ inventory: () => ONE_GPU, run });
    await reader.nvlink(scene);
    assert.deepEqual(await reader.look(scene), { kind: 'uninterruptible', pid: 42, message: MESSAGE });
    assert.lengthOf(requests, 1);
  });
});

describe('how nvidia-smi is started', () => {
  it('so that it is the first to go, with no more memory than there is, its library and the whole deadline', async () => {
    const { run, requests } = scripted();
    const reader = createSmiReader({
      inventory: () => ONE_GPU, run,
      locate: () => ({ kind: 'found', path: '/x/nvidia-smi', environment: { LD_PRELOAD: '/x/libnvidia-ml.so.1' } }),
      ownGroup: { ...NO_LIMITS, freeMemoryBytes: () => 100 * 1024 * 1024 },
    });
    await reader.look(scene);
    assert.deepEqual(requests, [{
      command: '/x/nvidia-smi', args: ['-q', '-x'], environment: { LD_PRELOAD: '/x/libnvidia-ml.so.1' },
      timeoutMs: 30_000, killGraceMs: 1_000, maxOutputBytes: 4 * 1024 * 1024, oomScoreAdj: 1_000, maxPrivateBytes: 92 * 1024 * 1024,
    }]);
  });

  it('with 256 MiB at most, and never less than it needs', () => {
    const mebibytes = [undefined, 10_000, 100, 28, 5, 0].map((free) => mostPrivateBytes(free === undefined ? undefined : free * 1024 * 1024) / 1024 / 1024);
    assert.deepEqual(mebibytes, [256, 256, 92, 24, 24, 24]);
  });

  for (const [name, message, code, want] of [
    ['whose loader is not there', 'spawn /x/smi ENOENT', 'ENOENT', { kind: 'missing', message: '/x/smi cannot be started: it, or the loader that it needs, is not there' }],
    ['for another processor', 'spawn /x/smi ENOEXEC', 'ENOEXEC', { kind: 'untold', message: '/x/smi cannot be started: ENOEXEC' }],
    ['without a shell', 'spawn sh ENOENT', 'ENOENT', { kind: 'untold', message: 'sh cannot be started: ENOENT' }],
    ['without a process left', 'spawn sh EAGAIN', 'EAGAIN', { kind: 'untold', message: 'sh cannot be started: EAGAIN' }],
  ] as const) {
    it(`and what it says of one ${name}`, async () => {
      const { run } = scripted({ kind: 'failed-to-start', message, cause: Object.assign(new Error(message), { code }) });
      assert.deepEqual(await createSmiReader({ inventory: () => ONE_GPU, run, given: '/x/smi' }).look(scene), want);
    });
  }

  it('never rejects, whatever is wrong with us', async () => {
    const reader = createSmiReader({ inventory: () => ONE_GPU, run: () => { throw new Error('a bug'); } });
    assert.deepEqual(await reader.look(scene), { kind: 'untold', message: 'nvidia-smi: not asked: a bug' });
    assert.deepEqual(await reader.nvlink(scene), { kind: 'untold', message: 'nvidia-smi nvlink -s: not asked: a bug' });
    assert.deepEqual(await reader.look(scene), { kind: 'untold', message: 'nvidia-smi: not asked: a bug' });
  });
});

describe('a child that is late', () => {
  for (const [name, state, cpuMs, throttledMs, want] of [
    ['sleeps', 'S', 0, undefined, false],
    ['sleeps in the kernel', 'D', 0, undefined, false],
    ['sleeps in the kernel while our quota is used up', 'D', 0, 9_000, false],
    ['was runnable and got no CPU', 'R', 20, undefined, true],
    ['was runnable and got its share', 'R', 2_000, undefined, false],
    ['spins', 'R', 9_900, 0, false],
    ['spins and uses up a quota of 60 percent', 'R', 6_000, 9_000, false],
    ['had to wait for our quota half of the time', 'S', 600, 5_000, true],
    ['had to wait for our quota for a moment', 'S', 600, 500, false],
    ['was stopped', 'T', 0, undefined, false],
  ] as const) {
    it(`and ${name} was ${want ? 'starved' : 'not starved'}`, () => {
      assert.equal(isStarved({ timeoutMs: 10_000, atDeadline: { state, cpuMs }, throttledMs }), want);
    });
  }

  it('of which nothing is known was not starved, unless our quota says so', () => {
    assert.deepEqual([undefined, 0, 6_000].map((throttledMs) => isStarved({ timeoutMs: 10_000, atDeadline: undefined, throttledMs })), [false, false, true]);
  });

  it('because it was starved tells nothing of the driver', async () => {
    const starved = { state: 'R', cpuMs: 10 };
    const message = 'nvidia-smi got no CPU time (the CPU limit of this container, or a busy node)';
    const byState = scripted({ kind: 'timed-out', atDeadline: starved });
    assert.deepEqual(await createSmiReader({ inventory: () => ONE_GPU, run: byState.run, ownGroup: NO_LIMITS }).look(scene), { kind: 'untold', message });
    let throttledMs = 100;
    const byQuota = scripted({ kind: 'timed-out', atDeadline: { state: 'S', cpuMs: 900 } });
    const reader = createSmiReader({
      inventory: () => ONE_GPU, run: byQuota.run,
      ownGroup: { ...NO_LIMITS, throttledMs: () => (throttledMs += 20_000) },
    });
    assert.deepEqual(await reader.look(scene), { kind: 'untold', message });
  });
});

describe('an nvidia-smi that took more memory than it may', () => {
  const OF_CONTAINER = '(what the memory limit of this container leaves) and was killed: raise that limit';
  for (const [freeMebibytes, want] of [
    [undefined, 'nvidia-smi took more than 256 MiB of memory and was killed: likely a leak; restart nvidia-persistenced or update the driver'],
    [200, `nvidia-smi took more than 128 MiB of memory ${OF_CONTAINER}`],
    [79.9, `nvidia-smi took more than 64 MiB of memory ${OF_CONTAINER}`],
    [80.1, `nvidia-smi took more than 64 MiB of memory ${OF_CONTAINER}`],
    [0, `nvidia-smi took more than 24 MiB of memory ${OF_CONTAINER}`],
  ] as const) {
    it(`where ${freeMebibytes === undefined ? 'nothing limits it' : `${freeMebibytes} MiB are free`} is told with the limit, in round numbers`, async () => {
      const ownGroup = { ...NO_LIMITS, freeMemoryBytes: () => (freeMebibytes === undefined ? undefined : freeMebibytes * 1024 * 1024) };
      const { run } = scripted({ kind: 'too-large' });
      assert.deepEqual(await createSmiReader({ inventory: () => ONE_GPU, run, ownGroup }).look(scene), { kind: 'untold', message: want });
    });
  }
});

describe('an nvidia-smi that is nowhere', () => {
  it('was looked for in PATH, too, where there is one', async () => {
    const nowhere = createSmiReader({ inventory: () => ONE_GPU, locate: () => ({ kind: 'missing', lookedIn: ['/usr/bin'], roots: ['/'], isPathSearched: true }) });
    assert.deepEqual(await nowhere.look(scene), { kind: 'missing', message: 'no nvidia-smi in PATH, nor below / in /usr/bin' });
  });
});
