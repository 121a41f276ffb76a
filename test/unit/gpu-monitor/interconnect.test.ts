import { assert } from 'chai';
import type { Look } from '../../../plugins/core/check.ts';
import { type Verdict, healthy, notApplicable, unknown } from '../../../plugins/core/verdict.ts';
import { judgeFabric } from '../../../plugins/gpu-monitor/checks/fabric.ts';
import { judgeNvlink, nvlink } from '../../../plugins/gpu-monitor/checks/nvlink.ts';
import { judgePcie } from '../../../plugins/gpu-monitor/checks/pcie.ts';
import type { NvlinkLook, NvlinkState, SmiLook } from '../../../plugins/gpu-monitor/smi/look.ts';
import { parseSmiXml } from '../../../plugins/gpu-monitor/smi/xml.ts';
import { type SmiChange, type SmiSample, smiXml } from '../../support/smi-xml.ts';
import { FIRST, NAME, lookAtGpu, lookWith, notReported, sourcesOf, uuidOf, verdictsOf } from './scene.ts';

const H100 = 'NVIDIA H100 80GB HBM3';
const unclear = (part: string, says: string): Verdict => ({ kind: 'unknown', subject: `${FIRST} · ${part}`, message: `${NAME}: ${says}`, cause: undefined });

/** The last of several looks, 30 s apart. */
function looks(...changes: readonly SmiChange[]): Look {
  return changes.reduce<Look | undefined>((look, change) => lookAtGpu(judgePcie, { change: () => change }, { look }), undefined) ?? { verdicts: [] };
}

