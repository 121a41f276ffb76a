import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { assert } from 'chai';
import * as fc from 'fast-check';
import { parseErrorCount, readMemoryControllers } from '../../../../plugins/linux/sys/edac.ts';

const FOLDER = 'sys/devices/system/edac/mc';
const CORPUS = join(import.meta.dirname, '../../../../../shared/corpus/host/prometheus-node_exporter');

describe('/sys/devices/system/edac/mc', () => {
  let root = '';
  const write = (path: string, text: string): void => {
    mkdirSync(dirname(join(root, FOLDER, path)), { recursive: true });
    writeFileSync(join(root, FOLDER, path), text);
  };
  const writeModule = (name: string, correctable: number, uncorrectable: number, label?: string): void => {
    write(`${name}/dimm_ce_count`, `${correctable}\n`);
    write(`${name}/dimm_ue_count`, `${uncorrectable}\n`);
    if (label !== undefined) write(`${name}/dimm_label`, `${label}\n`);
  };
  beforeEach(() => (root = mkdtempSync(join(tmpdir(), 'edac-'))));
  afterEach(() => rmSync(root, { recursive: true }));

  it('is empty on a machine without ECC', () => {
    assert.deepEqual(readMemoryControllers(root), []);
  });

  it('is read of each controller, and of its modules where there were errors', () => {
    for (const [name, text] of [['mc0/ce_count', '0\n'], ['mc0/ue_count', '0\n'], ['mc2/ce_count', '7\n'], ['mc2/ue_count', '1\n']] as const) write(name, text);
    writeModule('mc0/dimm0', 9, 9, 'is not looked at');
    writeModule('mc2/dimm0', 0, 0, 'never failed');
    writeModule('mc2/dimm11', 6, 0, 'CPU_SrcID#0_MC#1_Chan#1_DIMM#0');
    writeModule('mc2/rank3', 0, 1);
    assert.deepEqual(readMemoryControllers(root), [
      { name: 'mc0', correctable: 0, uncorrectable: 0, modules: [] },
      {
        name: 'mc2', correctable: 7, uncorrectable: 1, modules: [
          { name: 'rank3', correctable: 0, uncorrectable: 1, label: '' },
          { name: 'dimm11', correctable: 6, uncorrectable: 0, label: 'CPU_SrcID#0_MC#1_Chan#1_DIMM#0' },
        ],
      },
    ]);
  });

  it('one kind of errors without the other is not understood', () => {
    write('mc0/ce_count', '0\n');
    assert.throws(() => readMemoryControllers(root), '/sys/devices/system/edac/mc/mc0/ue_count: expected a number beside the other kind of errors, got ""');
  });

  for (const text of ['', '7', '\n', '-1\n', '7 \n', '12345678901\n', '7\n8\n']) {
    it(`${JSON.stringify(text)} is refused`, () => {
      assert.throws(() => parseErrorCount(text, '/sys/mc0/ce_count'), '/sys/mc0/ce_count: expected ');
    });
  }

  it('of arbitrary text gives a number only where it is one', () => {
    fc.assert(fc.property(fc.string(), (text) => {
      try {
        assert.equal(`${parseErrorCount(text, 'f')}\n`, text.replace(/^0+(?=\d)/, ''));
      } catch (error) {
        assert.include(String(error), 'f: expected ');
      }
    }));
  });

  it(`says what node_exporter says of the corpus${existsSync(CORPUS) ? '' : ' (skipped: ../shared/corpus is not there)'}`, function () {
    if (!existsSync(CORPUS)) this.skip();
    const published = readFileSync(join(CORPUS, 'e2e-output.txt'), 'utf8');
    const value = (kind: string): number => Number(new RegExp(`^node_edac_${kind}_errors_total\\{controller="0"\\} (\\d+)$`, 'm').exec(published)?.[1]);
    assert.deepEqual(readMemoryControllers(CORPUS), [{ name: 'mc0', correctable: value('correctable'), uncorrectable: value('uncorrectable'), modules: [] }]);
  });
});
