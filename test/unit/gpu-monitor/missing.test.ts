import { assert } from 'chai';
import type { Look } from '../../../plugins/core/check.ts';
import { type Verdict, healthy, notApplicable, problem, unknown, unknownOf } from '../../../plugins/core/verdict.ts';
import { missing } from '../../../plugins/gpu-monitor/checks/missing.ts';
import type { GpuInventory, PciGpu } from '../../../plugins/gpu-monitor/inventory/inventory.ts';
import { type KnownGpus, knownOf } from '../../../plugins/gpu-monitor/inventory/known.ts';
import { type Census, judgeMissing } from '../../../plugins/gpu-monitor/inventory/missing.ts';
import { ALL_VISIBLE, type GpuVisibility } from '../../../plugins/gpu-monitor/inventory/visibility.ts';
import type { Complaint, SmiLook } from '../../../plugins/gpu-monitor/smi/look.ts';
import { parseSmiXml } from '../../../plugins/gpu-monitor/smi/xml.ts';
import { smiXml } from '../../support/smi-xml.ts';
import { ADDRESSES, inventoryOf, lookWith, nameOf, sourcesOf, uuidOf } from './scene.ts';

const RUN = { exitCode: 0, tookMs: 700 };
const LAST = 7;
const [LAST_ADDRESS, LAST_NAME] = [ADDRESSES[LAST], nameOf(LAST)];
const LOST = { performanceState: 'GPU is lost', temperature: 'GPU is lost', 'remapped_rows/': 'GPU is lost' };

/** The first so many GPUs of eight in an output, of which some are lost. */
function answer(gpus: number, { lost = [], complaints = [] }: { readonly lost?: readonly number[]; readonly complaints?: readonly Complaint[] } = {}): SmiLook {
  const document = parseSmiXml(smiXml({ gpus, withSupportedClocks: false, change: (gpu) => (lost.includes(gpu) ? LOST : {}) }));
  return { kind: 'answered', document, complaints, run: RUN };
}

/** It says of itself that there are others. */
function short(gpus: number, attached: number, complaints: readonly Complaint[] = []): SmiLook {
  const whole = smiXml({ gpus, withSupportedClocks: false }).replace(`<attached_gpus>${gpus}<`, `<attached_gpus>${attached}<`);
  return { kind: 'answered', document: parseSmiXml(whole), complaints, run: RUN };
}

/** As `short`, and without its end. */
function cut(gpus: number, attached: number, complaints: readonly Complaint[] = []): SmiLook {
  const look = short(gpus, attached, complaints);
  return look.kind === 'answered' ? { ...look, document: { ...look.document, isWhole: false, isClosed: false } } : look;
}

const failed = (...complaints: readonly Complaint[]): SmiLook => ({ kind: 'failed', complaints, run: { ...RUN, exitCode: 15 } });
const HUNG: SmiLook = { kind: 'hung', message: 'x' };
const NO_GPU: SmiLook = { kind: 'no-gpu', message: 'no NVIDIA GPU on the PCI bus' };
const handle = (address: string | undefined): Complaint => ({ kind: 'gpu-lost', address, text: 'Unable to determine the device handle: GPU is lost.' });

const ALL = inventoryOf();
const without = (...gpus: readonly number[]): GpuInventory => inventoryOf(ADDRESSES.filter((_, gpu) => !gpus.includes(gpu)));
const withPci = (address: string, change: Partial<PciGpu>): GpuInventory => ({
  ...ALL, pci: ALL.pci.map((gpu) => (gpu.address === address ? { ...gpu, ...change } : gpu)), proc: ALL.proc?.filter((gpu) => gpu.address !== address),
});
const KNOWN: KnownGpus = Object.fromEntries(ADDRESSES.map((address, gpu) => [address, { uuid: uuidOf(gpu), serial: `155000000000${gpu}` }]));
const knownOnly = (...gpus: readonly number[]): KnownGpus => Object.fromEntries(gpus.map((gpu) => [ADDRESSES[gpu] ?? '', KNOWN[ADDRESSES[gpu] ?? ''] ?? {}]));

function judge(census: Partial<Census>): Look {
  return judgeMissing({ look: answer(8), expected: 'auto', inventory: ALL, visibility: ALL_VISIBLE, fallenOff: new Set(), known: {}, ...census });
}
const found = (census: Partial<Census>): readonly Verdict[] => judge(census).verdicts;

