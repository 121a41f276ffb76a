import { assert } from 'chai';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isDocumented, xidRow } from '../../../../plugins/gpu-monitor/xid/catalogue.ts';
import { XID_ROWS } from '../../../../plugins/gpu-monitor/xid/catalogue-data.ts';
import type { XidClass } from '../../../../plugins/gpu-monitor/xid/classes.ts';
import { decodeNvlink5 } from '../../../../plugins/gpu-monitor/xid/nvlink5.ts';
import { SXID_ROWS, isDocumentedSxid, sxidClass } from '../../../../plugins/gpu-monitor/xid/sxid.ts';

/** Every XID, by class; see docs.nvidia.com/deploy/xid-errors. */
const CLASSES: Readonly<Record<XidClass, string>> = {
  ignore: '14 37 106-107 162',
  app: '8 11 13 25 31-32 39-41 43 60 68-72 75-77 80 82-86 88-89 94 96-105 126-135 137 139 170',
  event: `1-7 9-10 12 15-24 26-30 33-36 38 42 44-45 47 49-53 55-59 63 65-67 73 78 87 90-93 108 111-118 121-122 124-125 138 141-142 144-149 152-154
    157 159-161 163-165 168 185`,
  reset: '46 48 62 74 95 109-110 119-120 136 140 143 150 155-156 158 171',
  reboot: '61 79 123 151 166-167 169 172-173',
  rma: '54 64 81',
};

function numbersIn(text: string): readonly number[] {
  return text.trim().split(/\s+/).flatMap((part) => {
    const [first = NaN, last = first] = part.split('-').map(Number);
    return Array.from({ length: last - first + 1 }, (_, index) => first + index);
  });
}

describe('the XID catalogue', () => {
  for (const [xidClass, text] of Object.entries(CLASSES)) {
    it(`class ${xidClass}`, () => {
      assert.deepEqual(XID_ROWS.filter((row) => row.xidClass === xidClass).flatMap(({ numbers }) => numbers).toSorted((a, b) => a - b), numbersIn(text));
    });
  }

  it('has each number from 1 to 173 once, each with a meaning that is short and in one line', () => {
    const numbers = XID_ROWS.flatMap((row) => row.numbers).toSorted((a, b) => a - b);
    assert.deepEqual(numbers, [...numbersIn('1-173'), 185]);
    for (const { meaning } of XID_ROWS) assert.match(meaning, /^[A-Za-z][\w ,-]{7,60}$/);
  });

  it('what repetition makes of a number is graver than what it is', () => {
    const repeated = XID_ROWS.filter(({ again, often }) => again !== undefined || often !== undefined);
    assert.deepEqual(repeated.map(({ numbers, xidClass, again, often }) => [numbers.join(), xidClass, again, often]), [
      ['9,12', 'event', undefined, 'reboot'],
      ['48', 'reset', undefined, 'rma'],
      ['62', 'reset', undefined, 'rma'],
      ['74', 'reset', 'reboot', 'rma'],
      ['79', 'reboot', undefined, 'rma'],
      ['119', 'reset', 'reboot', 'rma'],
      ['120', 'reset', 'reboot', 'rma'],
      ['143', 'reset', undefined, 'rma'],
      ['157', 'event', undefined, 'rma'],
      ['173', 'reboot', undefined, 'rma'],
    ]);
  });

  it('a number that nobody has documented is worth a look, and no more', () => {
    assert.deepEqual(xidRow(99_999), { numbers: [99_999], meaning: 'not documented', xidClass: 'event', source: 'ours' });
    assert.deepEqual([174, 185, 186].map(isDocumented), [false, true, false]);
  });

  const KNOWLEDGE = join(import.meta.dirname, '../../../../../shared/knowledge/gpu.md');
  it(existsSync(KNOWLEDGE) ? 'has every number that was collected' : 'has every number that was collected (skipped: no collection here)', function () {
    if (!existsSync(KNOWLEDGE)) this.skip();
    const [, section = ''] = /### 3\.2 XID table\n([^]*?)\n### /.exec(readFileSync(KNOWLEDGE, 'utf8')) ?? [];
    const cells = [...section.matchAll(/^\| ([\d, –-]+) \|/gm)].map(([, cell = '']) => cell.replaceAll('–', '-').replaceAll(',', ' '));
    const numbers = cells.flatMap(numbersIn);
    assert.isAbove(numbers.length, 150);
    assert.deepEqual(numbers.filter((number) => !isDocumented(number)), []);
  });
});

describe('the SXid catalogue', () => {
  it('has each code once; what corrects itself is an event, even where the line says Fatal', () => {
    const codes = SXID_ROWS.flatMap((row) => row.codes);
    assert.equal(new Set(codes).size, codes.length);
    assert.equal(codes.length, 93);
    assert.deepEqual([11_012, 20_001, 12_030, 20_034, 22_012, 12_020, 23_017, 28_006].map((code) => sxidClass(code, true)), [
      'event', 'event', 'event', 'reset', 'reset', 'reboot', 'reboot', 'reset',
    ]);
    assert.deepEqual(new Set(codes.map((code) => sxidClass(code, false))), new Set(['event']));
    assert.deepEqual([20_034, 28_006].map(isDocumentedSxid), [true, false]);
  });
});

