import { assert } from 'chai';
import { existsSync, globSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Check, Look } from '../../../plugins/core/check.ts';
import { type Verdict, problem, unknown, unknownOf } from '../../../plugins/core/verdict.ts';
import { gpuChecks } from '../../../plugins/gpu-monitor/checks/index.ts';
import { rollUpNames } from '../../../plugins/gpu-monitor/roll-ups.ts';
import type { GpuSettings } from '../../../plugins/gpu-monitor/settings.ts';
import { parseSmiXml } from '../../../plugins/gpu-monitor/smi/xml.ts';
import { temporaryFolder } from '../../support/eventually.ts';
import { inventoryOf, lookWith, sourcesOf } from './scene.ts';

/** Outputs of `nvidia-smi -q -x` of many machines, which are not ours to keep. */
const CORPUS = join(import.meta.dirname, '../../../../shared/corpus/gpu');
const isPresent = existsSync(CORPUS);
const SICK = 'k8s-test-infra/qx-gb200-lost.xml';
const LINKS = 'gpud/nvidia-smi.nvlink.status.a100';
/** Four GPUs were there, and whoever kept it left one of them: the others are rightly unknown. */
const CUT_DOWN = 'telegraf/a100-sxm4-v12.xml';
const healthyFiles = (isPresent ? globSync('*/*.xml', { cwd: CORPUS }) : []).filter((file) => file !== SICK).toSorted();

interface Found {
  readonly check: Check<GpuSettings>;
  readonly look: Look;
}

/** Two looks with all checks at a machine that gives this output; the second's findings, with events of both. */
async function looksAt(file: string, nvlink = ''): Promise<readonly Found[]> {
  using folder = temporaryFolder();
  mkdirSync(folder.file('proc'));
  const xml = readFileSync(join(CORPUS, file), 'utf8');
  const sources = sourcesOf({ query: { stdout: xml }, nvlink }, inventoryOf(parseSmiXml(xml).gpus.map(({ address }) => address)));
  const found: Found[] = [];
  const uptime = (seconds: number): void => writeFileSync(folder.file('proc/uptime'), `${seconds}.00 0.00\n`);
  for (const check of gpuChecks(sources, rollUpNames)) {
    uptime(1_000);
    const first = await lookWith(check, folder.path);
    uptime(1_030);
    const second = await lookWith(check, folder.path, { look: first });
    found.push({ check, look: { ...second, events: [...(first.events ?? []), ...(second.events ?? [])] } });
  }
  return found;
}

/** By check: what is neither healthy nor not applicable. */
function findings(found: readonly Found[]): Readonly<Record<string, readonly Verdict[]>> {
  const named = found.map(({ check, look }) => [check.name, look.verdicts.filter(({ kind }) => kind === 'problem' || kind === 'unknown')] as const);
  return Object.fromEntries(named.filter(([, verdicts]) => verdicts.length > 0));
}

describe(isPresent ? 'the corpus through all checks' : 'the corpus through all checks (skipped: ../shared/corpus is not there)', () => {
  before(function () {
    if (!isPresent) this.skip();
  });

  it('is there', () => assert.isAtLeast(healthyFiles.length, 12));

  for (const file of healthyFiles.filter((name) => name !== CUT_DOWN)) {
    it(`is healthy, without an event and without anything that cannot be told: ${file}`, async () => {
      const found = await looksAt(file);
      assert.deepEqual(findings(found), {});
      assert.deepEqual(found.flatMap(({ look }) => look.events ?? []), []);
      assert.isTrue(found.some(({ look }) => look.verdicts.some(({ kind }) => kind === 'healthy')));
    });
  }

  it(`is healthy as far as it goes: ${CUT_DOWN}`, async () => {
    const found = await looksAt(CUT_DOWN);
    const others = [unknownOf('others', 'the output of nvidia-smi -q -x is not whole')];
    assert.deepEqual(findings(found), {
      missing: [unknown('the output of nvidia-smi is not whole')], 'memory-fault': others, temperature: others, throttled: others, fabric: others, pcie: others, recovery: others,
      'npd-ext': [unknownOf('others', 'the output of nvidia-smi is not whole')],
    });
    assert.deepEqual(found.flatMap(({ look }) => look.events ?? []), []);
  });

  it('has NVLinks that are all active', async () => {
    const found = await looksAt('k8s-test-infra/hardware_qx-h100.xml', readFileSync(join(CORPUS, LINKS), 'utf8'));
    assert.deepEqual(findings(found), {});
  });

  it('names the second GPU, and only it, as lost, and the memory of the first as faulty', async () => {
    const found = await looksAt(SICK);
    const [first, second] = ['GPU 0000:0a:00.0 (GPU-b200b200-0000-0000-0000-000000000000, serial 1562849103700)', 'GPU 0000:0b:00.0 (GPU-b200b200-0000-0000-0000-000000000001, serial 1562849103701)'];
    const lost = unknownOf('0000:0b:00.0', `${second}: is lost, see GPUMissing`);
    assert.deepEqual(findings(found), {
      missing: [problem('GPULost', '0000:0b:00.0', `${second}: nvidia-smi says that the GPU is lost`)],
      'memory-fault': [
        problem('UncorrectableEccError', '0000:0a:00.0 · ecc', `${first}: uncorrectable ECC errors since the driver was loaded (limit 0)`),
        problem('RowRemapFailed', '0000:0a:00.0 · remapped_row_failure', `${first}: a bad memory row could not be replaced (remapped_row_failure is Yes)`),
        lost,
      ],
      temperature: [lost], throttled: [lost], fabric: [lost], pcie: [lost], recovery: [lost],
      'npd-ext': [unknownOf('0000:0b:00.0', `${second}: temperature or memory cannot be read`)],
    });
  });
});