/** Nodes of the first so many. */
const nodes = (count: number): GpuVisibility => ({ given: 'unsaid', nodes: new Set(ADDRESSES.keys().take(count)), hasControlNode: true });
/** As ALL, and each has been used. */
const INITIALISED: GpuInventory = { ...ALL, proc: ADDRESSES.map((address, minor) => ({ address, uuid: uuidOf(minor), minor })) };

const unlisted = (name: string): Verdict => problem('GPUCountMismatch', LAST_ADDRESS, `${name}: is on the PCI bus, and nvidia-smi does not list it`);
const gone = (gpu: number): Verdict => problem('GPUFellOffBus', ADDRESSES[gpu] ?? '', `${nameOf(gpu)}: is no longer on the PCI bus (/sys/bus/pci/devices), where it was at the last good look`);
const fellOff = (name: string): Verdict => problem('GPUFellOffBus', LAST_ADDRESS, `${name}: has fallen off the bus (XID 79 in the kernel log)`);
const lostByText = (name: string): Verdict => problem('GPULost', LAST_ADDRESS, `${name}: Unable to determine the device handle: GPU is lost`);
const held = (why: string, ...subjects: readonly string[]): readonly Verdict[] => [...subjects, 'a GPU', 'count', 'others'].map((subject) => unknownOf(subject, why));
const NAMELESS = `GPU ${LAST_ADDRESS}`;
const NOT_WHOLE = 'the output of nvidia-smi is not whole';