describe('the PCIe link of a GPU', () => {
  const narrow = (usual: number): Verdict => ({
    kind: 'problem', reason: 'PCIeLinkDegraded', subject: `${FIRST} · width`, message: `${NAME}: its PCIe link has fewer lanes than the ${usual} it had before`,
  });
  const REPEATS: Verdict = {
    kind: 'problem', reason: 'PCIeLinkDegraded', subject: `${FIRST} · replays`, message: `${NAME}: its PCIe link repeats more than 8 packets a minute, far more than usual (replay_counter)`,
  };
  const lanes = (count: number, performanceState = 'P0'): SmiChange => ({ linkWidthCurrent: `${count}x`, performanceState });

  it('is healthy with as many lanes as ever, however few', () => {
    assert.deepEqual(looks(lanes(8), lanes(8)).verdicts, [healthy, healthy]);
    assert.deepEqual(looks(lanes(1), lanes(4), lanes(4)).verdicts, [healthy, healthy]);
  });

  it('is degraded with fewer lanes in use than before', () => {
    for (const state of ['P0', 'P1', 'P2']) assert.deepEqual(looks(lanes(16), lanes(8, state)).verdicts, [narrow(16), healthy], state);
  });

  it('of an idle GPU proves nothing: neither that it is degraded, nor that it is so no more', () => {
    assert.deepEqual(looks(lanes(16), lanes(4, 'P8')).verdicts, [healthy, healthy]);
    assert.deepEqual(looks(lanes(16), lanes(8), lanes(8, 'P8'), lanes(8, 'P8')).verdicts, [narrow(16), healthy]);
    assert.deepEqual(looks(lanes(16), lanes(8), lanes(16, 'P8')).verdicts, [healthy, healthy]);
    assert.deepEqual(looks(lanes(16), lanes(8), lanes(16), lanes(8, 'P8')).verdicts, [healthy, healthy]);
    assert.deepEqual(looks(lanes(16), lanes(8), { linkWidthCurrent: 'Unknown Error' }, lanes(8, 'P8')).verdicts, [narrow(16), healthy]);
    assert.deepEqual(looks(lanes(4, 'P8'), lanes(2)).verdicts, [healthy, healthy], 'lanes of an idle one are not usual');
  });

  it('with fewer lanes is not known where nobody can tell whether it is in use', () => {
    assert.deepEqual(looks(lanes(16), lanes(8, 'Unknown Error')).verdicts, [unclear('width', 'performance_state reads "Unknown Error"'), healthy]);
    assert.deepEqual(looks(lanes(16), lanes(8, 'P16')).verdicts, [unclear('width', 'performance_state reads "P16"'), healthy]);
    assert.deepEqual(looks(lanes(16), lanes(8, 'N/A')).verdicts, [unclear('width', 'performance_state reads "N/A"'), healthy]);
  });

  it('is compared with what the same board had, not another one in its place', () => {
    assert.deepEqual(looks(lanes(16), { ...lanes(8), uuid: 'GPU-other' }).verdicts, [healthy, healthy]);
    assert.deepEqual(looks(lanes(16), { ...lanes(8), uuid: 'N/A' }).verdicts.map(({ kind }) => kind), ['problem', 'healthy']);
  });

  it('is compared over a reboot: the baseline is kept, the counters are not', () => {
    const { baseline } = looks({ ...lanes(16), replayCounter: '5' });
    assert.deepEqual(baseline, { [FIRST]: { uuid: uuidOf(0), width: 16, replaysPerMinute: 0 } });
    assert.deepEqual(verdictsOf(judgePcie, { change: () => ({ ...lanes(8), replayCounter: '9000' }) }, { look: { verdicts: [], baseline } }), [narrow(16), healthy]);
  });

  it('may have had thousands of replays, and four in half a minute', () => {
    assert.deepEqual(looks({ replayCounter: '174' }).verdicts, [healthy, healthy]);
    assert.deepEqual(looks({ replayCounter: '170000' }, { replayCounter: '170004' }).verdicts, [healthy, healthy]);
    assert.deepEqual(looks({ replayCounter: '174' }, { replayCounter: '3' }).verdicts, [healthy, healthy], 'it began anew');
  });

  it('is degraded by more replays, until they are fewer', () => {
    assert.deepEqual(looks({ replayCounter: '0' }, { replayCounter: '5' }).verdicts, [healthy, REPEATS]);
    assert.deepEqual(looks({ replayCounter: '0' }, { replayCounter: '5' }, { replayCounter: '6' }).verdicts, [healthy, healthy]);
  });

  it('has ten times of what is usual for it as its limit, where that is more', () => {
    const baseline = { [FIRST]: { uuid: uuidOf(0), width: 16, replaysPerMinute: 5 } };
    const look = { ...lookAtGpu(judgePcie, {}), baseline };
    const after = (count: string): readonly Verdict[] => verdictsOf(judgePcie, { change: () => ({ replayCounter: count }) }, { look });
    assert.deepEqual([after('25'), after('26')], [[healthy, healthy], [healthy, REPEATS]]);
  });

  it('never gets used to what is out of the ordinary', () => {
    let look = lookAtGpu(judgePcie, {});
    for (let minute = 1; minute <= 3 * 2_880; minute++) look = lookAtGpu(judgePcie, { withSupportedClocks: false, change: () => ({ replayCounter: String(minute * 50) }) }, { look });
    assert.deepEqual(look.verdicts, [healthy, REPEATS]);
  }).timeout(60_000);

  it('is not known where it cannot be read, as the part that its finding would have', () => {
    assert.deepEqual(looks({ linkWidthCurrent: 'Unknown Error' }).verdicts, [unclear('width', 'current_link_width reads "Unknown Error"'), healthy]);
    assert.deepEqual(looks({ replayCounter: '-4' }).verdicts, [healthy, unclear('replays', 'replay_counter reads "-4"')]);
    assert.deepEqual(looks(lanes(16), { linkWidthCurrent: 'N/A' }).verdicts, [unclear('width', 'current_link_width reads "nothing, though it was there before"'), healthy]);
  });

  it('is not judged where the board has none', () => {
    assert.deepEqual(verdictsOf(judgePcie, { family: 'vgpu' }), [notReported('GRID P4-1Q reports no PCIe link')]);
    assert.deepEqual(looks({ replayCounter: 'N/A' }).verdicts, [healthy, notReported(`${H100} reports no replay_counter`)]);
    assert.deepEqual(looks({ linkWidthCurrent: 'N/A' }).verdicts, [notReported(`${H100} reports no current_link_width`), healthy]);
  });

  it('takes garbage in what it kept for nothing', () => {
    for (const garbage of [null, 7, 'x', [], { width: 'x', replaysPerMinute: -1 }, { width: null, replaysPerMinute: NaN }]) {
      const look: Look = { verdicts: [], memo: { uptimeMs: 1, gpus: { [FIRST]: garbage } }, baseline: { [FIRST]: garbage } };
      assert.deepEqual(verdictsOf(judgePcie, {}, { look }), [healthy, healthy]);
    }
  });
});

