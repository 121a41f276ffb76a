import { assert } from 'chai';
import { normalAddress } from '../../../../plugins/gpu-monitor/smi/address.ts';

describe('the PCI address of a GPU', () => {
  const table: readonly (readonly [written: string, address: string | undefined])[] = [
    ['00000000:53:00.0', '0000:53:00.0'],
    ['00000000:0A:00.0', '0000:0a:00.0'],
    ['0000:0a:00.0', '0000:0a:00.0'],
    ['00000009:01:00.0', '0009:01:00.0'],
    ['00010000:E1:00.0', '10000:e1:00.0'],
    ['10000:e1:00.0', '10000:e1:00.0'],
    ['C0D3:00:00.0', 'c0d3:00:00.0'],
    ['PCI:0000:9b:00', '0000:9b:00.0'],
    ['0000:9B:1f', '0000:9b:1f.0'],
    ['PCI:0000:9b:00.1', '0000:9b:00.1'],
    [' 00000000:53:00.0\r\n', '0000:53:00.0'],
    ['', undefined],
    ['N/A', undefined],
    ['53:00.0', undefined],
    ['0000:53', undefined],
    ['0000:53:00.', undefined],
    ['0000:53:00.8', undefined],
    ['0000:53:20.0', undefined],
    ['0000:5g:00.0', undefined],
    ['000000000:53:00.0', undefined],
    ['0000:53:00.0 0000:54:00.0', undefined],
  ];
  for (const [written, address] of table) {
    it(`${JSON.stringify(written)} is ${address ?? 'none'}`, () => assert.equal(normalAddress(written), address));
  }
});
