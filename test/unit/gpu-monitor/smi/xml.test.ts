import { assert } from 'chai';
import type { Field } from '../../../../plugins/gpu-monitor/smi/field.ts';
import { FIELDS } from '../../../../plugins/gpu-monitor/smi/fields.ts';
import type { FieldName, GpuRecord, SmiDocument } from '../../../../plugins/gpu-monitor/smi/record.ts';
import { parseSmiXml } from '../../../../plugins/gpu-monitor/smi/xml.ts';
import { DRIVERS, FAMILIES } from '../../../support/smi-leaves.ts';
import { changedLeaves, fieldsIn, type SmiChange, smiXml, versionOf } from '../../../support/smi-xml.ts';

const ALL_FIELDS = Object.keys(FIELDS) as readonly FieldName[];

/** The only GPU of a text. */
function only(text: string): GpuRecord {
  const [gpu, ...more] = parseSmiXml(text).gpus;
  if (gpu === undefined || more.length > 0) throw new Error('expected one GPU');
  return gpu;
}

function one(change: SmiChange): string {
  return smiXml({ gpus: 1, change: () => change });
}

function shapeOf({ driverVersion, attachedGpus, gpus, isWhole }: SmiDocument): unknown {
  return { driverVersion, attachedGpus, gpus: gpus.map(({ address, index }) => `${index} ${address}`), isWhole };
}