describe('GPUs that should be there', () => {
  it('are all there, and are remembered with what names them', () => {
    assert.deepEqual(judge({}), { verdicts: [healthy], baseline: KNOWN, readings: [{ name: 'gpus', value: 8, unit: 'count', source: 'nvidia-smi -q -x' }] });
    assert.deepEqual(found({ known: KNOWN, expected: 8, visibility: nodes(8) }), [healthy]);
  });

  describe('and that the driver has lost', () => {
    it('are known by a field, and the others are there', () => {
      const verdicts = found({ look: answer(8, { lost: [LAST] }), known: KNOWN });
      assert.deepEqual(verdicts, [problem('GPULost', LAST_ADDRESS, `${LAST_NAME}: nvidia-smi says that the GPU is lost`)]);
    });
    it('are known by a text that names them, also on the first look', () => {
      assert.deepEqual(found({ look: answer(7, { complaints: [handle(LAST_ADDRESS)] }), known: KNOWN }), [lostByText(LAST_NAME)]);
      assert.deepEqual(found({ look: answer(7, { complaints: [handle(LAST_ADDRESS)] }) }), [lostByText(NAMELESS)]);
    });
    it('are the one that is missing where the text names none', () => {
      assert.deepEqual(found({ look: answer(7, { complaints: [handle(undefined)] }), known: KNOWN }), [unlisted(LAST_NAME)]);
      assert.deepEqual(found({ look: answer(8, { lost: [LAST], complaints: [handle(undefined)] }) }).map((verdict) => verdict.kind === 'problem' && verdict.subject), [LAST_ADDRESS]);
    });
    it('are told of though nothing shows which it is: gone from all lists before the first look', () => {
      const verdicts = found({ look: answer(7, { complaints: [handle(undefined)] }), inventory: without(LAST) });
      assert.deepEqual(verdicts, [problem('GPULost', 'a GPU', 'a GPU: Unable to determine the device handle: GPU is lost')]);
    });
    it('are told of where there is no other data, and the others are held as they were', () => {
      const why = 'nvidia-smi failed, see GPUDriverUnhealthy';
      assert.deepEqual(found({ look: failed(handle(LAST_ADDRESS)), known: KNOWN }), [lostByText(LAST_NAME), ...held(why, ...ADDRESSES.slice(0, LAST))]);
    });
    it('explain an output that lacks them, and only them', () => {
      for (const lacking of [short, cut]) assert.deepEqual(found({ look: lacking(7, 8, [handle(LAST_ADDRESS)]) }), [lostByText(NAMELESS)]);
      assert.deepEqual(found({ look: cut(6, 8, [handle(LAST_ADDRESS)]) }), [lostByText(NAMELESS), ...held(NOT_WHOLE, ...ADDRESSES.slice(0, LAST))]);
    });
  });

  describe('and that nvidia-smi does not list', () => {
    it('are on the bus', () => {
      assert.deepEqual(found({ look: answer(7), known: KNOWN }), [unlisted(LAST_NAME)]);
      assert.deepEqual(found({ look: answer(7) }), [unlisted(NAMELESS)]);
      assert.deepEqual(found({ look: answer(7), visibility: nodes(8) }), [unlisted(NAMELESS)]);
    });
    it('are those that the output lacks by its own word, where it has its end', () => {
      assert.deepEqual(found({ look: short(7, 8), known: KNOWN }), [unlisted(LAST_NAME)]);
      assert.deepEqual(found({ look: short(7, 8), inventory: without(LAST) }), [unknown(NOT_WHOLE)], 'it is nowhere');
    });
    it('have a name where /proc tells it', () => {
      const inventory = { ...ALL, proc: [{ address: LAST_ADDRESS, uuid: 'GPU-proc' }] };
      assert.deepEqual(found({ look: answer(7), inventory }), [unlisted(`GPU ${LAST_ADDRESS} (GPU-proc)`)]);
    });
    it('are known by the bus where a runtime masks /proc', () => assert.deepEqual(found({ look: answer(7), inventory: { ...ALL, proc: undefined } }), [unlisted(NAMELESS)]));
    it('are all of them where it finds none', () => {
      const look = failed({ kind: 'no-devices', address: undefined, text: 'No devices were found' });
      const verdicts = found({ look, known: KNOWN });
      assert.deepEqual(verdicts.filter(({ kind }) => kind === 'problem'), ADDRESSES.map((address, gpu) => problem('GPUCountMismatch', address, `${nameOf(gpu)}: is on the PCI bus, and nvidia-smi finds no devices`)));
    });
    it('were not taken by the driver, whatever nvidia-smi says', () => {
      const inventory = withPci(LAST_ADDRESS, { driver: undefined });
      const verdict = problem('GPUCountMismatch', LAST_ADDRESS, `${NAMELESS}: is on the PCI bus, and no driver is bound to it`);
      assert.deepEqual(found({ look: answer(7), inventory }), [verdict]);
      assert.deepEqual(found({ look: answer(7), inventory, visibility: nodes(7) }), [verdict], 'a node for it was never made');
      const byKernel = problem('GPUCountMismatch', LAST_ADDRESS, `${NAMELESS}: is on the PCI bus, and the driver nouveau is bound to it`);
      assert.deepEqual(found({ look: answer(7), inventory: withPci(LAST_ADDRESS, { driver: 'nouveau' }) }), [byKernel]);
      assert.deepEqual(found({ look: HUNG, inventory })[0], verdict);
      assert.deepEqual(found({ look: answer(7), inventory, expected: 7 }), [healthy], 'somebody said that it is not one of ours');
      assert.deepEqual(found({ look: HUNG, inventory: { ...inventory, moduleVersion: undefined } }), [unknown('nvidia-smi does not answer, see GPUHung')], 'no driver at all is another matter');
    });
  });

  describe('and that are gone from the bus', () => {
    it('were there at the last good look, before a reboot too', () => {
      const look = judge({ look: answer(7), inventory: without(LAST), known: KNOWN });
      assert.deepEqual([look.verdicts, look.baseline], [[gone(LAST)], KNOWN]);
    });
    it('are all of them', () => {
      assert.deepEqual(found({ look: NO_GPU, inventory: { pci: [], proc: undefined, moduleVersion: undefined }, known: knownOnly(0, 1) }), [gone(0), gone(1)]);
    });
    it('are told of though nvidia-smi hangs, and stay told: what cannot be told does not hide it', () => {
      const verdicts = found({ look: HUNG, inventory: without(LAST), known: KNOWN });
      assert.deepEqual(verdicts, [gone(LAST), ...held('nvidia-smi does not answer, see GPUHung', ...ADDRESSES.slice(0, LAST))]);
    });
    it('are not missed where as many are there under other addresses', () => {
      const look = judge({ known: { ...knownOnly(0, 1, 2, 3, 4, 5, 6), '0000:f0:00.0': { uuid: uuidOf(7) } } });
      assert.deepEqual([look.verdicts, look.baseline], [[healthy], KNOWN]);
    });
    describe('after a boot that numbered it anew', () => {
      /** Each was where the next one is now, and the last one somewhere else. */
      const SHIFTED: KnownGpus = Object.fromEntries(ADDRESSES.map((_, gpu) => [ADDRESSES[gpu + 1] ?? '0000:f0:00.0', KNOWN[ADDRESSES[gpu] ?? ''] ?? {}]));
      const six = ADDRESSES.slice(0, 6);
      it('are not missed, and remembered where they are', () => {
        const look = judge({ known: SHIFTED });
        assert.deepEqual([look.verdicts, look.baseline], [[healthy], KNOWN]);
      });
      it('are those with no UUID that is listed, wherever the others are', () => {
        const look = judge({ look: answer(7), inventory: without(LAST), known: SHIFTED });
        assert.deepEqual([look.verdicts, look.baseline], [
          [problem('GPUFellOffBus', '0000:f0:00.0', `GPU 0000:f0:00.0 (${uuidOf(7)}, serial 1550000000007): is no longer on the PCI bus (/sys/bus/pci/devices), where it was at the last good look`)],
          { ...knownOnly(0, 1, 2, 3, 4, 5, 6), '0000:f0:00.0': KNOWN[LAST_ADDRESS] },
        ]);
      });
      it('are told of though another one has the address, and stay told', () => {
        const known: KnownGpus = { ...knownOnly(0, 1, 2, 3, 4, 5), [ADDRESSES[6]]: KNOWN[LAST_ADDRESS] ?? {}, [LAST_ADDRESS]: KNOWN[ADDRESSES[6]] ?? {} };
        const verdict = problem('GPUFellOffBus', uuidOf(LAST), `GPU ${ADDRESSES[6]} (${uuidOf(LAST)}, serial 1550000000007): is no longer on the PCI bus (/sys/bus/pci/devices), where it was at the last good look`);
        const kept = { ...knownOnly(0, 1, 2, 3, 4, 5, 6), [uuidOf(LAST)]: { ...KNOWN[LAST_ADDRESS], address: ADDRESSES[6] } };
        for (const before of [known, kept]) {
          const look = judge({ look: answer(7), inventory: without(LAST), known: knownOf(before) });
          assert.deepEqual([look.verdicts, look.baseline], [[verdict], kept]);
        }
        assert.deepEqual(judge({ known: kept }), judge({ known: KNOWN }), 'it is back');
      });
      it('are not named as long as nobody says who is there', () => {
        const look = judge({ look: HUNG, inventory: inventoryOf([...six, '0000:f0:00.0']), known: KNOWN });
        assert.deepEqual([look.verdicts, look.baseline], [[unknown('nvidia-smi does not answer, see GPUHung')], KNOWN]);
      });
      it('are known by what /proc tells while nvidia-smi hangs', () => {
        const inventory = { ...inventoryOf([...six, '0000:f0:00.0']), proc: [{ address: '0000:f0:00.0', uuid: uuidOf(6) }] };
        assert.deepEqual(found({ look: HUNG, inventory, known: KNOWN })[0], gone(LAST));
      });
    });
    it('are not missed where somebody expects the number that is left', () => {
      const look = judge({ look: answer(7), inventory: without(LAST), known: KNOWN, expected: 7 });
      assert.deepEqual([look.verdicts, look.baseline], [[healthy], knownOnly(0, 1, 2, 3, 4, 5, 6)]);
    });
  });

  describe('and that fell off by XID 79', () => {
    const fallenOff = new Set([LAST_ADDRESS]);
    it('are told of first, however they look else', () => {
      for (const look of [answer(8), answer(7), answer(8, { lost: [LAST] }), answer(7, { complaints: [handle(LAST_ADDRESS)] })]) assert.deepEqual(found({ look, fallenOff, known: KNOWN }), [fellOff(LAST_NAME)]);
      assert.deepEqual(found({ look: answer(7), fallenOff, inventory: without(LAST), known: KNOWN }), [fellOff(LAST_NAME)]);
    });
    it('stay told while nvidia-smi hangs', () => {
      assert.deepEqual(found({ look: HUNG, fallenOff, known: KNOWN }), [fellOff(LAST_NAME), ...held('nvidia-smi does not answer, see GPUHung', ...ADDRESSES.slice(0, LAST))]);
    });
    it('do not count as working', () => assert.deepEqual(found({ fallenOff, expected: 8 }), [fellOff(LAST_NAME), problem('GPUCountMismatch', 'count', '7 of 8 expected GPUs work (expectGpus)')]));
  });

  describe('and that are for others', () => {
    it('as those of virtual machines, are not missed, and forgotten', () => {
      for (const driver of ['vfio-pci', 'nvgrace-gpu-vfio-pci', 'xen-pciback', 'pci-stub']) {
        const inventory = withPci(LAST_ADDRESS, { driver });
        const look = judge({ look: answer(7), inventory, known: KNOWN });
        assert.deepEqual([look.verdicts, look.baseline], [[healthy], knownOnly(0, 1, 2, 3, 4, 5, 6)]);
        assert.deepEqual(found({ look: HUNG, inventory, expected: 8 })[0], problem('GPUCountMismatch', 'count', '7 of 8 expected GPUs are on the PCI bus (expectGpus)'));
      }
    });
    it('hide none that is missing', () => {
      const inventory: GpuInventory = { ...without(LAST), pci: [...without(LAST).pci, { address: '0000:f0:00.0', driver: 'vfio-pci', isVirtualFunction: false }] };
      assert.deepEqual(found({ look: answer(7), inventory, known: KNOWN }), [gone(LAST)]);
    });
    it('as virtual functions of a vGPU host, are not missed', () => {
      const functions = [1, 2, 3].map((number) => ({ address: `0000:18:00.${number}`, driver: number === 3 ? undefined : 'nvidia', isVirtualFunction: true }));
      assert.deepEqual(found({ inventory: { ...ALL, pci: [...ALL.pci, ...functions] } }), [healthy]);
    });
    it('all of them: there is nothing to look after', () => {
      const inventory = { ...ALL, pci: ALL.pci.map((gpu) => ({ ...gpu, driver: 'vfio-pci' })), proc: undefined, moduleVersion: undefined };
      const look = judge({ look: { ...NO_GPU, message: 'all NVIDIA GPUs on the PCI bus are for virtual machines' }, inventory, known: KNOWN });
      assert.deepEqual([look.verdicts, look.baseline], [[notApplicable('all NVIDIA GPUs on the PCI bus are for virtual machines')], {}]);
    });
  });

  describe('of which this container was given one', () => {
    const HIDDEN = notApplicable('GPUs that this container was not given (no /dev/nvidiaN for them)');
    const SOME: GpuVisibility = { ...nodes(1), given: 'some' };
    it('are judged but for the others, of which it says so', () => {
      for (const visibility of [SOME, { ...SOME, nodes: undefined }, nodes(1)]) {
        assert.deepEqual(found({ look: answer(1), visibility, inventory: INITIALISED }), [HIDDEN, healthy]);
        assert.deepEqual(found({ look: answer(1), visibility, inventory: INITIALISED, known: knownOnly(0) }), [HIDDEN, healthy]);
      }
      assert.deepEqual(found({ look: answer(1), visibility: SOME, inventory: { ...ALL, proc: undefined } }), [HIDDEN, healthy]);
    });
    it('are not missed after a restart with another one, nor remembered any more', () => {
      for (const visibility of [SOME, nodes(1)]) {
        const look = judge({ look: answer(1), visibility, inventory: INITIALISED, known: knownOnly(LAST) });
        assert.deepEqual([look.verdicts, look.baseline], [[HIDDEN, healthy], knownOnly(0)]);
      }
    });
    it('are remembered while nothing can be told', () => assert.deepEqual(judge({ look: HUNG, visibility: SOME, inventory: INITIALISED, known: knownOnly(0) }).baseline, knownOnly(0)));
    it('are missed if they have a node', () => {
      assert.deepEqual(found({ look: answer(7), visibility: { ...nodes(8), given: 'some' }, inventory: INITIALISED }), [unlisted(`GPU ${LAST_ADDRESS} (${uuidOf(LAST)})`)]);
    });
    it('are missed once they are gone from the bus, whatever the others do there', () => {
      assert.deepEqual(found({ look: HUNG, visibility: { ...SOME, nodes: new Set([LAST]) }, inventory: without(LAST), known: knownOnly(LAST) })[0], gone(LAST));
    });
    it('are all missed where nvidia-smi finds none', () => {
      const none = failed({ kind: 'no-devices', address: undefined, text: 'No devices were found' });
      const verdict = problem('GPUCountMismatch', 'count', 'nvidia-smi finds none of the GPUs that this container was given (NVIDIA_VISIBLE_DEVICES)');
      assert.deepEqual(found({ look: none, visibility: SOME }).filter(({ kind }) => kind === 'problem'), [verdict]);
      assert.deepEqual(found({ look: answer(0), visibility: SOME }), [verdict, HIDDEN]);
      const [first, ...others] = found({ look: none, visibility: SOME, inventory: INITIALISED });
      assert.deepEqual(first, problem('GPUCountMismatch', ADDRESSES[0], `GPU ${ADDRESSES[0]} (${uuidOf(0)}): is on the PCI bus, and nvidia-smi finds no devices`));
      assert.isTrue(others.every(({ kind }) => kind === 'unknown'));
    });
    it('are as many as somebody expects', () => {
      assert.deepEqual(found({ look: answer(1), visibility: SOME, expected: 1 }), [healthy]);
      assert.deepEqual(found({ look: answer(1), visibility: SOME, expected: 8 }), [problem('GPUCountMismatch', 'count', '1 of 8 expected GPUs work (expectGpus)')]);
    });
  });

  describe('and that have no device node, which the toolkit makes of those that work', () => {
    const failing: GpuInventory = { ...INITIALISED, proc: INITIALISED.proc?.map((gpu) => (gpu.address === LAST_ADDRESS ? { address: LAST_ADDRESS, uuid: undefined, minor: LAST } : gpu)) };
    it('are missed where the container was given all', () => {
      for (const inventory of [ALL, INITIALISED, failing]) {
        assert.deepEqual(found({ look: answer(7), visibility: { ...nodes(7), given: 'all' }, inventory, known: KNOWN }), [unlisted(LAST_NAME)]);
      }
    });
    it('are missed where nobody said so, unless the driver has initialised them', () => {
      assert.deepEqual(found({ look: answer(7), visibility: nodes(7), inventory: failing }), [unlisted(NAMELESS)]);
      assert.deepEqual(found({ look: answer(7), visibility: nodes(7) }), [unlisted(NAMELESS)]);
    });
    it('are not known where there is none at all, and what to do', () => {
      const why = 'nvidia-smi finds no devices: this container has /dev/nvidiactl, and no /dev/nvidiaN that it may open; give it the device nodes of the GPUs, or use the NVIDIA runtime class';
      const none = failed({ kind: 'no-devices', address: undefined, text: 'No devices were found' });
      for (const look of [none, answer(0)]) {
        for (const given of ['all', 'some', 'unsaid'] as const) {
          const { verdicts, baseline } = judge({ look, visibility: { ...nodes(0), given }, known: KNOWN });
          assert.deepEqual([verdicts.filter(({ kind }) => kind !== 'not-applicable'), baseline], [[unknown(why)], KNOWN]);
        }
      }
    });
  });

  describe('by what somebody expects', () => {
    it('are none: nothing is judged, and nothing remembered', () => {
      for (const look of [answer(8), answer(7), HUNG, failed(handle(undefined)), NO_GPU]) {
        assert.deepEqual(judge({ look, expected: 'none', known: KNOWN }), { verdicts: [{ ...notApplicable('no GPU is expected here (expectGpus is none)'), reason: 'NoGPUExpected' }], baseline: {} });
      }
    });
    it('are a number, of those that work', () => {
      assert.deepEqual(found({ look: answer(8, { lost: [LAST] }), expected: 7 }).map(({ kind }) => kind), ['problem'], 'a lost one is a problem whatever is expected');
      assert.deepEqual(found({ look: answer(4), inventory: inventoryOf(ADDRESSES.slice(0, 4)), expected: 8 }), [problem('GPUCountMismatch', 'count', '4 of 8 expected GPUs work (expectGpus)')]);
      assert.deepEqual(found({ expected: 4 }), [healthy]);
    });
    it('are a number that the bus has not even got, whatever nvidia-smi says', () => {
      const inventory = { pci: [], proc: undefined, moduleVersion: undefined };
      const look: SmiLook = { kind: 'missing', message: 'x' };
      assert.deepEqual(found({ look, inventory, expected: 8 })[0], problem('GPUCountMismatch', 'count', '0 of 8 expected GPUs are on the PCI bus (expectGpus)'));
      assert.deepEqual(found({ look, expected: 8 }), [unknown('nvidia-smi was not found, see GPUDriverUnhealthy')]);
    });
  });

  describe('of which not all can be told', () => {
    it('are not known', () => {
      const rows: readonly (readonly [SmiLook, string])[] = [
        [HUNG, 'nvidia-smi does not answer, see GPUHung'], [{ kind: 'uninterruptible', pid: 7, message: 'x' }, 'nvidia-smi does not answer, see GPUHung'],
        [{ kind: 'untold', message: 'nvidia-smi got no CPU time' }, 'nvidia-smi got no CPU time'], [{ kind: 'missing', message: 'x' }, 'nvidia-smi was not found, see GPUDriverUnhealthy'],
        [failed({ kind: 'driver-not-loaded', address: undefined, text: 'x' }), 'nvidia-smi failed, see GPUDriverUnhealthy'], [cut(7, 8), NOT_WHOLE],
      ];
      for (const [look, why] of rows) assert.deepEqual(found({ look, known: KNOWN }), [unknown(why)]);
    });
    it('are remembered all the same', () => {
      assert.deepEqual(judge({ look: HUNG, known: KNOWN }).baseline, KNOWN);
      assert.deepEqual(judge({ look: cut(7, 8), known: KNOWN }).baseline, KNOWN);
    });
    it('are held where another one is known to be missing', () => {
      const verdicts = found({ look: cut(6, 8), fallenOff: new Set([LAST_ADDRESS]), known: KNOWN });
      assert.deepEqual(verdicts, [fellOff(LAST_NAME), ...held(NOT_WHOLE, ...ADDRESSES.slice(0, LAST))]);
    });
  });

  it('are none on a node without', () => assert.deepEqual(judge({ look: NO_GPU, inventory: { pci: [], proc: undefined, moduleVersion: undefined } }), { verdicts: [notApplicable('no NVIDIA GPU on the PCI bus')], baseline: {} }));

  it('are not remembered without end, nor from garbage', () => {
    const many = Object.fromEntries(Array.from({ length: 200 }, (_, number) => [`0000:${number.toString(16).padStart(2, '0')}:1f.0`, {}]));
    const { baseline } = judge({ known: many });
    assert.deepEqual(Object.keys(baseline as KnownGpus).slice(0, 8).toSorted(), [...ADDRESSES].toSorted());
    assert.isAtMost(Object.keys(baseline as KnownGpus).length, 64);
    for (const garbage of [undefined, null, 7, 'x', [], [{}]]) assert.deepEqual(knownOf(garbage), {});
    assert.deepEqual(knownOf({ a: null, b: { uuid: 7, serial: 'x', more: 1 }, c: { uuid: 'u' } }), { b: { serial: 'x' }, c: { uuid: 'u' } });
    assert.deepEqual(knownOf({ 'GPU-u': { uuid: 'GPU-u', address: ADDRESSES[0] } }), { 'GPU-u': { uuid: 'GPU-u', address: ADDRESSES[0] } });
  });

  it('are asked for by the check, which waits for what the kernel log knows', async () => {
    const answers = { query: { stdout: smiXml({ gpus: 8 }) }, nvlink: '' };
    const check = missing(sourcesOf(answers), { fallenOff: async () => [LAST_ADDRESS] });
    assert.deepEqual((await lookWith(check, '/', { look: { verdicts: [], baseline: KNOWN } })).verdicts, [fellOff(LAST_NAME)]);
    const blind = missing(sourcesOf(answers, () => { throw new Error('/sys/bus/pci: permission denied'); }), { fallenOff: async () => [] });
    assert.deepEqual((await lookWith(blind, '/')).verdicts.map(({ kind }) => kind), ['unknown']);
  });
});