describe('the NVSwitch fabric of a GPU', () => {
  const changed = (change: SmiChange, sample: Omit<SmiSample, 'gpus' | 'change'> = {}): readonly Verdict[] => verdictsOf(judgeFabric, { ...sample, change: () => change }).filter(({ kind }) => kind !== 'healthy');
  const found = (element: string, says: string): Verdict => ({ kind: 'problem', reason: 'FabricUnhealthy', subject: `${FIRST} · ${element}`, message: `${NAME}: ${element} is ${says}` });

  it('is healthy by state, status and all of its health', () => {
    assert.deepEqual(verdictsOf(judgeFabric, { driver: '525' }), [healthy, healthy]);
    assert.deepEqual(verdictsOf(judgeFabric, { driver: '580' }), Array.from({ length: 8 }, () => healthy));
  });

  const problems: readonly (readonly [SmiChange, Verdict])[] = [
    [{ fabricState: 'In Progress' }, found('fabric state', 'In Progress')],
    [{ fabricState: 'Not Started', fabricStatus: 'N/A' }, found('fabric state', 'Not Started')],
    [{ fabricStatus: 'Failure' }, found('fabric status', 'Failure')],
    [{ fabricHealth: 'Unhealthy' }, found('fabric health summary', 'Unhealthy')],
    [{ fabricBandwidth: 'Degraded' }, found('fabric bandwidth', 'Degraded')],
    [{ fabricRouteUnhealthy: 'True' }, found('fabric route_unhealthy', 'True')],
    [{ fabricRouteRecovery: 'True' }, found('fabric route_recovery_in_progress', 'True')],
    [{ fabricAccessTimeoutRecovery: 'True' }, found('fabric access_timeout_recovery', 'True')],
    [{ fabricIncorrectConfiguration: 'Incorrect SystemGUID' }, found('fabric incorrect_configuration', 'Incorrect SystemGUID')],
  ];
  for (const [change, verdict] of problems) it(`is not healthy with ${JSON.stringify(change)}`, () => assert.deepEqual(changed(change), [verdict]));

  it('is not known where a word cannot be read', () => {
    assert.deepEqual(changed({ fabricState: 'Unknown Error' }), [unclear('fabric state', 'fabric state reads "Unknown Error"')]);
    assert.deepEqual(changed({ fabricHealth: 'ERR!' }), [unclear('fabric health summary', 'fabric health summary reads "ERR!"')]);
    assert.deepEqual(changed({ fabricState: 'N/A' }), [unclear('fabric state', 'fabric state reads "nothing, though there is a status"')]);
    assert.deepEqual(changed({ fabricStatus: 'N/A' }), [unclear('fabric status', 'fabric status reads "nothing, though the state is Completed"')]);
  });

  it('is judged by what is told, and the rest is named at once', () => {
    assert.deepEqual(changed({ fabricHealth: 'N/A', fabricBandwidth: 'N/A' }), [notReported(`${H100} reports no fabric health summary, fabric bandwidth`)]);
  });

  it('is not judged on boards without one', () => {
    for (const sample of [{ driver: '470' }, { family: 'geforce' }, { family: 'vgpu' }] as const) assert.deepEqual(changed({}, sample), [notReported('no NVSwitch fabric')]);
  });
});

