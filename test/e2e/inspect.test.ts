import { Ajv2020 } from 'ajv/dist/2020.js';
import { assert } from 'chai';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { NodeReport } from '../../plugins/host-inspector/report/model.ts';
import { temporaryFolder } from '../support/eventually.ts';
import { hostTree } from '../support/host-tree.ts';
import { decodeKubeowler } from '../support/kubeowler-decoder.ts';
import { runToEnd } from '../support/program.ts';

const SCHEMA = readFileSync(join(import.meta.dirname, '../../docs/node-report.schema.json'), 'utf8');
const validate = new Ajv2020({ strict: true, allowUnionTypes: true }).compile(JSON.parse(SCHEMA));

describe('npd-plugins inspect', () => {
  it('tells this very machine as the schema says, with what systeminformation says in a child of its own, once per boot', async () => {
    using folder = temporaryFolder();
    const reports: NodeReport[] = [];
    for (let time = 0; time < 2; time++) {
      const { code, stdout, stderr } = await runToEnd(['inspect', '--format', 'json', '--state-dir', folder.path]);
      const report = JSON.parse(stdout) as NodeReport;
      assert.isTrue(validate(report), JSON.stringify(validate.errors));
      assert.equal(stderr, '');
      assert.equal(code, { ok: 0, problem: 1, unknown: 2 }[report.summary.status]);
      reports.push(report);
    }
    const [first, second] = reports;
    assert.isAbove(first?.inventory.memory.value ?? 0, 0, JSON.stringify(first?.inventory));
    assert.deepEqual(second?.inventory, first?.inventory);
    assert.deepEqual(readdirSync(folder.path), ['inventory.json']);
    assert.isAbove(first?.resources.cpuUsedPercent.value ?? -1, -1);
    assert.equal(first?.resources.memoryTotal.value, first?.inventory.memory.value);
  });

  it('is one line for Kubeowler, even of a host of which next to nothing can be read', async () => {
    using host = hostTree();
    for (const path of ['proc/meminfo', 'proc/stat', 'proc/1/mountinfo', 'etc', 'sys']) host.remove(path);
    const { code, stdout, stderr } = await runToEnd(['inspect', '--format', 'kubeowler', '--host-root', host.root], { NODE_NAME: 'worker-1', LOG_LEVEL: 'debug' });
    assert.deepEqual({ code, stderr }, { code: 0, stderr: '' });
    assert.equal(decodeKubeowler(stdout).node_name, 'worker-1');
  });

  it('writes to a file, as a whole and nothing else', async () => {
    using host = hostTree();
    using folder = temporaryFolder();
    const path = folder.file('reports/worker-1.json');
    const { stdout, stderr } = await runToEnd(['inspect', '--format', 'json', '--host-root', host.root, '--output', path]);
    assert.deepEqual({ stdout, stderr }, { stdout: '', stderr: '' });
    assert.isTrue(validate(JSON.parse(readFileSync(path, 'utf8'))));
    assert.deepEqual(readdirSync(folder.file('reports')), ['worker-1.json']);
  });

  it('says what is wrong with its command line', async () => {
    const { code, stdout, stderr } = await runToEnd(['inspect', '--format', 'yaml']);
    assert.deepEqual({ code, stdout, stderr }, { code: 64, stdout: '', stderr: 'npd-plugins: --format: expected one of json, kubeowler, text, markdown, html, got "yaml"\n' });
  });
});
