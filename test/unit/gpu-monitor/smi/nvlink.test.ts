import { assert } from 'chai';
import * as fc from 'fast-check';
import type { NvlinkLook, NvlinkState } from '../../../../plugins/gpu-monitor/smi/look.ts';
import { parseNvlinkStatus } from '../../../../plugins/gpu-monitor/smi/nvlink.ts';
import { anyText } from '../../../support/arbitraries.ts';

const gpu = (index: number, ...lines: readonly string[]): string => [`GPU ${index}: NVIDIA A100-SXM4-80GB (UUID: GPU-0000000${index}-aaaa)`, ...lines.map((line) => `\t ${line}`), ''].join('\n');
const uuid = (index: number): string => `GPU-0000000${index}-aaaa`;
const up = (link: number, speed: number): NvlinkState => ({ link, isActive: true, speed });
const down = (link: number): NvlinkState => ({ link, isActive: false, speed: undefined });

const ok = (...links: readonly (readonly [string, readonly NvlinkState[]])[]): NvlinkLook => ({ kind: 'ok', links: new Map(links) });
const none: NvlinkLook = { kind: 'none', message: 'no GPU has NVLink that could be asked for' };
const untold: NvlinkLook = { kind: 'untold', message: 'nvidia-smi nvlink -s: its output cannot be read' };

const MIG = 'Nvlink queries are not supported for Devices in MIG mode';
const PCIE = 'Device does not have or support Nvlink';
const ALL_DOWN = 'NVML: Unable to retrieve NVLink information as all links are inActive';

describe('nvidia-smi nvlink -s', () => {
  const table: readonly (readonly [name: string, text: string, look: NvlinkLook])[] = [
    ['links that are up have a speed', gpu(0, 'Link 0: 25 GB/s', 'Link 11: 26.562 GB/s'), ok([uuid(0), [up(0, 25), up(11, 26.562)]])],
    ['links that are down have none', gpu(0, 'Link 0: 25 GB/s', 'Link 3: <inactive>'), ok([uuid(0), [up(0, 25), down(3)]])],
    ['each GPU has its own', gpu(0, 'Link 0: 25 GB/s') + gpu(1, 'Link 0: <inactive>'), ok([uuid(0), [up(0, 25)]], [uuid(1), [down(0)]])],
    ['a GPU in MIG mode has no entry', gpu(0, MIG) + gpu(1, 'Link 0: 25 GB/s'), ok([uuid(1), [up(0, 25)]])],
    ['a GPU of which all are down has an empty list', gpu(0, ALL_DOWN) + gpu(1, 'Link 0: 25 GB/s'), ok([uuid(0), []], [uuid(1), [up(0, 25)]])],
    ['a GPU with a line that cannot be read has no entry', gpu(0, 'Link 0: 25 GB/s', 'Link 1: fast') + gpu(1, 'Link 0: 25 GB/s'), ok([uuid(1), [up(0, 25)]])],
    ['nor has one that is lost', gpu(0, 'GPU is lost') + gpu(1, 'Link 0: 25 GB/s'), ok([uuid(1), [up(0, 25)]])],
    ['a warning before it does not matter', `WARNING: infoROM is corrupted\r\n${gpu(0, 'Link 0: 25 GB/s').replaceAll('\n', '\r\n')}`, ok([uuid(0), [up(0, 25)]])],
    ['no output is no NVLink', '', none],
    ['nor is there any of boards without it', gpu(0, PCIE) + gpu(1), none],
    ['nor can it be asked for in MIG mode', gpu(0, MIG), none],
    ['garbage tells nothing', 'Failed to initialize NVML: Unknown Error\n', untold],
    ['lost GPUs tell nothing', gpu(0, 'GPU is lost') + gpu(1, MIG), untold],
    ['a cut line tells nothing', gpu(0, 'Link 0: 25 GB'), untold],
  ];
  for (const [name, text, look] of table) {
    it(name, () => assert.deepEqual(parseNvlinkStatus(text), look));
  }

  it('a cut output has no link in another state', () => {
    const whole = Array.from({ length: 3 }, (_, index) => gpu(index, ...Array.from({ length: 12 }, (_, link) => (link === 4 ? `Link ${link}: <inactive>` : `Link ${link}: 26.562 GB/s`)))).join('');
    const expected = parseNvlinkStatus(whole);
    if (expected.kind !== 'ok') throw new Error(expected.message);
    for (let end = 0; end < whole.length; end += 1) {
      const cut = parseNvlinkStatus(whole.slice(0, end));
      if (cut.kind !== 'ok') continue;
      for (const [name, links] of cut.links) assert.deepEqual(links, expected.links.get(name)?.slice(0, links.length));
    }
  });

  it('never throws', () => {
    fc.assert(fc.property(fc.array(fc.oneof(anyText, fc.constantFrom(gpu(0), 'Link 0: 25 GB/s', MIG, PCIE))), (lines) => {
      assert.include(['ok', 'none', 'untold'], parseNvlinkStatus(lines.join('\n')).kind);
    }));
  });
});