describe('the XML of nvidia-smi', () => {
  for (const driver of DRIVERS) {
    for (const family of FAMILIES) {
      const sample = { driver, family, gpus: 1 };
      const fields = fieldsIn(sample);

      it(`each field is read from where ${driver} has it, of a ${family} board`, () => {
        for (const name of fields) {
          const text = `text of ${name}`;
          assert.deepEqual(only(smiXml({ ...sample, change: () => ({ [name]: text }) })).fields[name], { kind: 'value', text }, name);
        }
      });

      it(`fields that ${driver} does not print of a ${family} board are absent`, () => {
        const record = only(smiXml(sample));
        // One text stands for all of the block.
        const below = changedLeaves(sample, 0).some(([path, text]) => path === 'remapped_rows' && text === 'N/A') ? 'remap' : '-';
        const missing = ALL_FIELDS.filter((name) => !fields.includes(name) && !name.startsWith(below));
        assert.deepEqual(missing.filter((name) => record.fields[name].kind !== 'absent'), []);
      });
    }

    it(`${driver} tells its version and its GPUs`, () => {
      assert.deepEqual(shapeOf(parseSmiXml(smiXml({ driver, gpus: 2 }))),
        { driverVersion: versionOf(driver), attachedGpus: 2, gpus: ['0 0000:18:00.0', '1 0000:2a:00.0'], isWhole: true });
    });
  }

  for (let gpus = 1; gpus <= 16; gpus += 1) {
    it(`${gpus} GPUs are ${gpus} GPUs, each with its own values`, () => {
      const document = parseSmiXml(smiXml({ gpus, change: (gpu) => ({ temperature: `${40 + gpu} C` }) }));
      assert.deepEqual([document.isWhole, new Set(document.gpus.map(({ address }) => address)).size], [true, gpus]);
      assert.deepEqual(document.gpus.map(({ fields }) => fields.temperature), Array.from({ length: gpus }, (_, gpu): Field => ({ kind: 'value', text: `${40 + gpu} C` })));
    });
  }

  it('what MIG devices have is not taken for what the GPU has', () => {
    const { memoryTotal, volatileSramUncorrectableParity, utilizationGpu, migMode } = only(smiXml({ gpus: 1, mig: true })).fields;
    assert.deepEqual([memoryTotal, volatileSramUncorrectableParity, utilizationGpu, migMode],
      [{ kind: 'value', text: '81559 MiB' }, { kind: 'value', text: '0' }, { kind: 'unsupported', text: 'N/A' }, { kind: 'value', text: 'Enabled' }]);
  });

  it('a guest with a share of a GPU has nearly nothing, and 0 degrees as it prints them', () => {
    const { fields } = only(smiXml({ gpus: 1, family: 'vgpu' }));
    assert.deepEqual([fields.temperature, fields.powerDraw, fields.replayCounter, fields.virtualizationMode],
      [{ kind: 'value', text: '0 C' }, { kind: 'unsupported', text: 'N/A' }, { kind: 'unsupported', text: 'N/A' }, { kind: 'value', text: 'VGPU' }]);
  });

  it('a text instead of a block stands for all of it', () => {
    const { fields } = only(one({ remapped_rows: 'GPU is lost', 'fabric/health': 'N/A', 'temperature/': 'GPU is lost', ecc_errors: '[GPU requires reset]', mig_mode: '\n\t\t\tUnknown Error\n\t\t' }));
    const lost = { kind: 'lost', text: 'GPU is lost' };
    assert.deepEqual([fields.remapPending, fields.remapBanksNone, fields.temperature, fields.slowdownMargin], [lost, lost, lost, lost]);
    assert.deepEqual([fields.fabricHealth, fields.fabricState], [{ kind: 'unsupported', text: 'N/A' }, { kind: 'value', text: 'Completed' }]);
    assert.deepEqual([fields.channelRepairPending, fields.migMode], [{ kind: 'reset-required', text: '[GPU requires reset]' }, { kind: 'failed', text: 'Unknown Error' }]);
  });

  const power: readonly (readonly [average: string, instant: string, draw: unknown])[] = [
    ['70.00 W', '60.00 W', { kind: 'value', text: '70.00 W' }],
    ['N/A', '60.00 W', { kind: 'value', text: '60.00 W' }],
    ['N/A', 'Unknown Error', { kind: 'failed', text: 'Unknown Error' }],
    ['N/A', 'N/A', { kind: 'unsupported', text: 'N/A' }],
  ];
  for (const [average, instant, draw] of power) {
    it(`of an average of ${average} and an instant draw of ${instant} the better one counts`, () => {
      const text = one({ 'gpu_power_readings/average_power_draw': average, 'gpu_power_readings/instant_power_draw': instant });
      assert.deepEqual(only(text).fields.powerDraw, draw);
    });
  }

  const intact = smiXml({ gpus: 2 });
  const same: Readonly<Record<string, string>> = {
    'Windows line ends': intact.replaceAll('\n', '\r\n'),
    'blanks for tabs': intact.replaceAll('\t', '    '),
    'no white space between elements': intact.replaceAll(/>\s+</g, '><'),
    'white space around texts': intact.replaceAll(/>([^<>\s][^<>]*)</g, '>\n $1 \n<'),
    'no document type': intact.replace(/<!DOCTYPE[^>]*>/, ''),
    'a document type with its grammar': intact.replace(/<!DOCTYPE[^>]*>/, '<!DOCTYPE nvidia_smi_log [ <!ELEMENT nvidia_smi_log (timestamp, gpu*)> <!ELEMENT gpu (uuid)> ]>'),
    'warnings before and behind it': `WARNING: infoROM is corrupted at gpu 0000:18:00.0\n${intact}\nWARNING: <gpu id="00000000:99:00.0"> </gpu>\n`,
    comments: intact.replaceAll('<temperature>', '<!-- <temperature><gpu_temp>99 C</gpu_temp> --><temperature>').replaceAll('</gpu_temp>', '</gpu_temp><!-- - -->'),
    attributes: intact.replaceAll('<gpu_temp>', '<gpu_temp unit="celsius">').replaceAll('<temperature>', "<temperature a='b'>").replaceAll('<gpu id', '<gpu a="b" id'),
    'empty elements in short': intact.replaceAll('<fabric>', '<short/><short a="b"/><fabric>'),
    'unknown blocks': intact.replaceAll('<fabric>', '<new><temperature><gpu_temp>99 C</gpu_temp></temperature><broken></new><fabric>'),
    'no clocks': smiXml({ gpus: 2, withSupportedClocks: false }),
    'clocks of which an end is missing': intact.replaceAll('</supported_mem_clock>', ''),
    'clocks of which a start is missing': intact.replaceAll('<supported_mem_clock>', ''),
    'clocks that were cut off in a tag': intact.replaceAll(/<supported_graphics_clock>345 MHz[\s\S]*?<\/supported_mem_clock>/g, '<supported_graphics_cl'),
    'clocks that never end': intact.replaceAll('</supported_clocks>', ''),
    'clocks that end twice': intact.replaceAll('</supported_clocks>', '</supported_clocks></supported_mem_clock></supported_clocks>'),
    'processes with tags in their names': intact.replaceAll('python3', '<python3></used_memory><a'),
  };
  for (const [name, text] of Object.entries(same)) {
    it(`reads the same with ${name}`, () => assert.deepEqual(parseSmiXml(text), parseSmiXml(intact)));
  }

  it('entities in names are told as characters', () => {
    assert.deepEqual(only(one({ productName: 'A & B < C' })).fields.productName, { kind: 'value', text: 'A & B < C' });
    assert.deepEqual(only(one({}).replace('NVIDIA H100 80GB HBM3', '&quot;A&quot; &amp;lt; &gt; &nbsp; &')).fields.productName, { kind: 'value', text: '"A" &lt; > &nbsp; &' });
  });

  it('the address may stand in the GPU alone', () => {
    assert.equal(only(one({}).replace(/<gpu id=[^>]*>/, '<gpu>')).address, '0000:18:00.0');
    assert.equal(only(one({ 'pci/pci_bus_id': undefined })).address, '0000:18:00.0');
  });

  it('the version may stand under its newer name alone', () => {
    assert.equal(parseSmiXml(smiXml({ driver: '610' }).replace(/<driver_version>.*/, '')).driverVersion, versionOf('610'));
  });
});

