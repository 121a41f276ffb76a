import { assert } from 'chai';
import { mkdirSync, readFileSync, readlinkSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { type Recording, openRecording } from '../../../cli/recording.ts';
import { type Folder, temporaryFolder } from '../../support/eventually.ts';

const GPU = (id: string, pending: string): string => [
  `\t<gpu id="${id}">`, '\t\t<uuid>GPU-1</uuid>', '\t\t<remapped_rows>', `\t\t\t<remapped_row_pending>${pending}</remapped_row_pending>`, '\t\t</remapped_rows>',
  '\t\t<pci>', '\t\t\t<replay_counter>106</replay_counter>', '\t\t</pci>', '\t</gpu>', '',
].join('\n');
const XML = `<nvidia_smi_log>\n\t<attached_gpus>2</attached_gpus>\n${GPU('00000000:18:00.0', 'No')}${GPU('00000000:5D:00.0', 'No')}</nvidia_smi_log>\n`;
const QUERY = { command: '/usr/bin/nvidia-smi', args: ['-q', '-x'], timeoutMs: 1_000, maxOutputBytes: 1_000_000 };

/** A machine without GPUs, its variant `gpus` with two, and `sick`, a variant of that. */
function write(folder: Folder, variant: object): string {
  const file = (path: string, text: string): void => {
    mkdirSync(dirname(folder.file(path)), { recursive: true });
    writeFileSync(folder.file(path), text);
  };
  file('machine/root/proc/uptime', '99.50 12.00\n');
  file('machine/root/etc/hostname', 'worker-7\n');
  file('machine/statfs.json', '{}');
  file('gpus/variant.json', JSON.stringify({ of: 'machine', sick: 'it got two GPUs', expect: [], edits: [{ file: 'etc/hostname', text: 'gpu-1\n' }] }));
  file('gpus/add/smi/query.xml', XML);
  file('gpus/add/smi/nvlink.txt', 'GPU 0: A (UUID: GPU-1)\n');
  file('gpus/add/root/etc/hostname', 'laid over\n');
  file('gpus/add/root/dev/kmsg', '6,41,1000000,-;NVRM: loading\n');
  mkdirSync(folder.file('gpus/add/root/sys/bus/pci/devices/0000:18:00.0'), { recursive: true });
  symlinkSync('../../drivers/nvidia', folder.file('gpus/add/root/sys/bus/pci/devices/0000:18:00.0/driver'));
  file('sick/variant.json', JSON.stringify({ of: 'gpus', sick: 'it fell ill', expect: [], edits: [], ...variant }));
  return folder.file('sick');
}

describe('a recorded host with GPUs', () => {
  let folder: Folder;
  beforeEach(() => (folder = temporaryFolder()));
  afterEach(() => folder[Symbol.dispose]());

  const open = (edits: readonly object[], later: readonly object[] = []): Recording => openRecording(write(folder, { edits, later }));
  const text = ({ root }: Recording, path: string): string => readFileSync(join(root, path), 'utf8');

  async function printed({ runSmi }: Recording, args: readonly string[] = QUERY.args): Promise<string> {
    const result = await runSmi({ ...QUERY, args });
    return result.kind === 'exited' ? result.stdout : result.kind;
  }

  it('has whole files laid over the machine, links too, before its edits', async () => {
    using recording = open([]);
    assert.equal(text(recording, 'etc/hostname'), 'gpu-1\n');
    assert.equal(text(recording, 'proc/uptime'), '99.50 12.00\n');
    assert.equal(readlinkSync(join(recording.root, 'sys/bus/pci/devices/0000:18:00.0/driver')), '../../drivers/nvidia');
    assert.equal(await printed(recording), XML);
    assert.equal(await printed(recording, ['nvlink', '-s']), 'GPU 0: A (UUID: GPU-1)\n');
  });

  it('says of one GPU what its edits say, whatever the case of the address, and nothing else', async () => {
    using recording = open([{ gpu: '0000:5d:00.0', element: 'remapped_rows/remapped_row_pending', text: 'Yes' }]);
    assert.equal(await printed(recording), XML.replace(GPU('00000000:5D:00.0', 'No'), GPU('00000000:5D:00.0', 'Yes')));
  });

  it('replaces a block by a text, without which the output would be no XML', async () => {
    using recording = open([{ gpu: '0000:18:00.0', element: 'remapped_rows', text: '<lost> & gone' }]);
    assert.include(await printed(recording), '<remapped_rows>&lt;lost&gt; &amp; gone</remapped_rows>');
  });

  it('counts further with each look', async () => {
    using recording = open([], [{ gpu: '0000:5d:00.0', element: 'pci/replay_counter', add: 900 }]);
    recording.step();
    recording.step();
    assert.deepEqual((await printed(recording)).match(/<replay_counter>\d+/g), ['<replay_counter>106', '<replay_counter>1906']);
  });

  it('leaves a GPU out, and goes on telling of the others', async () => {
    using recording = open([{ gpu: '0000:18:00.0', remove: true }]);
    assert.equal(await printed(recording), XML.replace(GPU('00000000:18:00.0', 'No').trimStart(), '').replace('\t\t<gpu', '\t<gpu'));
  });

  it('logs further lines, numbered on and at the time that it is there', () => {
    using recording = open([{ kmsg: ['NVRM: a', 'NVRM: b'] }], [{ kmsg: ['NVRM: c'] }]);
    recording.step();
    assert.equal(text(recording, 'dev/kmsg'), [
      '6,41,1000000,-;NVRM: loading', '3,42,99500000,-;NVRM: a', '3,43,99500001,-;NVRM: b', '3,44,99500000,-;NVRM: c', '',
    ].join('\n'));
    recording.recover();
    assert.equal(text(recording, 'dev/kmsg').split('\n').length, 3);
  });

  it('has links where its edits put them', () => {
    using recording = open([{ file: 'sys/bus/pci/devices/0000:18:00.0/driver', link: '../../drivers/vfio-pci' }]);
    assert.equal(readlinkSync(join(recording.root, 'sys/bus/pci/devices/0000:18:00.0/driver')), '../../drivers/vfio-pci');
  });

  for (const [answer, kind] of [[{ hung: true }, 'timed-out'], [{ uninterruptible: true }, 'abandoned'], [{ starved: true }, 'timed-out']] as const) {
    it(`has an nvidia-smi that is ${Object.keys(answer).join()}`, async () => {
      using recording = open([{ smi: answer }]);
      assert.equal((await recording.runSmi(QUERY)).kind, kind);
      recording.recover();
      assert.equal((await recording.runSmi(QUERY)).kind, 'exited');
    });
  }

  it('has one that ends at last when the host is well again, though nobody could kill it', async () => {
    using recording = open([{ smi: { uninterruptible: true } }]);
    const result = await recording.runSmi(QUERY);
    recording.recover();
    assert.equal(result.kind, 'abandoned');
    if (result.kind === 'abandoned') await result.ended;
  });

  it('has none where its edits say that it is missing', () => {
    using recording = open([{ smi: { missing: true } }]);
    assert.equal(recording.locateSmi(recording.root, undefined).kind, 'missing');
    recording.recover();
    assert.deepEqual(recording.locateSmi(recording.root, undefined), { kind: 'found', path: '/usr/bin/nvidia-smi', environment: {} });
  });

  it('ends with the code and the words that its edits say, one over the other', async () => {
    using recording = open([{ smi: { exitCode: 15, stderr: 'lost\n' } }, { smi: { exitCode: 9, stdout: 'no driver\n' } }]);
    assert.deepEqual(await recording.runSmi(QUERY), { kind: 'exited', code: 9, signal: null, stdout: 'no driver\n', stderr: 'lost\n' });
  });

  it('does not know what was not recorded', async () => {
    using recording = open([]);
    assert.deepEqual(await recording.runSmi({ ...QUERY, args: ['--query-gpu=uuid'] }), { kind: 'exited', code: 2, signal: null, stdout: '', stderr: 'not in this recording\n' });
  });

  const wrong: readonly { readonly edit: object; readonly says: string }[] = [
    { edit: { gpu: '0000:99:00.0', element: 'uuid', text: '' }, says: 'edits[0] (0000:99:00.0 uuid): no GPU "0000:99:00.0" in smi/query.xml' },
    { edit: { gpu: '0000:18:00.0', element: 'pci/nothing', text: '' }, says: 'edits[0] (0000:18:00.0 pci/nothing): no element "nothing" of this GPU in smi/query.xml' },
    { edit: { gpu: '0000:18:00.0', element: 'uuid', add: 1 }, says: 'edits[0] (0000:18:00.0 uuid): expected a number in the element, got "GPU-1"' },
    { edit: { gpu: '0000:18:00.0', remove: false }, says: 'edits[0]: the keys "gpu", "remove" form no edit; known are ' },
    { edit: { smi: { exitcode: 1 } }, says: 'edits[0].smi: unknown key "exitcode"; known are exitCode, stdout, stderr, hung, uninterruptible, starved, missing' },
    { edit: { smi: { hung: 'yes' } }, says: 'edits[0].smi.hung: expected a boolean, got "\\"yes\\""' },
    { edit: { kmsg: 'NVRM' }, says: 'edits[0].kmsg: expected a list of lines, got "\\"NVRM\\""' },
  ];
  for (const { edit, says } of wrong) {
    it(`with a wrong edit says which, and why: ${says}`, () => {
      const variant = write(folder, { edits: [edit] });
      assert.throws(() => openRecording(variant), `${join(variant, 'variant.json')}: ${says}`);
    });
  }
});