describe('the NVLink errors 144 to 150', () => {
  const table: readonly (readonly [number, string, string | undefined])[] = [
    [149, 'NETIR_BER_EVENT Nonfatal XC0 i0 Link 03 (0x00086226 0x00000001 0x00000000 0x00000000)', 'NETIR_BER_EVENT 3 event'],
    [145, 'RLW_RXPIPE Nonfatal XC0 i0 Link 13 (0x0409a0c2 0x00000008 0x00000001 0x00000000)', 'RLW_RXPIPE 13 event'],
    [145, 'RLW_SRC_TRACK Nonfatal XC1 i0 Link 12 (0x040988e2 0x00000008 0x00000000)', 'RLW_SRC_TRACK 12 event'],
    [149, 'NETIR Fatal XC0 i0 Link -1 (0x000fe406 0x00000000 0x00000000)', 'NETIR undefined reset'],
    [149, 'NETIR_LINK_EVT  Fatal   XC0 i0 Link 01 (0x021425c6 0x00000000 0x00000000)', 'NETIR_LINK_EVT 1 reset'],
    [149, 'NETIR_LINK_EVT Fatal XC0 i0 Link 08 (0x004505c6 0x00000000)', 'NETIR_LINK_EVT 8 reset'],
    // The host itself brought the link down.
    [149, 'NETIR_LINK_EVT Fatal XC0 i0 Link 08 (0x028001c6 0x00000000)', 'NETIR_LINK_EVT 8 event'],
    [149, 'NETIR_LINK_EVT Fatal XC0 i0 Link 08 (0x02600011 0x00000000)', 'NETIR_LINK_EVT 8 event'],
    [145, 'RLW_CTRL Nonfatal XC0 i0 Link 00 (0x00000003 0x80000000 0x00000000)', 'RLW_CTRL 0 event'],
    [145, 'RLW_REMAP Fatal XC0 i0 Link 00 (0x00000004 0x00000040)', 'RLW_REMAP 0 reset'],
    [145, 'RLW_REMAP Nonfatal XC0 i0 Link 00 (0x00000004 0x00000040)', 'RLW_REMAP 0 event'],
    [145, 'RLW_REMAP Nonfatal XC0 i0 Link 00 (0x00000004 0x00000100)', 'RLW_REMAP 0 ignore'],
    [145, 'RLW_REMAP Nonfatal XC0 i0 Link 00 (0x00000004 0x00000001)', 'RLW_REMAP 0 event'],
    [144, 'SAW_MVB Fatal XC0 i0 Link 00 (0x00000001 0x00000002)', 'SAW_MVB 0 reset'],
    [144, 'SAW_MVB Nonfatal XC0 i0 Link 00 (0x00000001 0x00000004)', 'SAW_MVB 0 ignore'],
    [144, 'SAW_EGR Nonfatal XC0 i0 Link 00 (0x00000004 0x00000001)', 'SAW_EGR 0 event'],
    [144, 'SAW_EGR Fatal XC0 i0 Link 00 (0x00000004 0x00000001)', 'SAW_EGR 0 reset'],
    // A name that is new, with bits that are not: first of the older layout, then of the later one.
    [146, 'TLW_NEW Fatal XC0 i0 Link 00 (0x00000163 0x00000001)', 'TLW_NEW 0 ignore'],
    [146, 'TLW_NEW Fatal XC0 i0 Link 00 (0x0000040d 0x00000004)', 'TLW_NEW 0 reset'],
    [146, 'TLW_RX/TLW_RX_PIPE1 Fatal XC0 i0 Link 00 (0x0000000b 0x00000004)', 'TLW_RX 0 reset'],
    [147, 'TREX Nonfatal XC0 i0 Link 00 (0x0000000e 0x00000001)', 'TREX 0 event'],
    [148, 'NVLPW_CTRL/NVLPW Nonfatal XC0 i0 Link 00 (0x0000000f 0x80000000)', 'NVLPW_CTRL 0 event'],
    [149, 'NETIR_MFDE_EVENT Fatal XC0 i0 Link 00 (0x00000014 0x00000007)', 'NETIR_MFDE_EVENT 0 reset'],
    [149, 'NETIR_MFDE_EVENT Nonfatal XC0 i0 Link 00 (0x00000014 0x00000003)', 'NETIR_MFDE_EVENT 0 ignore'],
    [150, 'MSE_WATCHDOG Fatal XC0 i0 Link 00 (0x00000000 0x00000000)', 'MSE_WATCHDOG 0 reset'],
    // A combination that nobody has documented.
    [145, 'RLW_REMAP Fatal XC0 i0 Link 00 (0x00000004 0x00000400)', 'RLW_REMAP 0 reset'],
    [145, 'RLW_REMAP Nonfatal XC0 i0 Link 00 (0x00000004 0x00000400)', 'RLW_REMAP 0 event'],
    [149, 'NETIR Fatal XC0 i0 Link -1 (0x000fe406', undefined],
    [144, 'something else', undefined],
  ];
  for (const [xid, detail, want] of table) {
    it(`${xid}, ${detail}`, () => {
      const decoded = decodeNvlink5(xid, detail);
      assert.equal(decoded && `${decoded.unit} ${decoded.link} ${decoded.xidClass}`, want);
    });
  }
});