describe('the XML of nvidia-smi is not whole', () => {
  const healthy = smiXml({ gpus: 3, withSupportedClocks: false });
  const all = ['0000:18:00.0', '0000:2a:00.0', '0000:3a:00.0'];
  const [a = '', b = '', c = ''] = all;
  const version = versionOf('580');
  const table: readonly (readonly [name: string, text: string, version: string | undefined, gpus: readonly string[]])[] = [
    ['without a log', 'NVIDIA-SMI has failed because it could not communicate with the NVIDIA driver.\n', undefined, []],
    ['where it is empty', '', undefined, []],
    ['without its end', healthy.replace('</nvidia_smi_log>', ''), version, all],
    ['where a GPU has no end', healthy.replace('</gpu>', ''), version, [b, c]],
    ['where a GPU has no address', healthy.replace('gpu id="00000000:2A:00.0"', 'gpu id="N/A"'), version, [a, c]],
    ['where two GPUs have one address', healthy.replace('gpu id="00000000:3A:00.0"', 'gpu id="00000000:2A:00.0"'), version, [a, b]],
    ['where a judged block has no end', healthy.replace('</temperature>', ''), version, [b, c]],
    ['where a judged block has no start', healthy.replace('<temperature>', ''), version, [b, c]],
    ['where a block that nobody judges has no end', healthy.replace('</max_clocks>', ''), version, [b, c]],
    ['where a GPU says nothing of itself', healthy.replace(/(<gpu id="00000000:2A:00.0">)[\s\S]*?(<\/gpu>)/, '$1$2'), version, [a, c]],
    ['where it says that there are more GPUs', healthy.replace('<attached_gpus>3', '<attached_gpus>4'), version, all],
    ['where it says that there are fewer GPUs', healthy.replace('<attached_gpus>3', '<attached_gpus>2'), version, all],
  ];
  for (const [name, text, driverVersion, gpus] of table) {
    it(`${name}, and those that can be read are kept`, () => {
      const document = parseSmiXml(text);
      assert.deepEqual([document.driverVersion, document.gpus.map(({ address }) => address), document.isWhole], [driverVersion, gpus, false]);
      assert.deepEqual(document.gpus.map(({ index }) => index), gpus.map((address) => all.indexOf(address)));
    });
  }

  it('and is whole without GPUs if it says that there are none', () => {
    const text = smiXml({ gpus: 0 });
    assert.deepEqual(shapeOf(parseSmiXml(text)), { driverVersion: version, attachedGpus: 0, gpus: [], isWhole: true });
  });

  it('and has its end, though it says that there are others, unless one of them cannot be read', () => {
    const rows: readonly (readonly [string, readonly (boolean | undefined)[]])[] = [
      [healthy, [true, true]],
      [healthy.replace('<attached_gpus>3', '<attached_gpus>4'), [false, true]],
      [healthy.replace('<attached_gpus>3', '<attached_gpus>2'), [false, false]],
      [healthy.replace('<attached_gpus>3', '<attached_gpus>4').replace('</gpu>', ''), [false, false]],
      [healthy.replace('<attached_gpus>3', '<attached_gpus>4').replace('</nvidia_smi_log>', ''), [false, false]],
    ];
    for (const [text, shown] of rows) {
      const { isWhole, isClosed } = parseSmiXml(text);
      assert.deepEqual([isWhole, isClosed], shown);
    }
  });

  it('and is whole if it does not say how many GPUs there are', () => {
    assert.deepEqual(shapeOf(parseSmiXml(healthy.replace('<attached_gpus>3', '<attached_gpus>some'))), { driverVersion: version, attachedGpus: undefined, gpus: all.map((address, index) => `${index} ${address}`), isWhole: true });
  });
});