describe('NVLinks', () => {
  const LINKS = 4;
  /** `active` links of so many are active. */
  const states = (active: number, count = LINKS): readonly NvlinkState[] => Array.from({ length: count }, (_, link) => ({ link, isActive: link < active, speed: link < active ? 26.562 : undefined }));
  const linksOf = (...active: readonly (number | undefined)[]): ReadonlyMap<string, readonly NvlinkState[]> =>
    new Map(active.flatMap((count, gpu) => (count === undefined ? [] : [[uuidOf(gpu), count === -1 ? [] : states(count)] as const])));
  const gpusOf = (count: number, change: SmiSample['change'] = () => ({})): ReturnType<typeof parseSmiXml>['gpus'] => parseSmiXml(smiXml({ gpus: count, change, withSupportedClocks: false })).gpus;
  const judge = (links: ReadonlyMap<string, readonly NvlinkState[]>, usual: Readonly<Record<string, number>> = {}, before: readonly string[] = [], gpus = gpusOf(0)): Look => judgeNvlink({ links, usual, before, gpus });
  const down = (gpu: number, than: string, name = `GPU ${uuidOf(gpu)}`): Verdict => ({
    kind: 'problem', reason: 'NVLinkInactive', subject: `${uuidOf(gpu)} · nvlink`, message: `${name}: fewer NVLinks are active than the ${than} (nvidia-smi nvlink -s)`,
  });
  const silent = (gpu: number, name = `GPU ${uuidOf(gpu)}`): Verdict => ({ kind: 'unknown', subject: uuidOf(gpu), message: `${name}: its NVLinks are no longer told of (nvidia-smi nvlink -s)`, cause: undefined });
  const NONE: Verdict = { kind: 'not-applicable', message: 'no NVLink' };

  it('are healthy as they ever were, and what they have is kept', () => {
    assert.deepEqual(judge(linksOf(4, 4)), {
      verdicts: [NONE], memo: [uuidOf(0), uuidOf(1)], baseline: { [uuidOf(0)]: 4, [uuidOf(1)]: 4 },
      readings: [0, 1].map((gpu) => ({ name: 'nvlinks_active', subject: uuidOf(gpu), value: 4, unit: 'count', source: 'nvidia-smi nvlink -s' })),
    });
    assert.deepEqual(judge(linksOf(4, 4), { [uuidOf(0)]: 4, [uuidOf(1)]: 4 }).verdicts, [healthy, healthy]);
    assert.deepEqual(judge(linksOf(4, 4, 4)).verdicts, [healthy, healthy, healthy]);
  });

  it('are fewer than this GPU had before', () => {
    assert.deepEqual(judge(linksOf(4, 2), { [uuidOf(0)]: 4, [uuidOf(1)]: 4 }).verdicts, [healthy, down(1, '4 of before')]);
    assert.deepEqual(judge(linksOf(0), { [uuidOf(0)]: 4 }, [uuidOf(0)]).verdicts, [down(0, '4 of before')], 'all of them: seen, and so not unknown');
    assert.deepEqual(judge(linksOf(-1), { [uuidOf(0)]: 4 }, [uuidOf(0)]).verdicts, [down(0, '4 of before')], 'nvidia-smi says that all are inactive');
    assert.deepEqual(judge(linksOf(2), { [uuidOf(0)]: 4 }).baseline, { [uuidOf(0)]: 4 }, 'what is usual stays');
  });

  it('are fewer than most of the others have', () => {
    assert.deepEqual(judge(linksOf(4, 4, 4, 3)).verdicts, [healthy, healthy, healthy, down(3, '4 of the other GPUs')]);
    assert.deepEqual(judge(linksOf(4, 4, 4, 0)).verdicts, [healthy, healthy, healthy, down(3, '4 of the other GPUs')]);
    assert.deepEqual(judge(linksOf(4, 3)).verdicts, [NONE], 'two do not make a rule');
  });

  it('of a GPU that nvidia-smi lists are told by all its names, and which of them are down by readings alone', () => {
    const links = new Map([[uuidOf(0), [{ link: 0, isActive: false, speed: undefined }, { link: 1, isActive: true, speed: 25 }]]]);
    const { verdicts, readings } = judge(links, { [uuidOf(0)]: 2 }, [], gpusOf(1));
    assert.deepEqual(verdicts, [down(0, '2 of before', NAME)]);
    assert.deepEqual(readings, [['nvlinks_active', 1], ['nvlink_0_active', 0]].map(([name, value]) => ({ name, subject: uuidOf(0), value, unit: 'count', source: 'nvidia-smi nvlink -s' })) as never);
  });

  const ask = async (look: SmiLook | NvlinkLook, baseline?: unknown): Promise<readonly Verdict[]> => {
    const sources = sourcesOf({ query: { stdout: smiXml({ gpus: 1, withSupportedClocks: false }) }, nvlink: '' });
    const smi = look.kind === 'untold' && look.message.includes('nvlink') ? { nvlink: async () => look as NvlinkLook } : { last: () => look as SmiLook };
    return (await lookWith(nvlink({ ...sources, smi: { ...sources.smi, ...smi } }), '/', { look: { verdicts: [], baseline } })).verdicts;
  };

  it('are not told for ever by drivers that end badly on boards without any, and not known in any other case', async () => {
    const badly = { kind: 'untold', message: 'nvidia-smi nvlink -s: exit code 3 (not possible on this device)' } as const;
    assert.deepEqual(await ask(badly), [notApplicable('no NVLink, or nvidia-smi does not tell of it')]);
    assert.deepEqual(await ask(badly, { [uuidOf(0)]: 4 }), [unknown(badly.message)]);
    for (const message of ['nvidia-smi nvlink -s: its output cannot be read', 'nvidia-smi nvlink -s: not asked: x']) assert.deepEqual(await ask({ kind: 'untold', message }), [unknown(message)]);
    const sources = sourcesOf({ query: { stdout: smiXml({ gpus: 1, withSupportedClocks: false }) }, nvlink: '' });
    const hangs = { kind: 'untold', message: 'nvidia-smi did not end within 20000 ms and was killed' } as const;
    assert.deepEqual((await lookWith(nvlink({ ...sources, smi: { ...sources.smi, nvlink: async () => hangs } }), '/')).verdicts, [unknown(hangs.message)]);
  });

  it('are not asked for where nvidia-smi gives nothing else, which is told as by all other checks', async () => {
    assert.deepEqual(await ask({ kind: 'hung', message: 'x' }), [unknown('nvidia-smi does not answer, see GPUHung')]);
    assert.deepEqual(await ask({ kind: 'missing', message: 'x' }), [unknown('nvidia-smi was not found, see GPUDriverUnhealthy')]);
    assert.deepEqual(await ask({ kind: 'no-gpu', message: 'none' }), [notApplicable('none')]);
  });

  it('are none on boards without a bridge between some that have one', () => {
    assert.deepEqual(judge(linksOf(4, 4, 4, 4, 0, 0)).verdicts, [healthy, healthy, healthy, healthy]);
    assert.deepEqual(judge(linksOf(4, 4, 4, 4, -1, -1)).verdicts, [healthy, healthy, healthy, healthy]);
    assert.deepEqual(judge(linksOf(4, 4, 4, 4, 0)).verdicts, [healthy, healthy, healthy, healthy]);
    assert.deepEqual(judge(linksOf(0, 0, 0, 0)).verdicts, [NONE]);
  });

  it('are not known of a GPU that had some in this boot, or before it, and of which nothing is told', () => {
    assert.deepEqual(judge(linksOf(4, undefined), { [uuidOf(0)]: 4, [uuidOf(1)]: 4 }, [uuidOf(0), uuidOf(1)]).verdicts, [healthy, silent(1)]);
    assert.deepEqual(judge(linksOf(), { [uuidOf(0)]: 4 }, [], gpusOf(1)).verdicts, [silent(0, NAME)]);
    assert.deepEqual(judge(linksOf(), { [uuidOf(0)]: 4 }, [], gpusOf(0)).verdicts, [NONE], 'a GPU that is not here any more is for GPUMissing');
  });

  it('are not judged of a GPU in MIG mode, of which nvidia-smi tells none', () => {
    const gpus = gpusOf(2, (gpu) => (gpu === 1 ? { migMode: 'Enabled' } : {}));
    const found = judge(linksOf(4, undefined), { [uuidOf(0)]: 4, [uuidOf(1)]: 4 }, [uuidOf(0), uuidOf(1)], gpus);
    assert.deepEqual(found.verdicts, [healthy, { kind: 'not-applicable', message: 'nvidia-smi tells no NVLinks of GPUs in MIG mode' }]);
    assert.deepEqual(found.baseline, { [uuidOf(0)]: 4, [uuidOf(1)]: 4 });
  });
});
